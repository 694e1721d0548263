package org.flowbound.rigor;

/**
 * Arithmetic whose results are never below the exact ones.
 *
 * <p>Rounding to nearest is off by at most half a step, so the next number above is not too small,
 * underflow and overflow included. NaN stays NaN.
 */
public final class RoundedUp {
  private static final double UNIT_ROUNDOFF = 0x1p-53;

  private RoundedUp() {}

  public static double sum(double x, double y) {
    return Math.nextUp(x + y);
  }

  public static double difference(double x, double y) {
    return Math.nextUp(x - y);
  }

  public static double product(double x, double y) {
    return Math.nextUp(x * y);
  }

  public static double quotient(double x, double y) {
    return Math.nextUp(x / y);
  }

  /**
   * The error bound {@code γ_k = ku/(1 − ku)} of k rounding operations (N. J. Higham, Accuracy and
   * Stability of Numerical Algorithms, 2nd ed., Lemma 3.1), for {@code k ≥ 0}; k is an {@code int},
   * so that {@code ku < 2⁻²²}.
   */
  public static double gamma(int k) {
    double ku = k * UNIT_ROUNDOFF;
    return quotient(ku, Math.nextDown(1 - ku));
  }
}
