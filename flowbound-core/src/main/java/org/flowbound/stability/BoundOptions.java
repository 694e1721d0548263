package org.flowbound.stability;

import java.time.Duration;

/**
 * How far and how long δ is bounded.
 *
 * @param tolerance stop when {@code upper − lower ≤ tolerance · max(1, |upper|)}
 * @param timeLimit stop after about this time with the interval reached
 * @param nodeLimit stop after this many nodes of the branch-and-bound tree; 1 is the root alone
 * @param threads number of worker threads; the result does not depend on it unless time runs out
 * @param seed for the starts that are random
 */
public record BoundOptions(
    double tolerance, Duration timeLimit, long nodeLimit, int threads, long seed) {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public BoundOptions {
    require(tolerance >= 0 && tolerance < 1, "tolerance", tolerance, "in [0, 1)");
    require(!timeLimit.isNegative(), "time limit", timeLimit, "at least 0");
    require(nodeLimit >= 1, "node limit", nodeLimit, "at least 1");
    require(threads >= 1, "number of threads", threads, "at least 1");
  }

  private static void require(boolean condition, String name, Object value, String range) {
    if (!condition) {
      throw new IllegalArgumentException("The %s (%s) must be %s.".formatted(name, value, range));
    }
  }

  /** Tolerance 1e-6, 10 seconds, all processors, seed 1. */
  public static BoundOptions defaults() {
    return new BoundOptions(
        1e-6,
        Duration.ofSeconds(10),
        Long.MAX_VALUE,
        Runtime.getRuntime().availableProcessors(),
        1);
  }

  public BoundOptions withTolerance(double value) {
    return new BoundOptions(value, timeLimit, nodeLimit, threads, seed);
  }

  public BoundOptions withTimeLimit(Duration value) {
    return new BoundOptions(tolerance, value, nodeLimit, threads, seed);
  }

  public BoundOptions withNodeLimit(long value) {
    return new BoundOptions(tolerance, timeLimit, value, threads, seed);
  }

  public BoundOptions withThreads(int value) {
    return new BoundOptions(tolerance, timeLimit, nodeLimit, value, seed);
  }

  public BoundOptions withSeed(long value) {
    return new BoundOptions(tolerance, timeLimit, nodeLimit, threads, value);
  }
}
