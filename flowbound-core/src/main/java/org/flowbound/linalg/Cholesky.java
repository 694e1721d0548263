package org.flowbound.linalg;

import java.util.Arrays;
import org.bytedeco.openblas.global.openblas;

/** The Cholesky factorisation {@code M = L Lᵀ} of a symmetric positive definite matrix. */
public final class Cholesky {
  private final DoubleMatrix factor;
  private final DoubleMatrix rightHandSide;

  /**
   * @param n the order of the matrices to be factored
   */
  public Cholesky(int n) {
    this.factor = DoubleMatrix.zeros(n, n);
    this.rightHandSide = DoubleMatrix.zeros(1, n);
  }

  /**
   * Factors {@code matrix}, of which the lower triangle is read.
   *
   * @return whether it is numerically positive definite; if not, the old factor is lost
   */
  public boolean factor(DoubleMatrix matrix) {
    matrix.requireShape(factor.rows(), factor.rows());
    factor.copyFrom(matrix);
    int n = factor.rows();
    return openblas.LAPACKE_dpotrf(
            openblas.LAPACK_COL_MAJOR, (byte) 'U', n, factor.pointer(), Math.max(1, n))
        == 0;
  }

  /** Overwrites {@code x}, a right-hand side, with the solution of {@code M x = b}. */
  public void solve(double[] x) {
    int n = factor.rows();
    rightHandSide.write(0, x, n);
    int info =
        openblas.LAPACKE_dpotrs(
            openblas.LAPACK_COL_MAJOR,
            (byte) 'U',
            n,
            1,
            factor.pointer(),
            Math.max(1, n),
            rightHandSide.pointer(),
            Math.max(1, n));
    if (info != 0) {
      throw new IllegalArgumentException("The right-hand side holds NaN entries.");
    }
    rightHandSide.read(0, x, n);
  }

  /** Copies L, with zeros above its diagonal, into {@code target}. */
  public void lower(DoubleMatrix target) {
    int n = factor.rows();
    target.requireShape(n, n);
    double[] row = new double[n];
    for (int i = 0; i < n; i++) {
      factor.read(i * n, row, i + 1);
      Arrays.fill(row, i + 1, n, 0);
      target.write(i * n, row, n);
    }
  }

  /** Overwrites {@code x}, whose rows have n entries, with {@code x L⁻ᵀ}, by substitution. */
  public void divide(DoubleMatrix x) {
    int n = factor.rows();
    x.requireShape(x.rows(), n);
    openblas.cblas_dtrsm(
        openblas.CblasRowMajor,
        openblas.CblasRight,
        openblas.CblasLower,
        openblas.CblasTrans,
        openblas.CblasNonUnit,
        x.rows(),
        n,
        1,
        factor.pointer(),
        n,
        x.pointer(),
        n);
  }

  /**
   * Overwrites {@code inverse} with {@code M⁻¹}.
   *
   * @param inverse n × n, and not the matrix that was factored
   */
  public void invert(DoubleMatrix inverse) {
    int n = factor.rows();
    inverse.copyFrom(factor);
    int info =
        openblas.LAPACKE_dpotri(
            openblas.LAPACK_COL_MAJOR, (byte) 'U', n, inverse.pointer(), Math.max(1, n));
    if (info != 0) {
      throw new IllegalArgumentException("The factor is singular.");
    }
    double[] column = new double[n];
    for (int j = 0; j < n; j++) {
      inverse.read(j * n, column, n);
      for (int i = 0; i < j; i++) {
        inverse.set(i, j, column[i]);
      }
    }
  }
}
