package org.flowbound.linalg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A mutable dense matrix in native memory, row-major and contiguous, which BLAS works on in place.
 *
 * <p>Code that is written against this class runs in either precision. A matrix and the views made
 * of it by {@link #rows(int, int)} and {@link #view(int, int, int)} share their memory, which is
 * released when the last of them becomes unreachable. Not safe for concurrent writes to the same
 * entries.
 */
public abstract sealed class NativeMatrix permits FloatMatrix, DoubleMatrix {
  private static final int ALIGNMENT = 64;

  private final int rows;
  private final int columns;

  NativeMatrix(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
  }

  /**
   * A matrix of zeros.
   *
   * @throws IllegalArgumentException if a dimension is negative or the matrix exceeds 2 GiB
   */
  public static NativeMatrix zeros(Precision precision, int rows, int columns) {
    return switch (precision) {
      case FLOAT32 -> FloatMatrix.zeros(rows, columns);
      case FLOAT64 -> DoubleMatrix.zeros(rows, columns);
    };
  }

  static ByteBuffer allocate(int rows, int columns, int bytesPerEntry) {
    long bytes = (long) rows * columns * bytesPerEntry;
    if (rows < 0 || columns < 0 || bytes > Integer.MAX_VALUE - 2 * ALIGNMENT) {
      throw new IllegalArgumentException(
          "A native matrix cannot be %d x %d: dimensions must be non-negative and fit into 2 GiB."
              .formatted(rows, columns));
    }
    int padded = ((int) bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + ALIGNMENT;
    return ByteBuffer.allocateDirect(padded)
        .alignedSlice(ALIGNMENT)
        .slice(0, (int) bytes)
        .order(ByteOrder.nativeOrder());
  }

  public final int rows() {
    return rows;
  }

  public final int columns() {
    return columns;
  }

  /** The number of entries. */
  public final int size() {
    return rows * columns;
  }

  public abstract Precision precision();

  /** The entry in row {@code i} and column {@code j}; for set-up and tests, not for inner loops. */
  public final double get(int i, int j) {
    return get(offset(i, j));
  }

  /** Sets one entry; for set-up and tests, not for inner loops. */
  public final void set(int i, int j, double value) {
    set(offset(i, j), value);
  }

  private int offset(int i, int j) {
    Objects.checkIndex(i, rows);
    Objects.checkIndex(j, columns);
    return i * columns + j;
  }

  abstract double get(int offset);

  abstract void set(int offset, double value);

  /** Copies {@code n} entries from {@code offset} on, in row-major order, into {@code target}. */
  public abstract void read(int offset, double[] target, int n);

  /** Overwrites {@code n} entries from {@code offset} on with the start of {@code source}. */
  public abstract void write(int offset, double[] source, int n);

  /** As {@link #read(int, double[], int)}, rounded to single precision. */
  public abstract void read(int offset, float[] target, int n);

  /** As {@link #write(int, double[], int)}, from single precision. */
  public abstract void write(int offset, float[] source, int n);

  /** Sets every entry to zero. */
  public abstract void clear();

  /** Copies all entries of {@code source}, which has as many and the same precision. */
  public abstract void copyFrom(NativeMatrix source);

  /** The rows [from, to) as a view that shares memory. */
  public abstract NativeMatrix rows(int from, int to);

  /** The entries from {@code offset} on as a view of the given shape that shares memory. */
  public abstract NativeMatrix view(int offset, int rows, int columns);

  /** {@code this ← this + factor · x}, entry by entry. */
  public abstract void add(double factor, NativeMatrix x);

  /** {@code this ← factor · this}. */
  public abstract void scale(double factor);

  /** The inner product {@code Σ this_ij · x_ij}. */
  public abstract double dot(NativeMatrix x);

  /** Copies the entries of {@code source}, rounded to this matrix's precision. */
  public final void setFrom(Matrix source) {
    requireShape(source.rows(), source.columns());
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        set(i * columns + j, source.get(i, j));
      }
    }
  }

  /** The entries as an immutable matrix. */
  public final Matrix toMatrix() {
    return Matrix.generate(rows, columns, (i, j) -> get(i * columns + j));
  }

  final void requireShape(int expectedRows, int expectedColumns) {
    if (rows != expectedRows || columns != expectedColumns) {
      throw new IllegalArgumentException(
          "Expected a %d x %d matrix, not %d x %d."
              .formatted(expectedRows, expectedColumns, rows, columns));
    }
  }

  final void requireSize(NativeMatrix other) {
    if (size() != other.size()) {
      throw new IllegalArgumentException(
          "Sizes differ: %d x %d and %d x %d.".formatted(rows, columns, other.rows, other.columns));
    }
  }

  @Override
  public final String toString() {
    return precision() + "[" + rows + " x " + columns + "]";
  }
}
