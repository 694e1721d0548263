package org.flowbound.verification;

import org.flowbound.rigor.RoundedUp;

/**
 * Error bounds of the arithmetic that the sets are computed with.
 *
 * <p>A sum of k products, in any order, with or without fused operations, is off by at most {@code
 * γ_k = ku/(1 − ku)} times the sum of the products' absolute values (N. J. Higham, <em>Accuracy and
 * Stability of Numerical Algorithms</em>, 2nd ed., section 3.1), u = 2⁻²⁴ in single and 2⁻⁵³ in
 * double precision; underflow, to zero even, adds less than {@link #TINY} in all. The bounds
 * themselves are sums of few non-negative terms and of at most 2¹⁵ products of such; {@link
 * #inflate} covers their own rounding.
 */
final class Rounding {
  /** More than what underflow can add up to in one entry: 2²⁰ times the least normal float. */
  static final double TINY = 0x1p-60;

  private Rounding() {}

  /** γ_k in single precision. */
  static double single(int k) {
    double ku = k * 0x1p-24;
    if (ku > 0.5) {
      return Double.POSITIVE_INFINITY;
    }
    return RoundedUp.quotient(ku, 1 - ku);
  }

  /** γ_k in double precision. */
  static double twice(int k) {
    return RoundedUp.gamma(k);
  }

  /** More than the exact value of a bound that was computed as {@code x ≥ 0}. */
  static double inflate(double x) {
    return x * (1 + 0x1p-30) + Double.MIN_NORMAL;
  }
}
