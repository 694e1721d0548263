package org.flowbound.stability;

/**
 * A closed interval that is certified to hold a number.
 *
 * @param lower a value that is attained or exceeded
 * @param upper a value that is not exceeded
 */
public record Interval(double lower, double upper) {
  /**
   * @throws IllegalArgumentException if an end is NaN or {@code lower > upper}
   */
  public Interval {
    if (!(lower <= upper)) {
      throw new IllegalArgumentException(
          "The interval [%s, %s] is empty: lower must not exceed upper.".formatted(lower, upper));
    }
  }

  public double width() {
    return upper - lower;
  }
}
