package org.flowbound.rigor;

/**
 * Proves that symmetric matrices are positive semidefinite, in floating point.
 *
 * <p>If the floating-point Cholesky factorisation of a symmetric T of order n runs to its end, its
 * factor L has {@code |T − LLᵀ|_ij ≤ γ_{n+1} ‖l_i‖ ‖l_j‖ + F} with rows {@code l_i} of L and {@code
 * F = η (n + 1 + max t_ii)} for underflow; hence {@code ‖l_i‖² ≤ (t_ii + F)/(1 − γ_{n+1})} from the
 * diagonal, and with {@code xᵀLLᵀx ≥ 0}
 *
 * <pre>  λ_min(T) ≥ −κ,   κ = γ_{n+1}/(1 − γ_{n+1}) · (tr T + nF) + nF.</pre>
 *
 * So a factorisation of T, {@code t_ij = s_ij}, {@code t_ii ≤ s_ii − κ}, proves S positive
 * semidefinite. This is Theorem 2.3 with Corollary 2.4 of S. M. Rump, Verification of positive
 * definiteness, BIT 46 (2006) 433–452 (after J. W. Demmel, LAPACK Working Note 14, 1989), with the
 * largest constant for all rows; the theorem has been checked by machine in Coq (É. Martin-Dorel,
 * P. Roux, ValidSDP).
 *
 * <p>Underflow enters F as follows: each of the at most n − 1 products of an entry adds η/2, and
 * the division by {@code l_jj} adds {@code l_jj η/2}, where {@code l_jj ≤ max(1, t_jj)}; later
 * operations enlarge this by less than a factor of 2.
 */
public final class VerifiedCholesky {
  private VerifiedCholesky() {}

  /**
   * Whether S is proved positive semidefinite. NaN, infinities and overflow prove nothing; neither
   * does a smallest eigenvalue between 0 and about 2κ.
   *
   * @param s the lower triangle of S, row by row: row i holds i + 1 entries or more; overwritten
   */
  public static boolean proves(double[][] s) {
    int n = s.length;
    double trace = 0;
    double largest = 0;
    for (int i = 0; i < n; i++) {
      double entry = s[i][i];
      if (!(entry > 0 && entry < Double.POSITIVE_INFINITY)) {
        return false;
      }
      trace = RoundedUp.sum(trace, entry);
      largest = Math.max(largest, entry);
    }
    double shift = shift(n, trace, largest);
    for (int i = 0; i < n; i++) {
      s[i][i] = Math.nextDown(s[i][i] - shift);
    }
    return factors(s);
  }

  /** κ, or more. */
  private static double shift(int n, double trace, double largest) {
    double underflow =
        RoundedUp.product(n, RoundedUp.product(Double.MIN_VALUE, RoundedUp.sum(n + 1.0, largest)));
    double gamma = RoundedUp.gamma(n + 1);
    double factor = RoundedUp.quotient(gamma, Math.nextDown(1 - gamma));
    return RoundedUp.sum(RoundedUp.product(factor, RoundedUp.sum(trace, underflow)), underflow);
  }

  /**
   * Whether the factorisation runs to its end. An entry of L that is no finite number makes the
   * pivot of its row NaN or −∞.
   */
  private static boolean factors(double[][] t) {
    for (int i = 0; i < t.length; i++) {
      double[] row = t[i];
      for (int j = 0; j < i; j++) {
        row[j] = remainder(row[j], row, t[j], j) / t[j][j];
      }
      double pivot = remainder(row[i], row, row, i);
      if (!(pivot > 0)) {
        return false;
      }
      row[i] = Math.sqrt(pivot);
    }
    return true;
  }

  /** {@code x − Σ_{k<n} a_k b_k}. */
  private static double remainder(double x, double[] a, double[] b, int n) {
    double rest = x;
    for (int k = 0; k < n; k++) {
      rest -= a[k] * b[k];
    }
    return rest;
  }
}
