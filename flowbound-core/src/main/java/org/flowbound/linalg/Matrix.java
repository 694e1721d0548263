package org.flowbound.linalg;

import java.util.Arrays;
import java.util.Objects;

/**
 * An immutable dense matrix of {@code double} entries in row-major order.
 *
 * <p>This is the value that weights are held in. Inner loops work on {@link NativeMatrix} instead.
 */
public final class Matrix {
  /** The largest number of entries that fits into one Java array. */
  private static final int MAX_ENTRIES = Integer.MAX_VALUE - 8;

  private final int rows;
  private final int columns;
  private final double[] entries;

  private Matrix(int rows, int columns, double[] entries) {
    this.rows = rows;
    this.columns = columns;
    this.entries = entries;
  }

  /** The entry in row {@code i} and column {@code j} of a matrix to be generated. */
  @FunctionalInterface
  public interface Entry {
    double at(int i, int j);
  }

  /**
   * A matrix with the given entries, which are copied.
   *
   * @param entries {@code rows · columns} numbers, row by row
   * @throws IllegalArgumentException if a dimension is negative or the number of entries differs
   */
  public static Matrix of(int rows, int columns, double... entries) {
    if (entries.length != size(rows, columns)) {
      throw new IllegalArgumentException(
          "A %d x %d matrix needs %d entries, not %d."
              .formatted(rows, columns, size(rows, columns), entries.length));
    }
    return new Matrix(rows, columns, entries.clone());
  }

  /** A matrix whose entry (i, j) is {@code entry.at(i, j)}; called row by row. */
  public static Matrix generate(int rows, int columns, Entry entry) {
    double[] entries = new double[size(rows, columns)];
    for (int i = 0, k = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++, k++) {
        entries[k] = entry.at(i, j);
      }
    }
    return new Matrix(rows, columns, entries);
  }

  /** The matrix of zeros. */
  public static Matrix zeros(int rows, int columns) {
    return new Matrix(rows, columns, new double[size(rows, columns)]);
  }

  /** The identity of order {@code n}. */
  public static Matrix identity(int n) {
    return generate(n, n, (i, j) -> i == j ? 1 : 0);
  }

  /** The square matrix with the given diagonal. */
  public static Matrix diagonal(double... diagonal) {
    return generate(diagonal.length, diagonal.length, (i, j) -> i == j ? diagonal[i] : 0);
  }

  private static int size(int rows, int columns) {
    if (rows < 0 || columns < 0 || (long) rows * columns > MAX_ENTRIES) {
      throw new IllegalArgumentException(
          "A matrix cannot be %d x %d: dimensions must be non-negative and hold at most %d entries."
              .formatted(rows, columns, MAX_ENTRIES));
    }
    return rows * columns;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return columns;
  }

  /** The entry in row {@code i} and column {@code j}, both counted from 0. */
  public double get(int i, int j) {
    Objects.checkIndex(i, rows);
    Objects.checkIndex(j, columns);
    return entries[i * columns + j];
  }

  /** A copy of the entries, row by row. */
  public double[] toArray() {
    return entries.clone();
  }

  /** Copies the entries, row by row, into {@code target} from its start. */
  public void copyTo(double[] target) {
    System.arraycopy(entries, 0, target, 0, entries.length);
  }

  public boolean isSquare() {
    return rows == columns;
  }

  /** Whether no entry is NaN or infinite. */
  public boolean isFinite() {
    return Arrays.stream(entries).allMatch(Double::isFinite);
  }

  public Matrix transpose() {
    return generate(columns, rows, (i, j) -> entries[j * columns + i]);
  }

  /** The sum {@code this + other}. */
  public Matrix plus(Matrix other) {
    requireSameShape(other);
    double[] sum = new double[entries.length];
    Arrays.setAll(sum, k -> entries[k] + other.entries[k]);
    return new Matrix(rows, columns, sum);
  }

  /** The difference {@code this − other}. */
  public Matrix minus(Matrix other) {
    requireSameShape(other);
    double[] difference = new double[entries.length];
    Arrays.setAll(difference, k -> entries[k] - other.entries[k]);
    return new Matrix(rows, columns, difference);
  }

  /** The multiple {@code factor · this}. */
  public Matrix times(double factor) {
    double[] product = new double[entries.length];
    Arrays.setAll(product, k -> factor * entries[k]);
    return new Matrix(rows, columns, product);
  }

  /** The Frobenius norm, scaled against overflow. */
  public double frobeniusNorm() {
    double largest = maxAbs();
    if (largest == 0 || !Double.isFinite(largest)) {
      return largest;
    }
    int exponent = Math.getExponent(largest);
    double sum = 0;
    for (double entry : entries) {
      double scaled = Math.scalb(entry, -exponent);
      sum += scaled * scaled;
    }
    return Math.scalb(Math.sqrt(sum), exponent);
  }

  /** The largest absolute value of an entry; NaN if an entry is; 0 for an empty matrix. */
  public double maxAbs() {
    double largest = 0;
    for (double entry : entries) {
      largest = Math.max(largest, Math.abs(entry));
    }
    return largest;
  }

  private void requireSameShape(Matrix other) {
    if (rows != other.rows || columns != other.columns) {
      throw new IllegalArgumentException(
          "Shapes differ: %d x %d and %d x %d."
              .formatted(rows, columns, other.rows, other.columns));
    }
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Matrix other
        && rows == other.rows
        && columns == other.columns
        && Arrays.equals(entries, other.entries);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * rows + columns) + Arrays.hashCode(entries);
  }

  @Override
  public String toString() {
    return "Matrix[" + rows + " x " + columns + "]";
  }
}
