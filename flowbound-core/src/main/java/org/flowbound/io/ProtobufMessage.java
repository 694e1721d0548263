package org.flowbound.io;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/**
 * Walks the fields of a protobuf message that fills a range of a file.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">The encoding</a>
 */
final class ProtobufMessage {
  /** How the value of a field is encoded. */
  private enum Wire {
    VARINT,
    FIXED64,
    BYTES,
    FIXED32
  }

  private static final int MAX_TEXT = 1 << 24;

  private final Window window;
  private final long end;
  private long position;

  private int field;
  private Wire wire = Wire.VARINT;
  private long value;
  private long start;

  private ProtobufMessage(Window window, long start, long end) {
    this.window = window;
    this.position = start;
    this.end = end;
  }

  /** The message that fills the first {@code size} bytes of an open file. */
  static ProtobufMessage of(FileChannel channel, long size) {
    return new ProtobufMessage(new Window(channel), 0, size);
  }

  /** Goes to the next field; false at the end. */
  boolean next() throws IOException {
    if (position == end) {
      return false;
    }
    long key = varint();
    field = (int) (key >>> 3);
    if (key >>> 3 < 1 || key >>> 3 > (1 << 29) - 1) {
      throw new MalformedException(
          "is truncated or corrupt: there is no field at position %d".formatted(position));
    }
    wire =
        switch ((int) (key & 7)) {
          case 0 -> Wire.VARINT;
          case 1 -> Wire.FIXED64;
          case 2 -> Wire.BYTES;
          case 5 -> Wire.FIXED32;
          default ->
              throw new MalformedException(
                  "is truncated or corrupt: the field at position %d has an unknown encoding"
                      .formatted(position));
        };
    if (wire == Wire.VARINT) {
      start = position;
      value = varint();
      return true;
    }
    long length =
        switch (wire) {
          case FIXED64 -> Long.BYTES;
          case FIXED32 -> Integer.BYTES;
          default -> varint();
        };
    if (length < 0 || length > end - position) {
      throw new MalformedException(
          "is truncated or corrupt: %s bytes are declared at position %d, where %d are left"
              .formatted(Long.toUnsignedString(length), position, end - position));
    }
    start = position;
    position += length;
    return true;
  }

  private long varint() throws IOException {
    long result = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (position >= end) {
        throw new EOFException();
      }
      int bits = window.at(position++);
      result |= (long) (bits & 0x7f) << shift;
      if (bits < 0x80) {
        return result;
      }
    }
    throw new MalformedException(
        "is corrupt: the number at position %d does not end".formatted(position));
  }

  int field() {
    return field;
  }

  boolean isVarint() {
    return wire == Wire.VARINT;
  }

  /** The value of a field encoded as a varint. */
  long value() throws MalformedException {
    require(Wire.VARINT);
    return value;
  }

  /** Where the bytes of the value start in the file. */
  long start() {
    return start;
  }

  /** How many bytes the value has. */
  long length() {
    return position - start;
  }

  /** The message that is the value of the field. */
  ProtobufMessage message() throws MalformedException {
    require(Wire.BYTES);
    return new ProtobufMessage(window, start, position);
  }

  /** The text that is the value of the field. */
  String text() throws IOException {
    require(Wire.BYTES);
    if (length() > MAX_TEXT) {
      throw new MalformedException(
          "holds a text of %d bytes: at most %d are supported".formatted(length(), MAX_TEXT));
    }
    byte[] bytes = new byte[(int) length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) window.at(start + i);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Takes the integers of a repeated field, packed or one by one. */
  @FunctionalInterface
  interface IntegerConsumer {
    void accept(long integer) throws IOException;
  }

  /** The integers that this occurrence of a repeated field holds. */
  void integers(IntegerConsumer consumer) throws IOException {
    if (wire != Wire.VARINT) {
      require(Wire.BYTES);
    }
    integers(start, position, consumer);
  }

  /** The integers that are packed into the bytes [from, to) of the file. */
  void integers(long from, long to, IntegerConsumer consumer) throws IOException {
    ProtobufMessage packed = new ProtobufMessage(window, from, to);
    while (packed.position < packed.end) {
      consumer.accept(packed.varint());
    }
  }

  /** Takes the floats of a repeated field, packed or one by one. */
  @FunctionalInterface
  interface FloatConsumer {
    void accept(float value) throws IOException;
  }

  /** The 32-bit floats that this occurrence of a field holds. */
  void floats(FloatConsumer consumer) throws IOException {
    if (wire != Wire.FIXED32) {
      require(Wire.BYTES);
    }
    if (length() % Float.BYTES != 0) {
      throw new MalformedException(
          "is corrupt: the numbers at position %d do not fill their %d bytes"
              .formatted(start, length()));
    }
    for (long at = start; at < position; at += Float.BYTES) {
      int bits = 0;
      for (int k = 0; k < Float.BYTES; k++) {
        bits |= window.at(at + k) << (8 * k);
      }
      consumer.accept(Float.intBitsToFloat(bits));
    }
  }

  /** How many integers are packed into the bytes [from, to) of the file. */
  long countIntegers(long from, long to) throws IOException {
    ProtobufMessage packed = new ProtobufMessage(window, from, to);
    long count = 0;
    while (packed.position < packed.end) {
      packed.varint();
      count++;
    }
    return count;
  }

  private void require(Wire expected) throws MalformedException {
    if (wire != expected) {
      throw new MalformedException(
          "is corrupt: field %d at position %d is encoded as %s, not as %s"
              .formatted(field, start, wire, expected));
    }
  }

  /** The part of the file around the position last read. */
  private static final class Window {
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 13).limit(0);
    private long start;

    Window(FileChannel channel) {
      this.channel = channel;
    }

    int at(long position) throws IOException {
      if (position < start || position >= start + buffer.limit()) {
        start = position;
        buffer.clear();
        if (channel.read(buffer, position) <= 0) {
          buffer.limit(0);
          throw new EOFException();
        }
        buffer.flip();
      }
      return Byte.toUnsignedInt(buffer.get((int) (position - start)));
    }
  }
}
