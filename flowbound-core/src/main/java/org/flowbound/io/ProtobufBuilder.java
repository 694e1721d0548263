package org.flowbound.io;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A protobuf message that is put together field by field.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">The encoding</a>
 */
final class ProtobufBuilder {
  private static final int VARINT = 0;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  byte[] toByteArray() {
    return bytes.toByteArray();
  }

  ProtobufBuilder integer(int field, long value) {
    writeVarint(((long) field << 3) | VARINT);
    writeVarint(value);
    return this;
  }

  ProtobufBuilder float32(int field, float value) {
    writeVarint(((long) field << 3) | FIXED32);
    bytes.writeBytes(
        ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
    return this;
  }

  ProtobufBuilder text(int field, String text) {
    return bytes(field, text.getBytes(StandardCharsets.UTF_8));
  }

  ProtobufBuilder message(int field, ProtobufBuilder message) {
    return bytes(field, message.toByteArray());
  }

  ProtobufBuilder bytes(int field, byte[] value) {
    writeVarint(((long) field << 3) | BYTES);
    writeVarint(value.length);
    bytes.writeBytes(value);
    return this;
  }

  private void writeVarint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }
}
