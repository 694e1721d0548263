package org.flowbound.certificate;

import java.util.Arrays;
import org.flowbound.certificate.FixedSlope.End;
import org.flowbound.linalg.Matrix;
import org.flowbound.rigor.RoundedUp;
import org.flowbound.rigor.VerifiedCholesky;

/**
 * Proves {@code max_D μ₂(DA) ≤ γ} over the slopes D of a leaf, in floating point.
 *
 * <p>Let {@code |D_ii − c_i| ≤ r_i}. With {@code p_i q_i ≥ r_i²/4} there is {@code (D_ii − c_i) x y
 * ≤ p_i x² + q_i y²}, so with {@code x = v_i}, {@code y = (Av)_i} and the sum over i
 *
 * <pre>  γI − M ⪰ 0  ⟹  vᵀDAv ≤ γ vᵀv,   M = ½(CA + AᵀC) + P + AᵀQA.</pre>
 *
 * <p>Here c is a number near the middle of the slopes' interval, r is rounded up, and from the
 * multipliers {@code p_i = ½ r_i λ_i} and {@code q_i = ½ r_i/λ_i} are rounded up, so that the
 * inequality holds for the numbers c, p, q exactly as they are stored. A fixed slope, and one whose
 * row of A is zero, has {@code p_i = q_i = 0}.
 *
 * <p>What remains is the rounding of {@code S = γI − M}. Every entry is a sum of products; none of
 * its terms passes through more than d + 4 operations, so the error of {@code s_ij} is at most
 * {@code γ_{d+4}} times the sum of the terms' absolute values (Higham, §3.1), plus {@code η (Σ_kj
 * |a_kj| + d + 3)} for underflow. The sum {@code e_i} of these bounds over row i is subtracted from
 * {@code s_ii}, which makes up for all errors, since {@code diag(e) − E ⪰ 0} for a symmetric E with
 * {@code Σ_j |E_ij| ≤ e_i}. {@link VerifiedCholesky} proves the rest.
 *
 * <p>Not safe for concurrent use.
 */
public final class LeafProof {
  private final int d;
  private final double[][] a;
  private final double[][] transposed;
  private final double[] rowSums;
  private final double underflow;
  private final double alpha;
  private final double beta;
  private final double middle;
  private final double halfRadius;

  private final boolean[] held;
  private final double[] center;
  private final double[] p;
  private final double[] q;
  private final double[] errors;
  private final double[][] s;

  /**
   * @param matrix A, d × d
   * @param alpha the smallest slope
   * @param beta the largest slope, at least {@code alpha}
   */
  public LeafProof(Matrix matrix, double alpha, double beta) {
    this.d = matrix.rows();
    this.a = new double[d][d];
    this.transposed = new double[d][d];
    this.rowSums = new double[d];
    this.alpha = alpha;
    this.beta = beta;
    this.middle = alpha == beta ? alpha : 0.5 * (alpha + beta);
    double radius =
        Math.max(RoundedUp.difference(beta, middle), RoundedUp.difference(middle, alpha));
    this.halfRadius = RoundedUp.product(0.5, radius);
    this.held = new boolean[d];
    this.center = new double[d];
    this.p = new double[d];
    this.q = new double[d];
    this.errors = new double[d];
    this.s = new double[d][d];
    double sum = 0;
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        double entry = matrix.get(i, j);
        a[i][j] = entry;
        transposed[j][i] = entry;
        rowSums[i] = entry == 0 ? rowSums[i] : RoundedUp.sum(rowSums[i], Math.abs(entry));
      }
      sum = RoundedUp.sum(sum, rowSums[i]);
    }
    this.underflow =
        RoundedUp.product(RoundedUp.product(d, Double.MIN_VALUE), RoundedUp.sum(sum, d + 3));
  }

  /** The number of multipliers that a leaf with {@code fixed} slopes held has. */
  int multipliers(int fixed) {
    return alpha == beta ? 0 : d - fixed;
  }

  /**
   * Whether the claim is proved. NaN, infinities and overflow prove nothing.
   *
   * @param leaf one that holds each slope at most once and has the right number of multipliers
   */
  public boolean proves(Leaf leaf, double gamma) {
    if (!bound(leaf)) {
      return false;
    }
    boundErrors(gamma);
    for (int i = 0; i < d; i++) {
      assemble(i, gamma);
    }
    return VerifiedCholesky.proves(s);
  }

  /** Sets c, p and q; false if a multiplier is not positive and finite. */
  private boolean bound(Leaf leaf) {
    Arrays.fill(held, alpha == beta);
    Arrays.fill(center, middle);
    for (FixedSlope slope : leaf.fixed()) {
      held[slope.coordinate()] = true;
      center[slope.coordinate()] = slope.end() == End.LOWER ? alpha : beta;
    }
    int next = 0;
    for (int i = 0; i < d; i++) {
      double lambda = held[i] ? 1 : leaf.multipliers()[next++];
      if (!(lambda > 0 && lambda < Double.POSITIVE_INFINITY)) {
        return false;
      }
      boolean exact = held[i] || rowSums[i] == 0;
      p[i] = exact ? 0 : RoundedUp.product(halfRadius, lambda);
      q[i] = exact ? 0 : RoundedUp.quotient(halfRadius, lambda);
    }
    return true;
  }

  /**
   * Sets e. The absolute values of the terms of row i of S add up to {@code |γ| + p_i + ½|c_i| ρ_i
   * + Σ_k |a_ki| (½|c_k| + q_k ρ_k)}, where {@code ρ_k} is the sum of row k of |A|.
   */
  private void boundErrors(double gamma) {
    for (int i = 0; i < d; i++) {
      double ofRow = RoundedUp.product(half(center[i]), rowSums[i]);
      errors[i] = RoundedUp.sum(RoundedUp.sum(Math.abs(gamma), p[i]), ofRow);
    }
    for (int k = 0; k < d; k++) {
      double weight = RoundedUp.sum(half(center[k]), RoundedUp.product(q[k], rowSums[k]));
      for (int i = 0; i < d; i++) {
        double term = RoundedUp.product(Math.abs(a[k][i]), weight);
        errors[i] = RoundedUp.sum(errors[i], term);
      }
    }
    double factor = RoundedUp.gamma(d + 4);
    for (int i = 0; i < d; i++) {
      errors[i] = RoundedUp.sum(RoundedUp.product(factor, errors[i]), underflow);
    }
  }

  private static double half(double c) {
    return RoundedUp.product(0.5, Math.abs(c));
  }

  /** Sets row i of S up to its diagonal, from which the errors are subtracted. */
  private void assemble(int i, double gamma) {
    double[] row = s[i];
    for (int j = 0; j <= i; j++) {
      row[j] = 0.5 * (center[i] * a[i][j] + center[j] * transposed[i][j]);
    }
    for (int k = 0; k < d; k++) {
      double[] ak = a[k];
      double weight = q[k] * ak[i];
      for (int j = 0; j <= i; j++) {
        row[j] += weight * ak[j];
      }
    }
    for (int j = 0; j < i; j++) {
      row[j] = -row[j];
    }
    row[i] = Math.nextDown(gamma - (row[i] + p[i]) - errors[i]);
  }
}
