package org.flowbound.linalg;

import java.nio.DoubleBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;

/** A {@link NativeMatrix} of {@code double} entries. */
public final class DoubleMatrix extends NativeMatrix {
  private final DoubleBuffer buffer;
  private final DoublePointer pointer;

  private DoubleMatrix(int rows, int columns, DoubleBuffer buffer) {
    super(rows, columns);
    this.buffer = buffer;
    this.pointer = new DoublePointer(buffer);
  }

  /** A matrix of zeros; see {@link NativeMatrix#zeros}. */
  public static DoubleMatrix zeros(int rows, int columns) {
    Blas.requireLoaded();
    return new DoubleMatrix(rows, columns, allocate(rows, columns, Double.BYTES).asDoubleBuffer());
  }

  /** A copy of {@code source}. */
  public static DoubleMatrix of(Matrix source) {
    DoubleMatrix copy = zeros(source.rows(), source.columns());
    copy.setFrom(source);
    return copy;
  }

  DoublePointer pointer() {
    return pointer;
  }

  @Override
  public Precision precision() {
    return Precision.FLOAT64;
  }

  @Override
  double get(int offset) {
    return buffer.get(offset);
  }

  @Override
  void set(int offset, double value) {
    buffer.put(offset, value);
  }

  @Override
  public void read(int offset, double[] target, int n) {
    buffer.get(offset, target, 0, n);
  }

  @Override
  public void write(int offset, double[] source, int n) {
    buffer.put(offset, source, 0, n);
  }

  @Override
  public void read(int offset, float[] target, int n) {
    for (int k = 0; k < n; k++) {
      target[k] = (float) buffer.get(offset + k);
    }
  }

  @Override
  public void write(int offset, float[] source, int n) {
    for (int k = 0; k < n; k++) {
      buffer.put(offset + k, source[k]);
    }
  }

  @Override
  public void clear() {
    Pointer.memset(pointer, 0, (long) size() * Double.BYTES);
  }

  @Override
  public void copyFrom(NativeMatrix source) {
    requireSize(source);
    Pointer.memcpy(pointer, ((DoubleMatrix) source).pointer, (long) size() * Double.BYTES);
  }

  @Override
  public DoubleMatrix rows(int from, int to) {
    return view(from * columns(), to - from, columns());
  }

  @Override
  public DoubleMatrix view(int offset, int rows, int columns) {
    return new DoubleMatrix(rows, columns, buffer.slice(offset, rows * columns));
  }

  @Override
  public void add(double factor, NativeMatrix x) {
    requireSize(x);
    openblas.cblas_daxpy(size(), factor, ((DoubleMatrix) x).pointer, 1, pointer, 1);
  }

  @Override
  public void scale(double factor) {
    openblas.cblas_dscal(size(), factor, pointer, 1);
  }

  @Override
  public double dot(NativeMatrix x) {
    requireSize(x);
    return openblas.cblas_ddot(size(), pointer, 1, ((DoubleMatrix) x).pointer, 1);
  }
}
