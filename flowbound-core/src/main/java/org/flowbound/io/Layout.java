package org.flowbound.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.IntUnaryOperator;

/**
 * How the entries of an array lie one behind the other.
 *
 * @param columnMajor whether the first index runs fastest, and not the last
 */
record Layout(ElementType type, ByteOrder order, boolean columnMajor) {
  private static final int CHUNK = 1 << 13;

  /** Rows one behind the other, little endian. */
  static Layout rowMajor(ElementType type) {
    return new Layout(type, ByteOrder.LITTLE_ENDIAN, false);
  }

  /** Columns one behind the other. */
  static Layout columnMajor(ElementType type, ByteOrder order) {
    return new Layout(type, order, true);
  }

  /** The number of bytes of an array; {@code Long.MAX_VALUE} if they are more than that. */
  long bytes(Shape shape) {
    long elements = shape.elements();
    return elements > Long.MAX_VALUE / type.bytes() ? Long.MAX_VALUE : elements * type.bytes();
  }

  /** Reads an array from a stream that holds all of it, into row-major order. */
  double[] decode(InputStream in, Shape shape) throws IOException {
    Heap.requireArray(shape.elements());
    double[] values = new double[(int) shape.elements()];
    decode(in, shape, (index, value) -> values[index] = value);
    return values;
  }

  /** Reads an array, of less than 2^31 entries, from a stream that holds all of it. */
  void decode(InputStream in, Shape shape, ArrayArchive.Entries entries) throws IOException {
    int elements = Math.toIntExact(shape.elements());
    IntUnaryOperator target = rowMajorIndices(shape);
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK * type.bytes()).order(order);
    for (int k = 0; k < elements; ) {
      int count = Math.min(CHUNK, elements - k);
      if (in.readNBytes(buffer.array(), 0, count * type.bytes()) < count * type.bytes()) {
        throw new EOFException();
      }
      for (int i = 0; i < count; i++, k++) {
        entries.entry(target.applyAsInt(k), type.get(buffer, i * type.bytes()));
      }
    }
  }

  /** Writes an array that is given in row-major order. */
  void encode(double[] values, Shape shape, OutputStream out) throws IOException {
    IntUnaryOperator source = rowMajorIndices(shape);
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK * type.bytes()).order(order);
    for (int k = 0; k < values.length; ) {
      int count = Math.min(CHUNK, values.length - k);
      for (int i = 0; i < count; i++, k++) {
        type.put(buffer, i * type.bytes(), values[source.applyAsInt(k)]);
      }
      out.write(buffer.array(), 0, count * type.bytes());
    }
  }

  /** Maps 0, 1, 2, … (in this order only) to the row-major index of the entry stored there. */
  private IntUnaryOperator rowMajorIndices(Shape shape) {
    if (!columnMajor || shape.rank() < 2 || shape.elements() == 0) {
      return k -> k;
    }
    int rank = shape.rank();
    int[] strides = new int[rank];
    int stride = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= (int) shape.dimension(axis);
    }
    int[] position = new int[rank];
    int[] next = new int[1];
    return k -> {
      int current = next[0];
      for (int axis = 0; axis < rank; axis++) {
        next[0] += strides[axis];
        if (++position[axis] < shape.dimension(axis)) {
          break;
        }
        next[0] -= strides[axis] * position[axis];
        position[axis] = 0;
      }
      return current;
    };
  }
}
