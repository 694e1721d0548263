package org.flowbound.stability;

import java.util.Arrays;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;

/**
 * {@code φ(α) = μ₂(D(α)A)} for one vertex of the slope box: {@code D_ii = 1} in some coordinates
 * and α in the others. It is convex, being the largest eigenvalue of a matrix that is affine in α,
 * and with v the leading eigenvector {@code φ'(α) = Σ_{i: D_ii = α} v_i (Av)_i}.
 */
final class VertexCurve {
  private static final int MAX_ITERATIONS = 200;

  private final Matrix a;
  private final boolean[] steep;
  private final DoubleMatrix symmetric;
  private final SymmetricEigen eigen;
  private final double[] v;
  private double derivative;

  /**
   * @param vertex slopes, each 1 or not
   */
  VertexCurve(Matrix a, double[] vertex) {
    int d = a.rows();
    this.a = a;
    this.steep = new boolean[d];
    for (int i = 0; i < d; i++) {
      steep[i] = vertex[i] == 1;
    }
    this.symmetric = DoubleMatrix.zeros(d, d);
    this.eigen = new SymmetricEigen(d);
    this.v = new double[d];
  }

  /** The slopes of the vertex at α. */
  double[] slopes(double alpha) {
    double[] slopes = new double[steep.length];
    Arrays.setAll(slopes, i -> steep[i] ? 1 : alpha);
    return slopes;
  }

  /** φ(α). */
  double value(double alpha) {
    int d = steep.length;
    double[] slopes = slopes(alpha);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        symmetric.set(i, j, 0.5 * (slopes[i] * a.get(i, j) + slopes[j] * a.get(j, i)));
      }
    }
    eigen.decomposeLargest(symmetric, 1);
    eigen.vector(0, v);
    derivative = 0;
    for (int i = 0; i < d; i++) {
      if (!steep[i]) {
        double product = 0;
        for (int j = 0; j < d; j++) {
          product += a.get(i, j) * v[j];
        }
        derivative += v[i] * product;
      }
    }
    return eigen.value(0);
  }

  /** A derivative at the α that was evaluated last. */
  double derivative() {
    return derivative;
  }

  /**
   * The largest α found with {@code φ(α) > level}, where {@code φ(left) > level ≥ φ(1)}: Newton's
   * method, which climbs towards the root of a convex function from the left, inside bisection.
   *
   * @param tolerance how far below the root α may be
   */
  double lastAbove(double level, double left, double tolerance) {
    double right = 1;
    double excess = value(left) - level;
    double slope = derivative;
    for (int k = 0; k < MAX_ITERATIONS && right - left > tolerance; k++) {
      double next = left - excess / slope;
      if (next - left < 0.5 * tolerance) {
        next = left + 0.5 * tolerance;
      }
      if (!(next > left && next < right)) {
        next = 0.5 * (left + right);
      }
      double difference = value(next) - level;
      if (difference > 0) {
        left = next;
        excess = difference;
        slope = derivative;
      } else {
        right = next;
      }
    }
    return left;
  }
}
