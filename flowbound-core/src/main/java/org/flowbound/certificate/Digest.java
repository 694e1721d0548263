package org.flowbound.certificate;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.flowbound.certificate.FixedSlope.End;
import org.flowbound.linalg.Matrix;

/**
 * SHA-256 digests in lower-case hexadecimal. Integers are hashed as 4 bytes and numbers as the 8
 * bytes of IEEE 754 binary64, both big-endian.
 */
public final class Digest {
  private Digest() {}

  /** The digest of the number of rows, that of columns, and the entries row by row. */
  public static String of(Matrix matrix) {
    return sha256(
        out -> {
          out.writeInt(matrix.rows());
          out.writeInt(matrix.columns());
          writeAll(out, matrix.toArray());
        });
  }

  /**
   * The digest of the UTF-8 bytes of the producer, the matrix digest and the norm, each after its
   * length, α, β, γ, the number of leaves, and for every leaf: the number of slopes fixed, for each
   * of them the coordinate and one byte, 0 for the lower end and 1 for the upper, the number of
   * multipliers, and the multipliers.
   */
  static String of(ExpansivityCertificate certificate) {
    return sha256(
        out -> {
          writeText(out, certificate.producer());
          writeText(out, certificate.matrixDigest());
          writeText(out, certificate.norm().toString());
          writeAll(out, certificate.alpha(), certificate.beta(), certificate.gamma());
          out.writeInt(certificate.leaves().size());
          for (Leaf leaf : certificate.leaves()) {
            out.writeInt(leaf.fixed().size());
            for (FixedSlope slope : leaf.fixed()) {
              out.writeInt(slope.coordinate());
              out.writeByte(slope.end() == End.LOWER ? 0 : 1);
            }
            out.writeInt(leaf.multipliers().length);
            writeAll(out, leaf.multipliers());
          }
        });
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static void writeAll(DataOutputStream out, double... numbers) throws IOException {
    for (double number : numbers) {
      out.writeDouble(number);
    }
  }

  @FunctionalInterface
  private interface Content {
    void writeTo(DataOutputStream out) throws IOException;
  }

  private static String sha256(Content content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      content.writeTo(
          new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), digest)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
