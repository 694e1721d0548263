package org.flowbound.io;

import java.util.Arrays;
import java.util.Objects;
import org.flowbound.linalg.Matrix;

/**
 * A named array of numbers as a file holds it. Immutable.
 *
 * <p>The values are {@code double} whatever the file stores; 64-bit integers beyond 2^53 are
 * rounded to the nearest {@code double}.
 */
public final class Tensor {
  private final String name;
  private final Shape shape;
  private final ElementType type;
  private final double[] values;

  private Tensor(String name, Shape shape, ElementType type, double[] values) {
    this.name = name;
    this.shape = shape;
    this.type = type;
    this.values = values;
  }

  /**
   * A tensor with the given entries, which are rounded to {@code type}.
   *
   * @param values the entries in row-major order (the last index runs fastest), which are copied
   * @throws IllegalArgumentException if their number is not that of the shape, or {@code type} is
   *     an integer type that cannot hold one of them
   */
  public static Tensor of(String name, Shape shape, ElementType type, double... values) {
    if (values.length != shape.elements()) {
      throw new IllegalArgumentException(
          "A tensor of shape %s needs %d values, not %d."
              .formatted(shape, shape.elements(), values.length));
    }
    return new Tensor(name, shape, type, Arrays.stream(values).map(type::round).toArray());
  }

  /** The matrix as a tensor of type {@link ElementType#FLOAT64}. */
  public static Tensor of(String name, Matrix matrix) {
    return new Tensor(
        name, Shape.of(matrix.rows(), matrix.columns()), ElementType.FLOAT64, matrix.toArray());
  }

  /** A tensor that takes over {@code values}, which {@code type} can hold. */
  static Tensor owning(String name, Shape shape, ElementType type, double[] values) {
    return new Tensor(name, shape, type, values);
  }

  public String name() {
    return name;
  }

  public Shape shape() {
    return shape;
  }

  /** The type in which the file stores the entries. */
  public ElementType type() {
    return type;
  }

  /** A copy of the entries in row-major order. */
  public double[] values() {
    return values.clone();
  }

  /** The entries themselves, not to be changed. */
  double[] sharedValues() {
    return values;
  }

  /**
   * This tensor as a matrix; a scalar becomes a 1 x 1 matrix.
   *
   * @throws IllegalStateException if there are not two dimensions, or none
   */
  public Matrix toMatrix() {
    return switch (shape.rank()) {
      case 0 -> Matrix.of(1, 1, values);
      case 2 -> Matrix.of((int) shape.dimension(0), (int) shape.dimension(1), values);
      default ->
          throw new IllegalStateException("A tensor of shape %s is no matrix.".formatted(shape));
    };
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Tensor other
        && name.equals(other.name)
        && shape.equals(other.shape)
        && type == other.type
        && Arrays.equals(values, other.values);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, shape, type, Arrays.hashCode(values));
  }

  @Override
  public String toString() {
    return "Tensor[" + name + ", " + shape + ", " + type + "]";
  }
}
