package org.flowbound.comparison;

import java.util.stream.DoubleStream;

/**
 * What repeated measurements of one quantity come to.
 *
 * @param mean their mean
 * @param deviation their sample standard deviation, with n − 1 in the denominator; NaN for a single
 *     measurement
 */
public record Spread(double mean, double deviation) {
  /**
   * @throws IllegalArgumentException if there is no value
   */
  public static Spread of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("A spread needs at least one value.");
    }
    double mean = DoubleStream.of(values).sum() / values.length;
    double squares = DoubleStream.of(values).map(v -> (v - mean) * (v - mean)).sum();
    return new Spread(
        mean, values.length == 1 ? Double.NaN : Math.sqrt(squares / (values.length - 1)));
  }
}
