package org.flowbound.certification;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.flowbound.linalg.Matrix;
import org.flowbound.network.Classifier;

/**
 * Proved bounds of how far the first layer drives states apart, for a perturbation of the pixels of
 * size 1.
 *
 * @param euclidean ‖B‖₂: from the 2-norm of a perturbation to the 2-norm of states
 * @param maximum ‖B‖_∞: from the ∞-norm to the ∞-norm
 * @param mixed ‖B‖_{2←∞}: from the ∞-norm to the 2-norm
 */
record InputGain(double euclidean, double maximum, double mixed) {
  private static final int RANK = 16;
  private static final int SWEEPS = 40;

  /** The bounds for a classifier, in pixel units. */
  static InputGain of(Classifier classifier) {
    Matrix b = classifier.inputWeight();
    double deviation = classifier.architecture().normalization().deviation();
    double largestRow = 0;
    for (int i = 0; i < b.rows(); i++) {
      double sum = 0;
      for (int p = 0; p < b.columns(); p++) {
        sum += Math.abs(b.get(i, p));
      }
      largestRow = Math.max(largestRow, sum);
    }
    double inflation = inflation(b);
    double euclidean = SpectralNormBound.of(b);
    return new InputGain(
        euclidean / deviation * inflation,
        largestRow / deviation * inflation,
        Math.min(Math.sqrt(b.columns()) * euclidean, mixed(b)) / deviation * inflation);
  }

  /** More than the relative rounding error of sums over the pixels. */
  private static double inflation(Matrix b) {
    return 1 + (b.columns() + 16) * 0x1p-52;
  }

  /**
   * A bound of ‖B‖_{2←∞}. For any diagonal {@code Λ > 0} and {@code |x_p| ≤ 1}, {@code ‖Bx‖² ≤ Σ_p
   * Λ_p x_p² ‖BΛ^{−½}‖₂²} is at most {@code ‖BΛ^{−½}‖₂² Σ_p Λ_p}: any Λ is valid. The best one
   * solves the semidefinite relaxation of {@code max ‖Bx‖²}, {@code x ∈ {−1, 1}ⁿ}, here in low-rank
   * form (rows v_p of length 1 instead of signs, improved one after the other), {@code Λ_p = ‖b_pᵀ
   * Σ_q b_q v_qᵀ‖}.
   */
  private static double mixed(Matrix b) {
    int d = b.rows();
    int n = b.columns();
    double[] columns = b.transpose().toArray();
    double[] v = new double[n * RANK];
    double[] w = new double[d * RANK];
    SplittableRandom random = new SplittableRandom(1);
    double[] next = new double[RANK];
    for (int p = 0; p < n; p++) {
      for (int q = 0; q < RANK; q++) {
        next[q] = random.nextGaussian();
      }
      replace(columns, p, d, v, w, next);
    }
    double[] lambda = new double[n];
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int p = 0; p < n; p++) {
        double squares = 0;
        Arrays.fill(next, 0);
        for (int i = 0; i < d; i++) {
          double entry = columns[p * d + i];
          squares += entry * entry;
          for (int q = 0; q < RANK; q++) {
            next[q] += entry * w[i * RANK + q];
          }
        }
        lambda[p] = norm(next);
        for (int q = 0; q < RANK; q++) {
          next[q] -= squares * v[p * RANK + q];
        }
        replace(columns, p, d, v, w, next);
      }
    }
    double mean = 0;
    for (double entry : lambda) {
      mean += entry / n;
    }
    if (!(mean > 0 && mean < Double.POSITIVE_INFINITY)) {
      return Double.POSITIVE_INFINITY;
    }
    double[] root = new double[n];
    double sum = 0;
    for (int p = 0; p < n; p++) {
      root[p] = Math.sqrt(lambda[p] / mean + 1e-6);
      sum += root[p] * root[p];
    }
    double norm = SpectralNormBound.of(Matrix.generate(d, n, (i, p) -> b.get(i, p) / root[p]));
    return norm * Math.sqrt(sum) * inflation(b);
  }

  /** Sets row p of V to the unit vector along {@code next}, and {@code W = BV} with it. */
  private static void replace(
      double[] columns, int p, int d, double[] v, double[] w, double[] next) {
    double length = norm(next);
    if (!(length > 0)) {
      return;
    }
    for (int q = 0; q < RANK; q++) {
      double change = next[q] / length - v[p * RANK + q];
      v[p * RANK + q] += change;
      next[q] = change;
    }
    for (int i = 0; i < d; i++) {
      double entry = columns[p * d + i];
      for (int q = 0; q < RANK; q++) {
        w[i * RANK + q] += entry * next[q];
      }
    }
  }

  private static double norm(double[] x) {
    double sum = 0;
    for (double entry : x) {
      sum += entry * entry;
    }
    return Math.sqrt(sum);
  }
}
