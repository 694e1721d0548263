package org.flowbound.io;

/** Refuses what would not fit into Java's memory before it is allocated. */
final class Heap {
  private static final long BYTES_PER_TENSOR = 1 << 10;
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private Heap() {}

  /** Requires room for one array of {@code elements} numbers, and for a copy of it. */
  static void requireArray(long elements) throws MalformedException {
    requireNumbers(elements);
    if (elements > MAX_ARRAY) {
      throw new MalformedException(
          "holds %d numbers in one array: at most %d are supported".formatted(elements, MAX_ARRAY));
    }
  }

  /** Requires room for {@code elements} numbers, and for a copy of them. */
  static void requireNumbers(long elements) throws MalformedException {
    if (elements > Long.MAX_VALUE / (2 * Double.BYTES)) {
      requireBytes(Long.MAX_VALUE);
    }
    requireBytes(2 * Double.BYTES * elements);
  }

  /** Requires room for the descriptions of {@code count} tensors. */
  static void requireTensors(long count) throws MalformedException {
    requireBytes(BYTES_PER_TENSOR * count);
  }

  /** Requires that {@code bytes} take at most half of the memory that Java may use. */
  static void requireBytes(long bytes) throws MalformedException {
    long available = Runtime.getRuntime().maxMemory();
    if (bytes > available / 2) {
      throw new MalformedException(
          "needs about %d MiB of memory, and Java may use %d MiB: allow it more with -Xmx"
              .formatted(2 * (bytes >> 20), available >> 20));
    }
  }
}
