package org.flowbound.report;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * Small images as PNG data URIs: a test image in grey, and a perturbation in colour, orange where
 * it brightens and blue where it darkens.
 */
final class Png {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int[] DARKER = {0x00, 0x72, 0xB2};
  private static final int[] NEUTRAL = {0xF4, 0xF4, 0xF2};
  private static final int[] BRIGHTER = {0xD5, 0x5E, 0x00};

  private Png() {}

  /** Pixels in [0, 1], row by row, as shades from black to white; values outside are clipped. */
  static String grey(float[] pixels, int rows, int columns) {
    byte[] samples = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      samples[i] = (byte) Math.round(255 * Math.min(1, Math.max(0, pixels[i])));
    }
    return dataUri(encode(samples, rows, columns, GREY));
  }

  /**
   * The difference {@code to − from}, where ±scale has the full colour.
   *
   * @param scale positive
   */
  static String difference(float[] from, float[] to, double scale, int rows, int columns) {
    byte[] samples = new byte[3 * from.length];
    for (int i = 0; i < from.length; i++) {
      double share = Math.min(1, Math.max(-1, (to[i] - from[i]) / scale));
      int[] end = share < 0 ? DARKER : BRIGHTER;
      for (int k = 0; k < 3; k++) {
        samples[3 * i + k] =
            (byte) Math.round(NEUTRAL[k] + Math.abs(share) * (end[k] - NEUTRAL[k]));
      }
    }
    return dataUri(encode(samples, rows, columns, RGB));
  }

  private static String dataUri(byte[] png) {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
  }

  private static byte[] encode(byte[] samples, int rows, int columns, int colorType) {
    int stride = samples.length / rows;
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      png.write(SIGNATURE);
      ByteArrayOutputStream header = new ByteArrayOutputStream();
      DataOutputStream fields = new DataOutputStream(header);
      fields.writeInt(columns);
      fields.writeInt(rows);
      fields.write(new byte[] {8, (byte) colorType, 0, 0, 0});
      writeChunk(png, "IHDR", header.toByteArray());
      ByteArrayOutputStream data = new ByteArrayOutputStream();
      try (DeflaterOutputStream deflated = new DeflaterOutputStream(data)) {
        for (int i = 0; i < rows; i++) {
          deflated.write(0);
          deflated.write(samples, i * stride, stride);
        }
      }
      writeChunk(png, "IDAT", data.toByteArray());
      writeChunk(png, "IEND", new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory does not fail.", e);
    }
    return png.toByteArray();
  }

  private static void writeChunk(ByteArrayOutputStream png, String type, byte[] data)
      throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 checksum = new CRC32();
    checksum.update(name);
    checksum.update(data);
    DataOutputStream out = new DataOutputStream(png);
    out.writeInt(data.length);
    out.write(name);
    out.write(data);
    out.writeInt((int) checksum.getValue());
  }
}
