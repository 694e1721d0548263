package org.flowbound.certification;

import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.Cholesky;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.rigor.RoundedUp;

/**
 * Proved upper bounds of spectral norms.
 *
 * <p>With G the smaller of {@code MMᵀ} and {@code MᵀM} and Ĝ as computed, {@code ‖G − Ĝ‖₂ ≤ γ_k
 * ‖M‖_F²}, k the length of the sums. If the Cholesky factorisation of {@code T = γI − Ĝ − κI} runs
 * to its end, {@code λ_max(G) ≤ γ}, where κ is this error and that of the factorisation, {@code
 * γ_{n+1} tr T} (S. M. Rump, see {@link org.flowbound.rigor.VerifiedCholesky}; the bound holds for
 * every order of the operations, LAPACK's as well, for which the constant is doubled).
 */
final class SpectralNormBound {
  private SpectralNormBound() {}

  /** A number that ‖M‖₂ does not exceed; infinite if M is too large. */
  static double of(Matrix matrix) {
    double scale = matrix.maxAbs();
    if (scale == 0) {
      return 0;
    }
    scale = Math.scalb(1.0, Math.getExponent(scale));
    if (!(scale > 1e-150 && scale < 1e150)) {
      return Math.nextUp(RoundedUp.product(2, matrix.frobeniusNorm()));
    }
    boolean wide = matrix.columns() > matrix.rows();
    int n = wide ? matrix.rows() : matrix.columns();
    int k = wide ? matrix.columns() : matrix.rows();
    DoubleMatrix scaled = DoubleMatrix.of(matrix.times(1 / scale));
    DoubleMatrix gram = DoubleMatrix.zeros(n, n);
    Blas.gemm(
        1,
        scaled,
        wide ? Op.PLAIN : Op.TRANSPOSED,
        scaled,
        wide ? Op.TRANSPOSED : Op.PLAIN,
        0,
        gram);
    double trace = 0;
    for (int i = 0; i < n; i++) {
      trace += gram.get(i, i);
    }
    double formed = RoundedUp.gamma(k + 8) * trace * (1 + 1e-6);
    SymmetricEigen eigen = new SymmetricEigen(n);
    eigen.decomposeValues(gram);
    Cholesky cholesky = new Cholesky(n);
    DoubleMatrix shifted = DoubleMatrix.zeros(n, n);
    for (double margin = 1e-13; margin < 1e-3; margin *= 10) {
      double gamma = eigen.value(0) * (1 + margin) + formed;
      double factored = RoundedUp.gamma(2 * n + 16) * n * gamma * (1 + 1e-6);
      gamma += 2 * factored;
      shifted.copyFrom(gram);
      shifted.scale(-1);
      for (int i = 0; i < n; i++) {
        shifted.set(i, i, (gamma - formed - factored) + shifted.get(i, i));
      }
      if (cholesky.factor(shifted)) {
        return RoundedUp.product(scale, Math.nextUp(Math.sqrt(gamma)));
      }
    }
    return RoundedUp.product(scale, Math.nextUp(Math.sqrt(trace + formed)));
  }
}
