package org.flowbound.io;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The dimensions of a tensor; none for a scalar.
 *
 * @param dimensions each at least 0
 */
public record Shape(List<Long> dimensions) {
  /**
   * @throws IllegalArgumentException if a dimension is negative or the number of entries exceeds
   *     2^63 − 1
   */
  public Shape {
    dimensions = List.copyOf(dimensions);
    long elements = 1;
    for (long dimension : dimensions) {
      if (dimension < 0) {
        throw new IllegalArgumentException(
            "A dimension must be at least 0, not %d.".formatted(dimension));
      }
      try {
        elements = Math.multiplyExact(elements, Math.max(1, dimension));
      } catch (ArithmeticException overflow) {
        throw new IllegalArgumentException(
            "The shape %s has too many entries.".formatted(text(dimensions)), overflow);
      }
    }
  }

  /** The shape with the given dimensions. */
  public static Shape of(long... dimensions) {
    return new Shape(Arrays.stream(dimensions).boxed().toList());
  }

  /** The number of dimensions. */
  public int rank() {
    return dimensions.size();
  }

  public long dimension(int axis) {
    return dimensions.get(axis);
  }

  /** The number of entries: the product of the dimensions, 1 for a scalar. */
  public long elements() {
    long elements = 1;
    for (long dimension : dimensions) {
      elements *= dimension;
    }
    return elements;
  }

  /** Whether there are two dimensions, and both are the same. */
  public boolean isSquareMatrix() {
    return rank() == 2 && dimension(0) == dimension(1);
  }

  private static String text(List<Long> dimensions) {
    String text =
        dimensions.stream().limit(16).map(String::valueOf).collect(Collectors.joining(" x "));
    return dimensions.size() > 16 ? text + " x ..." : text;
  }

  /** Such as {@code 64 x 784}; {@code scalar} if there is no dimension. */
  @Override
  public String toString() {
    return dimensions.isEmpty() ? "scalar" : text(dimensions);
  }
}
