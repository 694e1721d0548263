package org.flowbound.history;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Records of TensorBoard's event files: protobuf messages {@code Event} framed as TFRecords, that
 * is by their length and by checksums of the length and of the message.
 *
 * @see <a href="https://www.tensorflow.org/tutorials/load_data/tfrecord">TFRecord</a>
 * @see <a
 *     href="https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto">Event</a>
 */
final class EventRecord {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private EventRecord() {}

  /** The record that every file starts with. */
  static byte[] version(double wallTime) {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    putDouble(event, 1, wallTime);
    putBytes(event, 3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
    return record(event.toByteArray());
  }

  /**
   * One number.
   *
   * @param wallTime seconds since 1970
   */
  static byte[] scalar(double wallTime, long step, String tag, float value) {
    ByteArrayOutputStream summaryValue = new ByteArrayOutputStream();
    putBytes(summaryValue, 1, tag.getBytes(StandardCharsets.UTF_8));
    putFloat(summaryValue, 2, value);
    ByteArrayOutputStream summary = new ByteArrayOutputStream();
    putBytes(summary, 1, summaryValue.toByteArray());
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    putDouble(event, 1, wallTime);
    putVarint(event, 2 << 3 | VARINT);
    putVarint(event, step);
    putBytes(event, 5, summary.toByteArray());
    return record(event.toByteArray());
  }

  private static byte[] record(byte[] message) {
    byte[] length = littleEndian(Long.BYTES).putLong(message.length).array();
    return littleEndian(length.length + message.length + 2 * Integer.BYTES)
        .put(length)
        .putInt(maskedChecksum(length))
        .put(message)
        .putInt(maskedChecksum(message))
        .array();
  }

  private static int maskedChecksum(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void putDouble(ByteArrayOutputStream out, int field, double value) {
    putVarint(out, field << 3 | FIXED64);
    out.writeBytes(littleEndian(Double.BYTES).putDouble(value).array());
  }

  private static void putFloat(ByteArrayOutputStream out, int field, float value) {
    putVarint(out, field << 3 | FIXED32);
    out.writeBytes(littleEndian(Float.BYTES).putFloat(value).array());
  }

  private static void putBytes(ByteArrayOutputStream out, int field, byte[] value) {
    putVarint(out, field << 3 | BYTES);
    putVarint(out, value.length);
    out.writeBytes(value);
  }

  private static void putVarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      out.write((int) (rest & 0x7f) | 0x80);
    }
    out.write((int) rest);
  }
}
