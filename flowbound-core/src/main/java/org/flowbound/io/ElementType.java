package org.flowbound.io;

import java.nio.ByteBuffer;
import java.util.Locale;

/** The type in which a file stores the entries of a tensor. */
public enum ElementType {
  BOOL(1),
  INT8(1),
  UINT8(1),
  INT16(2),
  UINT16(2),
  INT32(4),
  UINT32(4),
  INT64(8),
  UINT64(8),
  FLOAT16(2),
  BFLOAT16(2),
  FLOAT32(4),
  FLOAT64(8);

  private static final double TWO_TO_63 = 0x1p63;

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** The number of bytes of one entry. */
  public int bytes() {
    return bytes;
  }

  public boolean isFloatingPoint() {
    return compareTo(FLOAT16) >= 0;
  }

  /**
   * The number that an entry of this type holds once {@code value} is stored in it: to nearest,
   * ties to even, beyond the largest number infinite.
   *
   * @throws IllegalArgumentException if this is an integer type and {@code value} is no integer of
   *     its range
   */
  public double round(double value) {
    return switch (this) {
      case FLOAT64 -> value;
      case FLOAT32 -> (float) value;
      case BFLOAT16 -> Binary16.round(value, 8, -126, Float.MAX_EXPONENT);
      case FLOAT16 -> Binary16.round(value, 11, -14, 15);
      default -> requireInteger(value);
    };
  }

  private double requireInteger(double value) {
    int bits = this == BOOL ? 1 : 8 * bytes;
    boolean signed = this == INT8 || this == INT16 || this == INT32 || this == INT64;
    double low = signed ? -Math.scalb(1.0, bits - 1) : 0;
    double high = Math.scalb(1.0, signed ? bits - 1 : bits);
    // Beyond 2^53 a double cannot say high − 1, so that high itself stands for it.
    boolean fits = value >= low && (bits == 64 ? value <= high : value < high);
    if (!fits || Math.rint(value) != value) {
      throw new IllegalArgumentException("%s cannot be stored as %s.".formatted(value, this));
    }
    return value;
  }

  /** The entry whose bytes start at {@code index}, in the buffer's byte order. */
  double get(ByteBuffer buffer, int index) {
    return switch (this) {
      case BOOL -> buffer.get(index) == 0 ? 0 : 1;
      case INT8 -> buffer.get(index);
      case UINT8 -> Byte.toUnsignedInt(buffer.get(index));
      case INT16 -> buffer.getShort(index);
      case UINT16 -> Short.toUnsignedInt(buffer.getShort(index));
      case INT32 -> buffer.getInt(index);
      case UINT32 -> Integer.toUnsignedLong(buffer.getInt(index));
      case INT64 -> buffer.getLong(index);
      case UINT64 -> unsigned(buffer.getLong(index));
      case FLOAT16 -> Binary16.halfToDouble(buffer.getShort(index));
      case BFLOAT16 -> Float.intBitsToFloat(buffer.getShort(index) << 16);
      case FLOAT32 -> buffer.getFloat(index);
      case FLOAT64 -> buffer.getDouble(index);
    };
  }

  /** Stores {@code round(value)} from {@code index} on, in the buffer's byte order. */
  void put(ByteBuffer buffer, int index, double value) {
    double rounded = round(value);
    switch (this) {
      case BOOL, INT8, UINT8 -> buffer.put(index, (byte) rounded);
      case INT16, UINT16 -> buffer.putShort(index, (short) rounded);
      case INT32, UINT32 -> buffer.putInt(index, (int) (long) rounded);
      case INT64 -> buffer.putLong(index, (long) rounded);
      case UINT64 -> buffer.putLong(index, unsigned(rounded));
      case FLOAT16 -> buffer.putShort(index, Binary16.doubleToHalf(rounded));
      case BFLOAT16 ->
          buffer.putShort(index, (short) (Float.floatToIntBits((float) rounded) >>> 16));
      case FLOAT32 -> buffer.putFloat(index, (float) rounded);
      case FLOAT64 -> buffer.putDouble(index, rounded);
    }
  }

  private static double unsigned(long bits) {
    // The lowest bit stays sticky in the halved number, so that it is rounded once.
    return bits >= 0 ? bits : 2.0 * (bits >>> 1 | (bits & 1));
  }

  private static long unsigned(double value) {
    return value < TWO_TO_63 ? (long) value : (long) (value - TWO_TO_63) ^ Long.MIN_VALUE;
  }

  /** The name as NumPy writes it, such as {@code float32}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
