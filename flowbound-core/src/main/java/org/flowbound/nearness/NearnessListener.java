package org.flowbound.nearness;

/** Hears how the distance of the nearest stable weights is enclosed. */
@FunctionalInterface
public interface NearnessListener {
  /** Ignores everything. */
  NearnessListener SILENT = (lower, upper, rounds) -> {};

  /**
   * Called from the calling thread after every round.
   *
   * @param lower a proven lower bound of the distance
   * @param upper the distance of the best stable weights so far; infinite before the first
   */
  void progress(double lower, double upper, int rounds);
}
