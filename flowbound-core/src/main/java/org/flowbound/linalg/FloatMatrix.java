package org.flowbound.linalg;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;

/** A {@link NativeMatrix} of {@code float} entries. */
public final class FloatMatrix extends NativeMatrix {
  private final FloatBuffer buffer;
  private final FloatPointer pointer;

  private FloatMatrix(int rows, int columns, FloatBuffer buffer) {
    super(rows, columns);
    this.buffer = buffer;
    this.pointer = new FloatPointer(buffer);
  }

  /** A matrix of zeros; see {@link NativeMatrix#zeros}. */
  public static FloatMatrix zeros(int rows, int columns) {
    Blas.requireLoaded();
    return new FloatMatrix(rows, columns, allocate(rows, columns, Float.BYTES).asFloatBuffer());
  }

  /** A copy of {@code source}. */
  public static FloatMatrix of(Matrix source) {
    FloatMatrix copy = zeros(source.rows(), source.columns());
    copy.setFrom(source);
    return copy;
  }

  FloatPointer pointer() {
    return pointer;
  }

  @Override
  public Precision precision() {
    return Precision.FLOAT32;
  }

  @Override
  double get(int offset) {
    return buffer.get(offset);
  }

  @Override
  void set(int offset, double value) {
    buffer.put(offset, (float) value);
  }

  @Override
  public void read(int offset, float[] target, int n) {
    buffer.get(offset, target, 0, n);
  }

  @Override
  public void write(int offset, float[] source, int n) {
    buffer.put(offset, source, 0, n);
  }

  @Override
  public void read(int offset, double[] target, int n) {
    for (int k = 0; k < n; k++) {
      target[k] = buffer.get(offset + k);
    }
  }

  @Override
  public void write(int offset, double[] source, int n) {
    for (int k = 0; k < n; k++) {
      buffer.put(offset + k, (float) source[k]);
    }
  }

  @Override
  public void clear() {
    Pointer.memset(pointer, 0, (long) size() * Float.BYTES);
  }

  @Override
  public void copyFrom(NativeMatrix source) {
    requireSize(source);
    Pointer.memcpy(pointer, ((FloatMatrix) source).pointer, (long) size() * Float.BYTES);
  }

  @Override
  public FloatMatrix rows(int from, int to) {
    return view(from * columns(), to - from, columns());
  }

  @Override
  public FloatMatrix view(int offset, int rows, int columns) {
    return new FloatMatrix(rows, columns, buffer.slice(offset, rows * columns));
  }

  @Override
  public void add(double factor, NativeMatrix x) {
    requireSize(x);
    openblas.cblas_saxpy(size(), (float) factor, ((FloatMatrix) x).pointer, 1, pointer, 1);
  }

  @Override
  public void scale(double factor) {
    openblas.cblas_sscal(size(), (float) factor, pointer, 1);
  }

  @Override
  public double dot(NativeMatrix x) {
    requireSize(x);
    return openblas.cblas_sdot(size(), pointer, 1, ((FloatMatrix) x).pointer, 1);
  }
}
