package org.flowbound.stability;

import java.util.Arrays;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;

/**
 * The weights S for which {@code max_D μ(D SAS⁻¹)} is smallest in the 1- or ∞-norm.
 *
 * <p>In the ∞-norm it is {@code max_i F_i(x)/x_i}, {@code x_i = 1/s_i}, with {@code F_i(x) = max_e
 * (e a_ii x_i + |e| Σ_{j≠i} |a_ij| x_j)} over the two end slopes e; in the 1-norm {@code max_j
 * F_j(s)/s_j}, {@code F_j(s) = max_e e a_jj s_j + β Σ_{i≠j} |a_ij| s_i}, β the largest absolute
 * slope. F is monotone where its diagonal is shifted, and homogeneous: by the theorem of Collatz
 * and Wielandt in its nonlinear form (Nussbaum, <em>Hilbert's projective metric and iterated
 * nonlinear maps</em>, Memoirs of the AMS 391, 1988) the least maximum is the eigenvalue of F,
 * which is reached at its positive eigenvector if there is one. The eigenvector is found by power
 * iteration on {@code F + κI}.
 */
final class PerronWeights {
  private static final int ITERATIONS = 3000;
  private static final double SMALLEST = 1e-6;

  private PerronWeights() {}

  /** The diagonal of S; none is below 1e-6 times the largest. */
  static double[] of(Expansivity problem, Norm norm) {
    Matrix a = problem.matrix();
    int d = a.rows();
    double scale = a.maxAbs() == 0 ? 1 : a.maxAbs();
    double[] entries = a.times(1 / scale).toArray();
    SlopeBox slopes = problem.slopes();
    double shift = Math.max(Math.abs(slopes.lower()), Math.abs(slopes.upper()));
    double[] x = new double[d];
    Arrays.fill(x, 1);
    for (int k = 0; k < ITERATIONS; k++) {
      double[] next = new double[d];
      double least = Double.POSITIVE_INFINITY;
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < d; i++) {
        next[i] = shift * x[i] + image(entries, d, i, x, slopes, norm);
        least = Math.min(least, next[i] / x[i]);
        most = Math.max(most, next[i] / x[i]);
      }
      double largest = Arrays.stream(next).max().orElse(1);
      if (!(largest > 0) || most - least <= 1e-12 * most) {
        break;
      }
      for (int i = 0; i < d; i++) {
        x[i] = Math.max(SMALLEST, next[i] / largest);
      }
    }
    return norm == Norm.ONE ? x : Arrays.stream(x).map(value -> 1 / value).toArray();
  }

  private static double image(double[] a, int d, int i, double[] x, SlopeBox slopes, Norm norm) {
    double sum = 0;
    for (int j = 0; j < d; j++) {
      if (j != i) {
        sum += Math.abs(norm == Norm.ONE ? a[j * d + i] : a[i * d + j]) * x[j];
      }
    }
    double own = a[i * d + i] * x[i];
    double low = slopes.lower();
    double high = slopes.upper();
    double steepest = Math.max(Math.abs(low), Math.abs(high));
    return norm == Norm.ONE
        ? Math.max(low * own, high * own) + steepest * sum
        : Math.max(low * own + Math.abs(low) * sum, high * own + Math.abs(high) * sum);
  }
}
