package org.flowbound.solver;

import java.util.Arrays;

/** The times at which a field jumps. */
final class Breakpoints {
  private final double[] times;

  Breakpoints(VectorField field) {
    this.times = field.discontinuities();
  }

  /** {@code t}, or the next number towards {@code other} where f jumps at t. */
  double inside(double t, double other) {
    return times.length > 0 && Arrays.binarySearch(times, t) >= 0 ? Math.nextAfter(t, other) : t;
  }

  /** Whether f jumps at {@code t}. */
  boolean contains(double t) {
    return Arrays.binarySearch(times, t) >= 0;
  }

  /** The first jump strictly between {@code from} and {@code to}, in that direction, or to. */
  double next(double from, double to) {
    double next = to;
    for (double t : times) {
      if (from < to ? from < t && t < next : next < t && t < from) {
        next = t;
      }
    }
    return next;
  }
}
