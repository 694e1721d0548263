package org.flowbound.attack;

/** Seeds of independent random streams. */
final class Streams {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Streams() {}

  /** The seed of the stream with these numbers, well mixed. */
  static long of(long seed, long image, long draw) {
    return mix(mix(mix(seed) + GOLDEN * (image + 1)) + GOLDEN * (draw + 1));
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
