package org.flowbound.stability;

import java.time.Duration;

/**
 * How far and how long a contractivity threshold is bracketed.
 *
 * @param tolerance stop when {@code alphaUpper − alphaLower ≤ tolerance}
 * @param timeLimit stop after about this time with the bracket reached
 * @param threads number of worker threads; the result does not depend on it unless time runs out
 * @param seed for the starts that are random
 */
public record ThresholdOptions(double tolerance, Duration timeLimit, int threads, long seed) {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public ThresholdOptions {
    if (!(tolerance > 0 && tolerance < 1)) {
      throw new IllegalArgumentException(
          "The tolerance (%s) must be in (0, 1).".formatted(tolerance));
    }
    if (timeLimit.isNegative()) {
      throw new IllegalArgumentException(
          "The time limit (%s) must be at least 0.".formatted(timeLimit));
    }
    if (threads < 1) {
      throw new IllegalArgumentException(
          "The number of threads (%d) must be at least 1.".formatted(threads));
    }
  }

  /** Tolerance 1e-6, 30 seconds, all processors, seed 1. */
  public static ThresholdOptions defaults() {
    return new ThresholdOptions(
        1e-6, Duration.ofSeconds(30), Runtime.getRuntime().availableProcessors(), 1);
  }

  public ThresholdOptions withTolerance(double value) {
    return new ThresholdOptions(value, timeLimit, threads, seed);
  }

  public ThresholdOptions withTimeLimit(Duration value) {
    return new ThresholdOptions(tolerance, value, threads, seed);
  }

  public ThresholdOptions withThreads(int value) {
    return new ThresholdOptions(tolerance, timeLimit, value, seed);
  }

  public ThresholdOptions withSeed(long value) {
    return new ThresholdOptions(tolerance, timeLimit, threads, value);
  }
}
