package org.flowbound.attack;

import java.util.Arrays;
import org.flowbound.linalg.NativeMatrix;

/**
 * The nearest decision boundary of each image, as the network's linearisation sees it: the class j
 * that minimises {@code (z_y − z_j)/‖∇(z_y − z_j)‖_*}, in the norm dual to the perturbation's.
 */
final class NearestBoundary {
  private final LossOracle oracle;
  private final PerturbationNorm norm;
  private final int n;
  private final float[] normals;
  private final double[] values;
  private final double[] distances;
  private final float[] gradient;

  NearestBoundary(LossOracle oracle, PerturbationNorm norm, int largest) {
    this.oracle = oracle;
    this.norm = norm;
    this.n = oracle.pixels();
    this.normals = new float[largest * n];
    this.values = new double[largest];
    this.distances = new double[largest];
    this.gradient = new float[n];
  }

  /**
   * Linearises about the points last evaluated.
   *
   * @param chosen the numbers of these images
   * @param labels one per image
   * @param targets of each image the only class to be looked at, or null for all
   */
  void linearise(int[] chosen, int m, int[] labels, int[] targets) {
    for (int r = 0; r < m; r++) {
      distances[chosen[r]] = Double.POSITIVE_INFINITY;
    }
    int passes = targets == null ? oracle.classes() : 1;
    for (int pass = 0; pass < passes; pass++) {
      int j = pass;
      NativeMatrix gradients =
          oracle.pixelGradients(
              m,
              (r, z) -> {
                Arrays.fill(z, 0);
                int rival = targets == null ? j : targets[chosen[r]];
                z[rival] += 1;
                z[labels[chosen[r]]] -= 1;
              });
      for (int r = 0; r < m; r++) {
        int i = chosen[r];
        int rival = targets == null ? j : targets[i];
        if (rival == labels[i]) {
          continue;
        }
        double[] z = oracle.logits(r);
        double value = z[rival] - z[labels[i]];
        gradients.read(r * n, gradient, n);
        double distance = Math.abs(value) / (dualNorm() + Double.MIN_NORMAL);
        if (distance < distances[i]) {
          distances[i] = distance;
          values[i] = value;
          System.arraycopy(gradient, 0, normals, i * n, n);
        }
      }
    }
  }

  private double dualNorm() {
    if (norm == PerturbationNorm.L2) {
      return PerturbationNorm.euclidean(gradient, n);
    }
    double sum = 0;
    for (int k = 0; k < n; k++) {
      sum += Math.abs(gradient[k]);
    }
    return sum;
  }

  /** Copies the gradient of {@code z_j − z_y} at image i. */
  void normal(int i, float[] target) {
    System.arraycopy(normals, i * n, target, 0, n);
  }

  /** {@code z_j − z_y} at image i. */
  double value(int i) {
    return values[i];
  }
}
