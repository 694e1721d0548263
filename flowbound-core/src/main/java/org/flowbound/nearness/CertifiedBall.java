package org.flowbound.nearness;

import java.util.Arrays;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.SymmetricEigen;

/**
 * The matrices whose δ the multipliers Λ certify to be at most δ̄. With c and r the centre and
 * radius of the slopes, completing the square in {@code c sym(B) + (r/2)(Λ + BᵀΛ⁻¹B) ≼ δ̄ I} gives
 * a ball of the spectral norm,
 *
 * <pre>  ‖K‖₂ ≤ 1,   B = Λ^½ K Q^½ − (c/r) Λ,   Q = (2δ̄/r) I + ((c² − r²)/r²) Λ,</pre>
 *
 * <p>so a matrix is moved into it by cutting the singular values of its K off at 1, which leaves
 * the directions that satisfy the inequality as they are. Where r = 0 the set is {@code c sym(B) ≼
 * δ̄ I}, and eigenvalues are cut off instead. Not safe for concurrent use.
 */
final class CertifiedBall {
  private final int d;
  private final double c;
  private final double r;
  private final DoubleMatrix k;
  private final DoubleMatrix gram;
  private final DoubleMatrix left;
  private final DoubleMatrix right;
  private final SymmetricEigen eigen;
  private final double[] given;
  private final double[] current;
  private final double[] previous;
  private final double[] work;
  private final double[] vector;
  private final double[] rowScale;
  private final double[] columnScale;
  private int cut;

  CertifiedBall(int d, SlopeBox slopes) {
    this.d = d;
    this.c = slopes.center();
    this.r = slopes.radius();
    this.k = DoubleMatrix.zeros(d, d);
    this.gram = DoubleMatrix.zeros(d, d);
    this.left = DoubleMatrix.zeros(d, d);
    this.right = DoubleMatrix.zeros(d, d);
    this.eigen = new SymmetricEigen(d);
    this.given = new double[d * d];
    this.current = new double[d * d];
    this.previous = new double[d * d];
    this.work = new double[d * d];
    this.vector = new double[d];
    this.rowScale = new double[d];
    this.columnScale = new double[d];
  }

  /**
   * Moves {@code b} into the ball of {@code lambda}, which is first changed where it belongs to no
   * ball.
   *
   * <p>Cutting singular values off is the projection in the norm {@code ‖Λ^{−½} · Q^{−½}‖_F}. Each
   * iteration of the accelerated projected gradient method (Nesterov) that follows brings the point
   * closer to the projection in the Frobenius norm.
   *
   * @return false, with {@code b} as it was, if the ball is empty
   */
  boolean moveInto(double[] b, double[] lambda, double target, int iterations) {
    cut = 0;
    if (r == 0) {
      cutEigenvalues(b, target);
      return true;
    }
    if (!setScales(lambda, target)) {
      return false;
    }
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        double entry = b[i * d + j] + (i == j ? c / r * lambda[i] : 0);
        given[i * d + j] = entry / (rowScale[i] * columnScale[j]);
      }
    }
    System.arraycopy(given, 0, current, 0, d * d);
    cutSingularValues(current);
    if (cut == 0) {
      return true;
    }
    double step = 1 / (largestSquare(rowScale) * largestSquare(columnScale));
    System.arraycopy(current, 0, previous, 0, d * d);
    for (int iteration = 0; iteration < iterations; iteration++) {
      double momentum = iteration / (iteration + 3.0);
      for (int i = 0, m = 0; i < d; i++) {
        double rowStep = step * rowScale[i] * rowScale[i];
        for (int j = 0; j < d; j++, m++) {
          double ahead = current[m] + momentum * (current[m] - previous[m]);
          double weight = rowStep * columnScale[j] * columnScale[j];
          previous[m] = current[m];
          current[m] = ahead - weight * (ahead - given[m]);
        }
      }
      cutSingularValues(current);
    }
    for (int i = 0, m = 0; i < d; i++) {
      for (int j = 0; j < d; j++, m++) {
        b[m] += rowScale[i] * columnScale[j] * (current[m] - given[m]);
      }
    }
    return true;
  }

  private static double largestSquare(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, value * value);
    }
    return largest;
  }

  /** Cuts the singular values of {@code matrix} off at 1; keeps the right vectors of those cut. */
  private void cutSingularValues(double[] matrix) {
    k.write(0, matrix, d * d);
    Blas.gemm(1, k, Op.TRANSPOSED, k, Op.PLAIN, 0, gram);
    eigen.decompose(gram);
    cut = 0;
    while (cut < d && eigen.value(cut) > 1) {
      eigen.vector(cut, vector);
      right.rows(cut, cut + 1).write(0, vector, d);
      cut++;
    }
    if (cut == 0) {
      return;
    }
    DoubleMatrix z = right.view(0, cut, d);
    DoubleMatrix kz = left.view(0, d, cut);
    Blas.gemm(1, k, Op.PLAIN, z, Op.TRANSPOSED, 0, kz);
    kz.read(0, work, d * cut);
    for (int e = 0; e < cut; e++) {
      double factor = 1 - 1 / Math.sqrt(eigen.value(e));
      for (int i = 0; i < d; i++) {
        work[i * cut + e] *= factor;
      }
    }
    kz.write(0, work, d * cut);
    Blas.gemm(-1, kz, Op.PLAIN, z, Op.PLAIN, 1, k);
    k.read(0, matrix, d * d);
  }

  /**
   * Moves {@code lambda} a little along the gradient that brings its ball nearer to the matrix last
   * moved into it, which is now {@code b}.
   *
   * <p>The multiplier of the ball's inequality at b is about {@code VVᵀ} with the columns {@code
   * (σ_e − 1)^½ Q^{−½} z_e} for the singular values that were cut off and their right vectors; Λ_i
   * is best for it where {@code Λ_i ‖V_i‖² = ‖(BV)_i‖²/Λ_i}.
   *
   * @param step how far {@code log Λ_i} moves, at the most about twice this
   */
  void adapt(double[] b, double[] lambda, double step) {
    double[] v = new double[d * cut];
    for (int e = 0; e < cut; e++) {
      eigen.vector(e, vector);
      double size = Math.sqrt(Math.sqrt(eigen.value(e)) - 1);
      for (int i = 0; i < d; i++) {
        v[i * cut + e] = size * vector[i] / columnScale[i];
      }
    }
    double[] gradient = new double[d];
    double[] row = new double[cut];
    double sum = 0;
    for (int i = 0; i < d; i++) {
      Arrays.fill(row, 0);
      for (int j = 0; j < d; j++) {
        for (int e = 0; e < cut; e++) {
          row[e] += b[i * d + j] * v[j * cut + e];
        }
      }
      double vv = 0;
      double ww = 0;
      for (int e = 0; e < cut; e++) {
        vv += lambda[i] * v[i * cut + e] * v[i * cut + e];
        ww += row[e] * row[e] / lambda[i];
      }
      gradient[i] = ww - vv;
      sum += ww + vv;
    }
    if (sum > 0 && sum < Double.POSITIVE_INFINITY) {
      for (int i = 0; i < d; i++) {
        double relative = Math.max(-2, Math.min(2, d * gradient[i] / sum));
        lambda[i] *= Math.exp(step * relative);
      }
    }
  }

  /** Λ^½ and Q^½; Λ is moved to where Q is positive. */
  private boolean setScales(double[] lambda, double target) {
    double product = c * c - r * r;
    double threshold = -2 * target * r / product;
    for (int i = 0; i < d; i++) {
      if (product > 0 && threshold >= 0) {
        lambda[i] = Math.max(lambda[i], Math.max(1.001 * threshold, 1e-7));
      } else if (product < 0) {
        lambda[i] = Math.min(lambda[i], 0.999 * threshold);
      }
      double q = 2 * target / r + product / (r * r) * lambda[i];
      if (!(lambda[i] > 0 && q > 0 && q < Double.POSITIVE_INFINITY)) {
        return false;
      }
      rowScale[i] = Math.sqrt(lambda[i]);
      columnScale[i] = Math.sqrt(q);
    }
    return true;
  }

  private void cutEigenvalues(double[] b, double target) {
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        work[i * d + j] = 0.5 * c * (b[i * d + j] + b[j * d + i]);
      }
    }
    gram.write(0, work, d * d);
    eigen.decompose(gram);
    for (int e = 0; e < d && eigen.value(e) > target; e++) {
      eigen.vector(e, vector);
      double excess = (eigen.value(e) - target) / c;
      for (int i = 0; i < d; i++) {
        for (int j = 0; j < d; j++) {
          b[i * d + j] -= excess * vector[i] * vector[j];
        }
      }
    }
  }
}
