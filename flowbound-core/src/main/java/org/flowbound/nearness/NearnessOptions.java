package org.flowbound.nearness;

import java.time.Duration;

/**
 * How the nearest stable weights are sought.
 *
 * @param method the method
 * @param tolerance stop when the relative gap {@code (‖Δ‖ − lower bound)/‖Δ‖} is at most this
 * @param timeLimit stop after about this time with the best weights so far
 * @param threads number of worker threads
 * @param seed for the starts that are random
 */
public record NearnessOptions(
    NearnessMethod method, double tolerance, Duration timeLimit, int threads, long seed) {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public NearnessOptions {
    require(tolerance > 0 && tolerance < 1, "tolerance", tolerance, "in (0, 1)");
    require(!timeLimit.isNegative(), "time limit", timeLimit, "at least 0");
    require(threads >= 1, "number of threads", threads, "at least 1");
  }

  private static void require(boolean condition, String name, Object value, String range) {
    if (!condition) {
      throw new IllegalArgumentException("The %s (%s) must be %s.".formatted(name, value, range));
    }
  }

  /** Projection to a gap of 1e-6, 30 seconds, all processors, seed 1. */
  public static NearnessOptions defaults() {
    return new NearnessOptions(
        NearnessMethod.PROJECTION,
        1e-6,
        Duration.ofSeconds(30),
        Runtime.getRuntime().availableProcessors(),
        1);
  }

  public NearnessOptions withMethod(NearnessMethod value) {
    return new NearnessOptions(value, tolerance, timeLimit, threads, seed);
  }

  public NearnessOptions withTolerance(double value) {
    return new NearnessOptions(method, value, timeLimit, threads, seed);
  }

  public NearnessOptions withTimeLimit(Duration value) {
    return new NearnessOptions(method, tolerance, value, threads, seed);
  }

  public NearnessOptions withThreads(int value) {
    return new NearnessOptions(method, tolerance, timeLimit, value, seed);
  }

  public NearnessOptions withSeed(long value) {
    return new NearnessOptions(method, tolerance, timeLimit, threads, value);
  }
}
