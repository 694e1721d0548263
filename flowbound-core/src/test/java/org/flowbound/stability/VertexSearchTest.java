package org.flowbound.stability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.Test;

class VertexSearchTest {
  private static final SlopeBox SLOPES = SlopeBox.of(0.1);
  private static final BoundOptions OPTIONS = BoundOptions.defaults().withThreads(1);

  private static double value(Matrix a, double[] slopes) {
    return LogarithmicNorm.of(
        Matrix.generate(a.rows(), a.columns(), (i, j) -> slopes[i] * a.get(i, j)), Norm.TWO);
  }

  /** Against δ itself, for a walk of matrices and levels on both sides of it. */
  @Property(tries = 20)
  void decidesAsWithoutATree(
      @ForAll @IntRange(min = 2, max = 12) int d, @ForAll @IntRange(min = 0, max = 1000) int seed) {
    Random random = new Random(seed);
    VertexSearch search = new VertexSearch(SLOPES);
    Matrix a = MatrixFamily.SKEW.sample(d, new SplittableRandom(seed));
    for (int step = 0; step < 8; step++) {
      double spread = Math.pow(10, -1 - 0.5 * step);
      a = a.plus(Matrix.generate(d, d, (i, j) -> spread * random.nextGaussian()));
      ExpansivityBound delta = Expansivity.of(a, SLOPES).bound(OPTIONS.withTolerance(1e-9));
      double level = delta.lower() + (random.nextBoolean() ? 1e-5 : -1e-5);
      Matrix current = a;
      List<double[]> found = new ArrayList<>();
      ExpansivityBound bound = search.search(a, level, OPTIONS, found::add);
      assertThat(bound.upper() <= level).isEqualTo(level > delta.upper());
      assertThat(bound.upper()).isGreaterThanOrEqualTo(delta.lower() - 1e-9);
      assertThat(found).allMatch(vertex -> value(current, vertex) > level - 1e-12);
      assertThat(found.isEmpty()).isEqualTo(level > delta.upper());
    }
  }

  @Test
  void aSmallChangeNeedsFewNodes() {
    Matrix a = MatrixFamily.SKEW.sample(24, new SplittableRandom(1));
    double level = Expansivity.of(a, SLOPES).bound(OPTIONS).upper() + 1e-3;
    VertexSearch search = new VertexSearch(SLOPES);
    long first = search.search(a, level, OPTIONS, vertex -> true).nodes();
    Matrix near = a.times(1 - 1e-9);
    long second = search.search(near, level, OPTIONS, vertex -> true).nodes();
    assertThat(first).isGreaterThan(10);
    assertThat(second).isLessThan(first / 2);
  }

  @Test
  void anotherOrderStartsAnew() {
    VertexSearch search = new VertexSearch(SLOPES);
    for (int d : new int[] {9, 5, 9}) {
      Matrix a = MatrixFamily.GAUSSIAN.sample(d, new SplittableRandom(d));
      double delta = Expansivity.of(a, SLOPES).bound(OPTIONS).upper();
      assertThat(search.search(a, delta + 1e-4, OPTIONS, vertex -> true).upper())
          .isLessThanOrEqualTo(delta + 1e-4);
    }
  }
}
