package org.flowbound.attack;

import java.util.Arrays;
import org.flowbound.network.ParallelNetwork;

/**
 * The closest misclassified images that a search over one batch has found so far. An image counts
 * as misclassified from a margin on that rounding does not undo.
 */
final class ClosestExamples {
  private static final double MARGIN = -1e-5;
  private static final int BISECTIONS = 12;

  private final PerturbationNorm norm;
  private final LossOracle oracle;
  private final int n;
  private final int[] labels;
  private final float[] originals;
  private final float[] closest;
  private final double[] distances;

  /**
   * @param closest holds the closest examples from now on, the originals where there is none
   */
  ClosestExamples(
      PerturbationNorm norm, LossOracle oracle, ParallelNetwork.Batch batch, float[] closest) {
    this.norm = norm;
    this.oracle = oracle;
    this.n = oracle.pixels();
    this.labels = batch.labels();
    this.originals = batch.pixels();
    this.closest = closest;
    this.distances = new double[batch.size()];
    Arrays.fill(distances, Double.POSITIVE_INFINITY);
    System.arraycopy(originals, 0, closest, 0, closest.length);
  }

  /**
   * Fills {@code active} with the numbers of the images that are classified correctly.
   *
   * @return how many these are
   */
  int start(int[] active) {
    for (int i = 0; i < active.length; i++) {
      active[i] = i;
    }
    oracle.evaluate(originals, active, active.length);
    return oracle.dropBroken(active, active.length, labels, 0);
  }

  /** The distance of the closest example of image i, infinite if there is none. */
  double distance(int i) {
    return distances[i];
  }

  /** Whether the r-th image last evaluated is misclassified beyond doubt. */
  boolean isBroken(int r, int i) {
    return oracle.margin(r, labels[i]) < MARGIN;
  }

  /** Takes the misclassified point of image i if it is closer than what there is. */
  void offer(float[] points, int i) {
    double distance = norm.distance(points, originals, i * n, n);
    if (distance < distances[i]) {
      distances[i] = distance;
      System.arraycopy(points, i * n, closest, i * n, n);
    }
  }

  /** Drops the images whose example is within the goal; returns how many are left. */
  int dropReached(int[] active, int m, double goal) {
    int left = 0;
    for (int r = 0; r < m; r++) {
      if (distances[active[r]] > goal) {
        active[left++] = active[r];
      }
    }
    return left;
  }

  /** Moves every example towards its image by bisection, as far as it stays misclassified. */
  void refine(int[] chosen, int m) {
    int[] active = new int[m];
    int left = 0;
    for (int r = 0; r < m; r++) {
      if (distances[chosen[r]] < Double.POSITIVE_INFINITY) {
        active[left++] = chosen[r];
      }
    }
    if (left == 0) {
      return;
    }
    float[] points = closest.clone();
    float[] ends = closest.clone();
    double[] low = new double[distances.length];
    double[] high = new double[distances.length];
    Arrays.fill(high, 1);
    for (int round = 0; round < BISECTIONS; round++) {
      for (int r = 0; r < left; r++) {
        int i = active[r];
        float middle = (float) (0.5 * (low[i] + high[i]));
        for (int k = i * n; k < (i + 1) * n; k++) {
          points[k] = originals[k] + middle * (ends[k] - originals[k]);
        }
      }
      oracle.evaluate(points, active, left);
      for (int r = 0; r < left; r++) {
        int i = active[r];
        double middle = 0.5 * (low[i] + high[i]);
        if (isBroken(r, i)) {
          high[i] = middle;
          offer(points, i);
        } else {
          low[i] = middle;
        }
      }
    }
  }
}
