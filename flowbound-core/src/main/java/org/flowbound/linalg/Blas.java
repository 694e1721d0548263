package org.flowbound.linalg;

import org.bytedeco.openblas.global.openblas;

/**
 * Matrix products by OpenBLAS, on native memory and without copies.
 *
 * <p>OpenBLAS is held to one thread: two Java workers with one BLAS thread each scale, while BLAS
 * threads make small calls slower and collapse when another process takes a core.
 */
public final class Blas {
  static {
    openblas.blas_set_num_threads(1);
  }

  private Blas() {}

  /** Loads OpenBLAS, held to one thread, if it is not loaded yet. */
  static void requireLoaded() {
    // Running the static initialiser above is all there is to do.
  }

  /** The name and version of the library in use. */
  public static String version() {
    return openblas.OPENBLAS_VERSION.strip();
  }

  /** Whether an operand of a product is transposed. */
  public enum Op {
    PLAIN,
    TRANSPOSED;

    private int code() {
      return this == PLAIN ? openblas.CblasNoTrans : openblas.CblasTrans;
    }
  }

  /**
   * {@code c ← alpha · opA(a) · opB(b) + beta · c}; all three in one precision.
   *
   * @param c the result, which must not overlap the operands; with {@code beta = 0} its old entries
   *     are not read
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public static void gemm(
      double alpha, NativeMatrix a, Op opA, NativeMatrix b, Op opB, double beta, NativeMatrix c) {
    int m = opA == Op.PLAIN ? a.rows() : a.columns();
    int k = opA == Op.PLAIN ? a.columns() : a.rows();
    int n = opB == Op.PLAIN ? b.columns() : b.rows();
    int inner = opB == Op.PLAIN ? b.rows() : b.columns();
    if (k != inner || c.rows() != m || c.columns() != n) {
      throw new IllegalArgumentException(
          "Cannot multiply %s %s by %s %s into %s.".formatted(opA, a, opB, b, c));
    }
    if (m == 0 || n == 0) {
      return;
    }
    if (m == 1) {
      gemv(alpha, b, opB, a, beta, c);
      return;
    }
    if (n == 1) {
      gemv(alpha, a, opA == Op.PLAIN ? Op.TRANSPOSED : Op.PLAIN, b, beta, c);
      return;
    }
    int lda = Math.max(1, a.columns());
    int ldb = Math.max(1, b.columns());
    int ldc = c.columns();
    if (c instanceof DoubleMatrix result) {
      openblas.cblas_dgemm(
          openblas.CblasRowMajor,
          opA.code(),
          opB.code(),
          m,
          n,
          k,
          alpha,
          ((DoubleMatrix) a).pointer(),
          lda,
          ((DoubleMatrix) b).pointer(),
          ldb,
          beta,
          result.pointer(),
          ldc);
    } else {
      openblas.cblas_sgemm(
          openblas.CblasRowMajor,
          opA.code(),
          opB.code(),
          m,
          n,
          k,
          (float) alpha,
          ((FloatMatrix) a).pointer(),
          lda,
          ((FloatMatrix) b).pointer(),
          ldb,
          (float) beta,
          ((FloatMatrix) c).pointer(),
          ldc);
    }
  }

  /** {@code c ← alpha · a · op(b) + beta · c} for vectors a and c, rows or columns. */
  private static void gemv(
      double alpha, NativeMatrix b, Op op, NativeMatrix a, double beta, NativeMatrix c) {
    int transposition = op == Op.PLAIN ? openblas.CblasTrans : openblas.CblasNoTrans;
    int ldb = Math.max(1, b.columns());
    if (c instanceof DoubleMatrix result) {
      openblas.cblas_dgemv(
          openblas.CblasRowMajor,
          transposition,
          b.rows(),
          b.columns(),
          alpha,
          ((DoubleMatrix) b).pointer(),
          ldb,
          ((DoubleMatrix) a).pointer(),
          1,
          beta,
          result.pointer(),
          1);
    } else {
      openblas.cblas_sgemv(
          openblas.CblasRowMajor,
          transposition,
          b.rows(),
          b.columns(),
          (float) alpha,
          ((FloatMatrix) b).pointer(),
          ldb,
          ((FloatMatrix) a).pointer(),
          1,
          (float) beta,
          ((FloatMatrix) c).pointer(),
          1);
    }
  }

  /** The product {@code a · b} of two values, in double precision. */
  public static Matrix multiply(Matrix a, Matrix b) {
    DoubleMatrix product = DoubleMatrix.zeros(a.rows(), b.columns());
    gemm(1, DoubleMatrix.of(a), Op.PLAIN, DoubleMatrix.of(b), Op.PLAIN, 0, product);
    return product.toMatrix();
  }
}
