package org.flowbound.stability;

import java.util.Arrays;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;

/** The logarithmic norm {@code μ(M) = lim (‖I + hM‖ − 1)/h}, h → 0+, and its maxima over boxes. */
public final class LogarithmicNorm {
  private LogarithmicNorm() {}

  /**
   * The logarithmic norm of a square matrix: {@code μ₁ = max_j (m_jj + Σ_{i≠j} |m_ij|)}, {@code μ₂
   * = λ_max((M + Mᵀ)/2)}, {@code μ_∞ = max_i (m_ii + Σ_{j≠i} |m_ij|)}.
   */
  public static double of(Matrix m, Norm norm) {
    return switch (norm) {
      case ONE -> maxRow(m.transpose());
      case TWO -> SymmetricEigen.largestOfSymmetricPart(m);
      case INFINITY -> maxRow(m);
    };
  }

  private static double maxRow(Matrix m) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < m.rows(); i++) {
      double sum = m.get(i, i);
      for (int j = 0; j < m.columns(); j++) {
        if (j != i) {
          sum += Math.abs(m.get(i, j));
        }
      }
      largest = Math.max(largest, sum);
    }
    return largest;
  }

  /**
   * A vertex D of the box at which {@code μ(DA)} is largest, in the 1- or ∞-norm.
   *
   * <p>Row i of DA is {@code D_ii} times row i of A, so the ∞-norm separates by rows. In the
   * 1-norm, column j is largest with {@code |D_ii|} as large as possible for i ≠ j and {@code D_jj
   * a_jj + …} at the better end.
   */
  static double[] maximizer(Matrix a, SlopeBox slopes, Norm norm) {
    int d = a.rows();
    double[] ends = {slopes.upper(), slopes.lower()};
    double widest = Math.abs(slopes.lower()) > Math.abs(slopes.upper()) ? ends[1] : ends[0];
    double[] best = new double[d];
    double[] candidate = new double[d];
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < d; k++) {
      for (double end : ends) {
        Arrays.fill(candidate, norm == Norm.ONE ? widest : slopes.lower());
        candidate[k] = end;
        double value = norm == Norm.ONE ? column(a, k, candidate) : row(a, k, end);
        if (value > largest) {
          largest = value;
          System.arraycopy(candidate, 0, best, 0, d);
        }
      }
    }
    if (norm == Norm.INFINITY) {
      for (int k = 0; k < d; k++) {
        best[k] = row(a, k, ends[0]) >= row(a, k, ends[1]) ? ends[0] : ends[1];
      }
    }
    return best;
  }

  private static double row(Matrix a, int i, double slope) {
    double sum = slope * a.get(i, i);
    for (int j = 0; j < a.columns(); j++) {
      if (j != i) {
        sum += Math.abs(slope * a.get(i, j));
      }
    }
    return sum;
  }

  private static double column(Matrix a, int j, double[] slopes) {
    double sum = slopes[j] * a.get(j, j);
    for (int i = 0; i < a.rows(); i++) {
      if (i != j) {
        sum += Math.abs(slopes[i] * a.get(i, j));
      }
    }
    return sum;
  }

  /** A bound for every intermediate sum above, with which rounding errors scale. */
  static double sumBound(Matrix a, SlopeBox slopes) {
    double largest = Math.max(Math.abs(slopes.lower()), Math.abs(slopes.upper()));
    return largest * a.maxAbs() * a.rows();
  }
}
