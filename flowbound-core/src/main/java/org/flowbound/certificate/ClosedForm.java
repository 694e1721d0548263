package org.flowbound.certificate;

import org.flowbound.linalg.Matrix;
import org.flowbound.rigor.RoundedUp;

/**
 * {@code max_D μ(DA)} over all diagonal D with entries in [α, β], in the 1- or ∞-norm, rounded up.
 *
 * <pre>  max_D μ_∞(DA) = max_i max_e (e a_ii + |e| Σ_{j≠i} |a_ij|),
 *   max_D μ₁(DA) = max_j (max_e e a_jj + max_e |e| Σ_{i≠j} |a_ij|),   e ∈ {α, β},</pre>
 *
 * since row i of DA is {@code D_ii} times row i of A, and both are convex in every {@code D_ii}.
 * Every operation is followed by a step to the next number above, so the result is not below the
 * value in real arithmetic; it is +∞ or NaN where the sums overflow.
 */
public final class ClosedForm {
  private ClosedForm() {}

  /**
   * The value, or a little more.
   *
   * @param matrix A, square
   * @param norm not {@code TWO}, in which there is no closed form
   */
  public static double roundedUp(Matrix matrix, double alpha, double beta, CertifiedNorm norm) {
    if (norm == CertifiedNorm.TWO) {
      throw new IllegalArgumentException("There is no closed form in the 2-norm.");
    }
    int d = matrix.rows();
    double steepest = Math.max(Math.abs(alpha), Math.abs(beta));
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < d; i++) {
      double others = 0;
      for (int j = 0; j < d; j++) {
        if (j != i) {
          double entry = norm == CertifiedNorm.ONE ? matrix.get(j, i) : matrix.get(i, j);
          others = entry == 0 ? others : RoundedUp.sum(others, Math.abs(entry));
        }
      }
      double own = matrix.get(i, i);
      for (double end : new double[] {alpha, beta}) {
        double slope = norm == CertifiedNorm.ONE ? steepest : Math.abs(end);
        double value = RoundedUp.sum(product(end, own), product(slope, others));
        largest = Math.max(largest, value);
      }
    }
    return largest;
  }

  /** Exact where a factor is zero. */
  private static double product(double x, double y) {
    return x == 0 || y == 0 ? 0 : RoundedUp.product(x, y);
  }
}
