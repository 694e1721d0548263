package org.flowbound.io;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A protobuf message that is put together field by field. */
final class Protobuf {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  private void writeVarint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }

  private Protobuf field(int field, byte[] value) {
    writeVarint(field << 3 | 2);
    writeVarint(value.length);
    bytes.writeBytes(value);
    return this;
  }

  Protobuf varint(int field, long value) {
    writeVarint((long) field << 3);
    writeVarint(value);
    return this;
  }

  Protobuf float32(int field, float value) {
    writeVarint(field << 3 | 5);
    bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
    return this;
  }

  Protobuf text(int field, String text) {
    return field(field, text.getBytes(StandardCharsets.UTF_8));
  }

  Protobuf message(int field, Protobuf message) {
    return field(field, message.toByteArray());
  }

  Protobuf bytes(int field, int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length);
    for (int value : values) {
      buffer.put((byte) value);
    }
    return field(field, buffer.array());
  }

  Protobuf floats(int field, float... values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return field(field, buffer.array());
  }

  Protobuf doubles(int field, double... values) {
    ByteBuffer buffer = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      buffer.putDouble(value);
    }
    return field(field, buffer.array());
  }

  Protobuf varints(int field, long... values) {
    Protobuf packed = new Protobuf();
    for (long value : values) {
      packed.writeVarint(value);
    }
    return field(field, packed.toByteArray());
  }
}
