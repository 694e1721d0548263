package org.flowbound.training;

import java.util.Arrays;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.SymmetricEigen;

/**
 * The projection of m × n matrices onto {@code ‖W‖₂ ≤ κ}, nearest in the Frobenius norm: singular
 * values above κ are lowered to κ. With {@code W Wᵀ = Q diag(s²) Qᵀ} it is {@code Q diag(min(1,
 * κ/s)) Qᵀ W}; for tall matrices the same from the other side.
 */
final class SpectralNormBall {
  private final boolean tall;
  private final int order;
  private final DoubleMatrix weight;
  private final DoubleMatrix projected;
  private final DoubleMatrix gram;
  private final DoubleMatrix correction;
  private final SymmetricEigen eigen;
  private final double[] entries;
  private final double[] vector;
  private final double[] work;

  SpectralNormBall(int m, int n) {
    this.tall = m > n;
    this.order = Math.min(m, n);
    this.weight = DoubleMatrix.zeros(m, n);
    this.projected = DoubleMatrix.zeros(m, n);
    this.gram = DoubleMatrix.zeros(order, order);
    this.correction = DoubleMatrix.zeros(order, order);
    this.eigen = new SymmetricEigen(order);
    this.entries = new double[m * n];
    this.vector = new double[order];
    this.work = new double[order * order];
  }

  /** Projects {@code matrix} in place; leaves it untouched where its norm is at most κ. */
  void project(NativeMatrix matrix, double kappa) {
    decompose(matrix);
    if (singularValue(0) > kappa) {
      moveSingularValues(matrix, kappa, false);
    }
  }

  /**
   * Sets all singular values of {@code matrix} to κ, in place: the nearest matrix with orthogonal
   * rows, or columns if it is tall, of length κ. Where a singular value is zero it stays so.
   */
  void makeOrthogonal(NativeMatrix matrix, double kappa) {
    decompose(matrix);
    moveSingularValues(matrix, kappa, true);
  }

  private void decompose(NativeMatrix matrix) {
    matrix.read(0, entries, entries.length);
    weight.write(0, entries, entries.length);
    Blas.gemm(
        1,
        weight,
        tall ? Op.TRANSPOSED : Op.PLAIN,
        weight,
        tall ? Op.PLAIN : Op.TRANSPOSED,
        0,
        gram);
    eigen.decompose(gram);
  }

  /** Moves the singular values above κ, or all that are not zero, to κ. */
  private void moveSingularValues(NativeMatrix matrix, double kappa, boolean all) {
    double smallest = all ? 1e-7 * singularValue(0) : kappa;
    Arrays.fill(work, 0);
    for (int k = 0; k < order && singularValue(k) > smallest; k++) {
      double excess = 1 - kappa / singularValue(k);
      eigen.vector(k, vector);
      for (int i = 0; i < order; i++) {
        for (int j = 0; j < order; j++) {
          work[i * order + j] -= excess * vector[i] * vector[j];
        }
      }
    }
    correction.write(0, work, work.length);
    projected.copyFrom(weight);
    if (tall) {
      Blas.gemm(1, weight, Op.PLAIN, correction, Op.PLAIN, 1, projected);
    } else {
      Blas.gemm(1, correction, Op.PLAIN, weight, Op.PLAIN, 1, projected);
    }
    projected.read(0, entries, entries.length);
    matrix.write(0, entries, entries.length);
  }

  private double singularValue(int k) {
    return Math.sqrt(Math.max(0, eigen.value(k)));
  }
}
