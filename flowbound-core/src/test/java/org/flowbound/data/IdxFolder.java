package org.flowbound.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes small IDX data sets. */
final class IdxFolder {
  private IdxFolder() {}

  /** The bytes of an IDX file with this header and these entries, which need not fit together. */
  static byte[] idx(byte[] content, int... dimensions) {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * dimensions.length + content.length);
    buffer.putInt(0x0800 | dimensions.length);
    for (int dimension : dimensions) {
      buffer.putInt(dimension);
    }
    return buffer.put(content).array();
  }

  static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }

  /** Entries 0, 1, 2, … modulo 256. */
  static byte[] ramp(int length) {
    byte[] content = new byte[length];
    for (int i = 0; i < length; i++) {
      content[i] = (byte) i;
    }
    return content;
  }

  /** The bytes of one of the files of {@link #write}. */
  static byte[] file(IdxPart part) {
    return switch (part) {
      case TRAINING_IMAGES -> idx(ramp(4 * 6), 4, 2, 3);
      case TRAINING_LABELS -> idx(new byte[] {0, 2, 1, 2}, 4);
      case TEST_IMAGES -> idx(ramp(2 * 6), 2, 2, 3);
      case TEST_LABELS -> idx(new byte[] {1, 0}, 2);
    };
  }

  /** Four training and two test images of 2 × 3 in three classes, gzipped. */
  static void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (IdxPart part : IdxPart.values()) {
      Files.write(folder.resolve(part.canonicalName()), gzip(file(part)));
    }
  }
}
