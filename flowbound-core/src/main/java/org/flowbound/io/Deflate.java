package org.flowbound.io;

/** What can come out of a deflated stream. */
final class Deflate {
  private static final long MAX_RATIO = 1032;
  private static final long SLACK = 1 << 10;

  private Deflate() {}

  /**
   * The largest number of bytes that {@code compressed} bytes can hold: a match of 258 bytes takes
   * two bits at least.
   */
  static long maxInflated(long compressed) {
    return compressed > (Long.MAX_VALUE - SLACK) / MAX_RATIO
        ? Long.MAX_VALUE
        : compressed * MAX_RATIO + SLACK;
  }
}
