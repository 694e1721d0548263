package org.flowbound.field;

/**
 * The interval that the slopes of an activation lie in, and with it the box {@code Ω = {D diagonal
 * : lower ≤ D_ii ≤ upper}} of the Jacobians' diagonal factors.
 *
 * @param lower the smallest slope
 * @param upper the largest slope
 */
public record SlopeBox(double lower, double upper) {
  /**
   * @throws IllegalArgumentException if an end is not finite or {@code lower > upper}
   */
  public SlopeBox {
    if (!(lower <= upper) || Double.isInfinite(lower) || Double.isInfinite(upper)) {
      throw new IllegalArgumentException(
          "The slopes [%s, %s] must be a finite interval with lower <= upper."
              .formatted(lower, upper));
    }
  }

  /**
   * The box Ω_α, slopes in [α, 1].
   *
   * @throws IllegalArgumentException unless {@code 0 ≤ alpha ≤ 1}
   */
  public static SlopeBox of(double alpha) {
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException(
          "The slope alpha (%s) must lie in [0, 1]. For other intervals give both ends."
              .formatted(alpha));
    }
    return new SlopeBox(alpha, 1);
  }

  /** The midpoint c of the interval. */
  public double center() {
    return 0.5 * (lower + upper);
  }

  /** Half the interval's width, r. */
  public double radius() {
    return 0.5 * (upper - lower);
  }
}
