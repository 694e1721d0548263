package org.flowbound.linalg;

import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.openblas.global.openblas;

/**
 * Eigenvalues and eigenvectors of symmetric matrices of one order, by LAPACK.
 *
 * <p>An instance owns its workspace and is meant to be reused; it holds the result of its last
 * decomposition. Eigenvalues are in descending order, each vector has unit length. Not safe for
 * concurrent use.
 */
public final class SymmetricEigen {
  private final int n;
  private final DoubleMatrix work;
  private final DoubleMatrix vectors;
  private final DoubleMatrix values;
  private final IntPointer support;
  private final IntPointer found = new IntPointer(1);
  private final double[] eigenvalues;
  private int count;

  /**
   * @param n the order of the matrices to be decomposed, at least 1
   */
  public SymmetricEigen(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("The order (%d) must be at least 1.".formatted(n));
    }
    this.n = n;
    this.work = DoubleMatrix.zeros(n, n);
    this.vectors = DoubleMatrix.zeros(n, n);
    this.values = DoubleMatrix.zeros(1, n);
    this.support = new IntPointer(2L * n);
    this.eigenvalues = new double[n];
  }

  /**
   * All eigenpairs of {@code matrix}, of which the lower triangle is read (LAPACK dsyevd; dsyev
   * where that does not converge).
   */
  public void decompose(DoubleMatrix matrix) {
    load(matrix);
    int info =
        openblas.LAPACKE_dsyevd(
            openblas.LAPACK_COL_MAJOR,
            (byte) 'V',
            (byte) 'U',
            n,
            work.pointer(),
            n,
            values.pointer());
    if (info > 0) {
      load(matrix);
      info =
          openblas.LAPACKE_dsyev(
              openblas.LAPACK_COL_MAJOR,
              (byte) 'V',
              (byte) 'U',
              n,
              work.pointer(),
              n,
              values.pointer());
    }
    check(info);
    vectors.copyFrom(work);
    count = n;
    readValues();
  }

  /**
   * The {@code k} largest eigenvalues with their vectors; the lower triangle is read (LAPACK
   * dsyevr).
   */
  public void decomposeLargest(DoubleMatrix matrix, int k) {
    if (k < 1 || k > n) {
      throw new IllegalArgumentException(
          "The number of eigenpairs (%d) must lie in [1, %d].".formatted(k, n));
    }
    load(matrix);
    int info =
        openblas.LAPACKE_dsyevr(
            openblas.LAPACK_COL_MAJOR,
            (byte) 'V',
            (byte) 'I',
            (byte) 'U',
            n,
            work.pointer(),
            n,
            0,
            0,
            n - k + 1,
            n,
            0,
            found,
            values.pointer(),
            vectors.pointer(),
            n,
            support);
    if (info == 0 && found.get() == k) {
      count = k;
      readValues();
    } else {
      // In tight clusters dsyevr can fail, or lose eigenvalues without reporting it.
      decompose(matrix);
    }
  }

  /** All eigenvalues without vectors; the lower triangle is read. */
  public void decomposeValues(DoubleMatrix matrix) {
    load(matrix);
    check(
        openblas.LAPACKE_dsyevd(
            openblas.LAPACK_COL_MAJOR,
            (byte) 'N',
            (byte) 'U',
            n,
            work.pointer(),
            n,
            values.pointer()));
    count = n;
    readValues();
  }

  private void load(DoubleMatrix matrix) {
    matrix.requireShape(n, n);
    work.copyFrom(matrix);
  }

  private void readValues() {
    values.read(0, eigenvalues, count);
  }

  private static void check(int info) {
    if (info < 0) {
      throw new IllegalArgumentException("The matrix holds NaN or infinite entries.");
    }
    if (info > 0) {
      throw new ArithmeticException("The symmetric eigenvalue iteration did not converge.");
    }
  }

  /** The number of eigenvalues that the last decomposition found. */
  public int count() {
    return count;
  }

  /** The {@code i}-th largest eigenvalue, {@code i} counted from 0. */
  public double value(int i) {
    return eigenvalues[count - 1 - i];
  }

  /** Copies a unit eigenvector to the {@code i}-th largest eigenvalue into {@code target}. */
  public void vector(int i, double[] target) {
    vectors.read((count - 1 - i) * n, target, n);
  }

  /** The largest eigenvalue of {@code sym(matrix)}, the logarithmic 2-norm. */
  public static double largestOfSymmetricPart(Matrix matrix) {
    DoubleMatrix symmetric = DoubleMatrix.zeros(matrix.rows(), matrix.columns());
    symmetric.setFrom(
        Matrix.generate(
            matrix.rows(),
            matrix.columns(),
            (i, j) -> 0.5 * matrix.get(i, j) + 0.5 * matrix.get(j, i)));
    SymmetricEigen eigen = new SymmetricEigen(matrix.rows());
    eigen.decomposeValues(symmetric);
    return eigen.value(0);
  }

  /** The spectral norm of a matrix of any shape: the square root of λ_max(M Mᵀ) or λ_max(MᵀM). */
  public static double spectralNorm(Matrix matrix) {
    double scale = matrix.maxAbs();
    if (scale == 0) {
      return 0;
    }
    boolean wide = matrix.columns() > matrix.rows();
    int n = wide ? matrix.rows() : matrix.columns();
    DoubleMatrix factor = DoubleMatrix.of(matrix.times(1 / scale));
    DoubleMatrix gram = DoubleMatrix.zeros(n, n);
    if (wide) {
      Blas.gemm(1, factor, Blas.Op.PLAIN, factor, Blas.Op.TRANSPOSED, 0, gram);
    } else {
      Blas.gemm(1, factor, Blas.Op.TRANSPOSED, factor, Blas.Op.PLAIN, 0, gram);
    }
    SymmetricEigen eigen = new SymmetricEigen(n);
    eigen.decomposeValues(gram);
    return scale * Math.sqrt(Math.max(0, eigen.value(0)));
  }
}
