package org.flowbound.training;

import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.FloatMatrix;
import org.flowbound.linalg.NativeMatrix;

/**
 * Draws the singular values of an m × n matrix W to κ by the iteration of Björck and Bowie (SIAM
 * Journal on Numerical Analysis 8, 1971), {@code W ← (3/2) W − (1/(2κ²)) W Wᵀ W}, which converges
 * quadratically to the nearest matrix with orthogonal rows, or columns if m &gt; n, of length κ.
 */
final class BjorckOrthogonalization {
  private static final double TOLERANCE = 1e-4;
  private static final int MAX_ITERATIONS = 30;

  private final boolean tall;
  private final FloatMatrix gram;
  private final FloatMatrix next;
  private final float[] entries;

  BjorckOrthogonalization(int m, int n) {
    this.tall = m > n;
    int order = Math.min(m, n);
    this.gram = FloatMatrix.zeros(order, order);
    this.next = FloatMatrix.zeros(m, n);
    this.entries = new float[order * order];
  }

  /** Iterates in place until {@code W Wᵀ/κ²} is the identity up to 1e-4 in every entry. */
  void orthogonalize(NativeMatrix weight, double kappa) {
    for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
      Blas.gemm(
          1 / (kappa * kappa),
          weight,
          tall ? Op.TRANSPOSED : Op.PLAIN,
          weight,
          tall ? Op.PLAIN : Op.TRANSPOSED,
          0,
          gram);
      double norm = distanceFromIdentity();
      if (norm <= TOLERANCE) {
        return;
      }
      if (rowSum > 2.9) {
        // Singular values beyond √3 κ would be drawn elsewhere.
        weight.scale(1 / Math.sqrt(rowSum));
        continue;
      }
      next.copyFrom(weight);
      if (tall) {
        Blas.gemm(-0.5, next, Op.PLAIN, gram, Op.PLAIN, 1.5, weight);
      } else {
        Blas.gemm(-0.5, gram, Op.PLAIN, next, Op.PLAIN, 1.5, weight);
      }
    }
  }

  /** The largest sum of absolute values in a row of the last Gram matrix, a bound of its norm. */
  private double rowSum;

  private double distanceFromIdentity() {
    int order = gram.rows();
    gram.read(0, entries, entries.length);
    double largest = 0;
    rowSum = 0;
    for (int i = 0; i < order; i++) {
      double sum = 0;
      for (int j = 0; j < order; j++) {
        float entry = entries[i * order + j];
        sum += Math.abs(entry);
        largest = Math.max(largest, Math.abs(entry - (i == j ? 1 : 0)));
      }
      rowSum = Math.max(rowSum, sum);
    }
    return largest;
  }
}
