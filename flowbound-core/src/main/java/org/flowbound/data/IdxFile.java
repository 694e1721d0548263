package org.flowbound.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.flowbound.io.UnusableFileException;

/**
 * A tensor of unsigned bytes in the IDX format: two zero bytes, the type 0x08, the number of
 * dimensions, each dimension as a big-endian 32-bit integer, then the entries in row-major order.
 * The file may be gzipped, which its first two bytes tell.
 *
 * @param dimensions the sizes, all positive
 * @param content the entries
 * @param sha256 the digest of the whole decompressed file, in hexadecimal
 */
record IdxFile(int[] dimensions, byte[] content, String sha256) {
  private static final int UNSIGNED_BYTES = 0x08;
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  /** Deflate cannot pack more than this many bytes into one. */
  private static final int LARGEST_COMPRESSION = 1032;

  /**
   * Reads a file of the given number of dimensions. No more memory is taken than its header
   * declares, and none if a file of this length cannot hold that much.
   *
   * @throws UnusableFileException if there is no such file, it cannot be read, is no IDX file of
   *     unsigned bytes with this number of dimensions, an entry of its shape is 0, or it holds
   *     fewer or more bytes than its header declares
   */
  static IdxFile read(Path file, int dimensions) throws UnusableFileException {
    try (InputStream in = open(file)) {
      long possible = Files.size(file) * (in instanceof GZIPInputStream ? LARGEST_COMPRESSION : 1);
      return read(file, in, dimensions, possible);
    } catch (EOFException e) {
      throw new UnusableFileException(file, "is truncated", e);
    } catch (ZipException e) {
      throw new UnusableFileException(file, "is a corrupt gzip file (" + e.getMessage() + ")", e);
    } catch (IOException e) {
      throw new UnusableFileException(file, reason(e), e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      in.mark(2);
      byte[] start = in.readNBytes(2);
      in.reset();
      boolean zipped = start.length == 2 && start[0] == 0x1f && start[1] == (byte) 0x8b;
      return zipped ? new GZIPInputStream(in, 1 << 16) : in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  private static String reason(IOException e) {
    return e instanceof NoSuchFileException
        ? "no such file"
        : "cannot be read (" + e.getMessage() + ")";
  }

  private static IdxFile read(Path file, InputStream in, int rank, long possible)
      throws IOException, UnusableFileException {
    byte[] header = in.readNBytes(4 + 4 * rank);
    requireMagic(file, header, rank);
    if (header.length < 4 + 4 * rank) {
      throw new UnusableFileException(file, "is truncated within its header");
    }
    ByteBuffer sizes = ByteBuffer.wrap(header, 4, 4 * rank);
    long[] shape = new long[rank];
    Arrays.setAll(shape, i -> Integer.toUnsignedLong(sizes.getInt()));
    byte[] content = allocate(file, declaredSize(file, shape, possible));
    int present = in.readNBytes(content, 0, content.length);
    if (present < content.length) {
      throw new UnusableFileException(
          file,
          "is truncated: it declares %s, %d bytes, but holds %d"
              .formatted(text(shape), content.length, present));
    }
    if (in.read() != -1) {
      throw new UnusableFileException(
          file,
          "goes on after the %s, %d bytes, that it declares"
              .formatted(text(shape), content.length));
    }
    return new IdxFile(
        Arrays.stream(shape).mapToInt(Math::toIntExact).toArray(),
        content,
        sha256(header, content));
  }

  private static void requireMagic(Path file, byte[] header, int rank)
      throws UnusableFileException {
    if (header.length < 4) {
      throw new UnusableFileException(
          file, "is no IDX file: it ends after %d bytes".formatted(header.length));
    }
    int magic = ByteBuffer.wrap(header).getInt();
    int expected = UNSIGNED_BYTES << 8 | rank;
    if (magic != expected) {
      throw new UnusableFileException(
          file,
          "is no IDX file of unsigned bytes with %d %s: it starts with 0x%08x, not 0x%08x"
              .formatted(rank, rank == 1 ? "dimension" : "dimensions", magic, expected));
    }
  }

  /**
   * @param possible the most bytes that a file of its length can hold
   */
  private static int declaredSize(Path file, long[] shape, long possible)
      throws UnusableFileException {
    BigInteger declared =
        Arrays.stream(shape)
            .mapToObj(BigInteger::valueOf)
            .reduce(BigInteger.ONE, BigInteger::multiply);
    if (declared.signum() == 0) {
      throw new UnusableFileException(file, "is empty: it declares " + text(shape));
    }
    if (declared.compareTo(BigInteger.valueOf(possible)) > 0) {
      throw new UnusableFileException(
          file,
          "is truncated: it declares %s, %d bytes, more than a file of this length can hold"
              .formatted(text(shape), declared));
    }
    if (declared.compareTo(BigInteger.valueOf(LARGEST_ARRAY)) > 0) {
      throw new UnusableFileException(
          file,
          "is too large: it declares %s, %d bytes, and at most %d can be read"
              .formatted(text(shape), declared, LARGEST_ARRAY));
    }
    return declared.intValue();
  }

  private static byte[] allocate(Path file, int size) throws UnusableFileException {
    try {
      return new byte[size];
    } catch (OutOfMemoryError e) {
      throw new UnusableFileException(
          file, "needs %d bytes, more than Java's memory has left".formatted(size), e);
    }
  }

  private static String text(long[] shape) {
    return IntStream.range(0, shape.length)
            .mapToObj(i -> Long.toString(shape[i]))
            .collect(Collectors.joining(" x "))
        + (shape.length == 1 ? " entries" : "");
  }

  /** The SHA-256 digest of some bytes, in hexadecimal. */
  static String sha256(byte[]... pieces) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] piece : pieces) {
        digest.update(piece);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("Every Java platform has SHA-256.", e);
    }
  }
}
