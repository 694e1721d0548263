package org.flowbound.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the data elements inside one MATLAB variable: each a tag, bytes, and padding to 8. */
final class MatlabStream {
  private static final int MAX_SMALL = 1 << 16;

  private final InputStream in;
  private final ByteOrder order;
  private long remaining;
  private int padding;

  /**
   * @param remaining the number of bytes that elements may take in all
   */
  MatlabStream(InputStream in, ByteOrder order, long remaining) {
    this.in = in;
    this.order = order;
    this.remaining = remaining;
  }

  /**
   * The start of a data element.
   *
   * @param small the data, where they are in the tag itself
   */
  record Tag(int type, long bytes, byte @Nullable [] small) {
    static final int SIZE = 8;

    static final int INT8 = 1;
    static final int INT32 = 5;
    static final int UINT32 = 6;
    static final int MATRIX = 14;
    static final int COMPRESSED = 15;

    /** Reads the tag that 8 bytes hold. */
    static Tag of(byte[] bytes, ByteOrder order) throws MalformedException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(order);
      int word = buffer.getInt(0);
      int smallBytes = word >>> 16;
      if (smallBytes > 4) {
        throw new MalformedException("is corrupt: a small data element has more than 4 bytes");
      }
      return smallBytes == 0
          ? new Tag(word, Integer.toUnsignedLong(buffer.getInt(4)), null)
          : new Tag(word & 0xffff, smallBytes, Arrays.copyOfRange(bytes, 4, 4 + smallBytes));
    }

    /** The type of the numbers in the element, null if it holds something else. */
    @Nullable ElementType numbers() {
      return switch (type) {
        case INT8 -> ElementType.INT8;
        case 2 -> ElementType.UINT8;
        case 3 -> ElementType.INT16;
        case 4 -> ElementType.UINT16;
        case INT32 -> ElementType.INT32;
        case UINT32 -> ElementType.UINT32;
        case 7 -> ElementType.FLOAT32;
        case 9 -> ElementType.FLOAT64;
        case 12 -> ElementType.INT64;
        case 13 -> ElementType.UINT64;
        default -> null;
      };
    }

    /** The type of an element of such numbers. */
    static int code(ElementType type) {
      int code = 1;
      while (new Tag(code, 0, null).numbers()
          != (type == ElementType.BOOL ? ElementType.UINT8 : type)) {
        code++;
      }
      return code;
    }
  }

  /** Reads the next tag, whose element must fit into what remains. */
  Tag tag() throws IOException {
    read(padding);
    Tag tag = Tag.of(read(Tag.SIZE), order);
    if (tag.small() == null && tag.bytes() > remaining) {
      throw new MalformedException(
          "is truncated or corrupt: %d bytes are declared where %d are left"
              .formatted(tag.bytes(), remaining));
    }
    padding = tag.small() == null ? (int) (-tag.bytes() & 7) : 0;
    return tag;
  }

  /** Reads the next element, which has the given type and is short. */
  ByteBuffer element(int type) throws IOException {
    Tag tag = tag();
    if (tag.type() != type || tag.bytes() > MAX_SMALL) {
      throw new MalformedException(
          "is corrupt: an element of type %d and %d bytes is where one of type %d belongs"
              .formatted(tag.type(), tag.bytes(), type));
    }
    byte[] small = tag.small();
    return ByteBuffer.wrap(small == null ? read((int) tag.bytes()) : small).order(order);
  }

  private byte[] read(int count) throws IOException {
    if (count > remaining) {
      throw new EOFException();
    }
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException();
    }
    remaining -= count;
    return bytes;
  }
}
