package org.flowbound.stability;

import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.flowbound.certificate.FixedSlope;
import org.flowbound.certificate.Leaf;

/**
 * A leaf of a search tree.
 *
 * @param fixed the slopes fixed, from the root on
 * @param multipliers for all coordinates, of which those of fixed slopes and of zero rows say
 *     nothing
 */
record SearchLeaf(List<FixedSlope> fixed, double[] multipliers) {
  /** The lower end before the upper, at the branching at which two leaves part. */
  static final Comparator<SearchLeaf> DEPTH_FIRST = SearchLeaf::compare;

  private static int compare(SearchLeaf one, SearchLeaf other) {
    int k = 0;
    while (k < Math.min(one.fixed.size(), other.fixed.size())
        && one.fixed.get(k).equals(other.fixed.get(k))) {
      k++;
    }
    return k == one.fixed.size() || k == other.fixed.size()
        ? Integer.compare(one.fixed.size(), other.fixed.size())
        : one.fixed.get(k).end().compareTo(other.fixed.get(k).end());
  }

  /**
   * The leaf with its multipliers for {@code scale} times the matrix.
   *
   * @param isPoint whether the interval of slopes is a single point
   */
  Leaf scaled(double scale, boolean isPoint) {
    BitSet held = new BitSet();
    fixed.forEach(slope -> held.set(slope.coordinate()));
    double[] free =
        IntStream.range(0, isPoint ? 0 : multipliers.length)
            .filter(i -> !held.get(i))
            .mapToDouble(i -> scale * (multipliers[i] > 0 ? multipliers[i] : 1))
            .toArray();
    return new Leaf(fixed, free);
  }
}
