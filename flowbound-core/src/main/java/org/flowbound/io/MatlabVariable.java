package org.flowbound.io;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.flowbound.io.MatlabStream.Tag;
import org.jspecify.annotations.Nullable;

/**
 * The head of one variable in a MATLAB file: all but its numbers.
 *
 * @param description what the variable is, where it is no full array of real numbers
 * @param numbers how its numbers are stored; null if it is no full array of real numbers
 */
record MatlabVariable(
    String name, String description, Shape shape, ElementType type, @Nullable Numbers numbers) {
  /**
   * @param layout of a type that may be smaller than the variable's
   * @param inTag the numbers themselves, where the tag holds them
   */
  record Numbers(Layout layout, byte @Nullable [] inTag) {}

  private static final int LOGICAL = 0x200;
  private static final int COMPLEX = 0x800;

  private static final int CELL = 1;
  private static final int STRUCT = 2;
  private static final int OBJECT = 3;
  private static final int CHAR = 4;
  private static final int SPARSE = 5;
  private static final int OPAQUE = 17;

  /** Reads the head of a variable that fills {@code available} bytes, up to its numbers. */
  static MatlabVariable read(InputStream in, ByteOrder order, long available) throws IOException {
    MatlabStream outer = new MatlabStream(in, order, available);
    Tag matrix = outer.tag();
    if (matrix.type() != Tag.MATRIX || matrix.small() != null) {
      throw new MalformedException("is corrupt: an element is no variable");
    }
    MatlabStream stream = new MatlabStream(in, order, matrix.bytes());
    ByteBuffer flagWords = stream.element(Tag.UINT32);
    if (flagWords.remaining() != 8) {
      throw new MalformedException("is corrupt: a variable has no flags");
    }
    int flags = flagWords.getInt(0);
    int classCode = flags & 0xff;
    if (classCode == OPAQUE) {
      return unsupported(name(stream), "is an object");
    }
    Shape shape = shape(stream);
    String name = name(stream);
    ElementType type = type(classCode, (flags & LOGICAL) != 0);
    if (type == null) {
      return unsupported(name, describe(classCode));
    }
    if ((flags & COMPLEX) != 0) {
      return unsupported(name, "is complex: save its real part");
    }
    Tag data = stream.tag();
    ElementType stored = data.numbers();
    if (stored == null || Layout.columnMajor(stored, order).bytes(shape) != data.bytes()) {
      throw new MalformedException(
          "is corrupt: its variable %s of shape %s cannot have %d bytes of type %d"
              .formatted(Quotation.of(name), shape, data.bytes(), data.type()));
    }
    Numbers numbers = new Numbers(Layout.columnMajor(stored, order), data.small());
    return new MatlabVariable(name, "", shape, type, numbers);
  }

  private static MatlabVariable unsupported(String name, String reason) {
    return new MatlabVariable(name, reason, Shape.of(), ElementType.FLOAT64, null);
  }

  private static Shape shape(MatlabStream stream) throws IOException {
    ByteBuffer bytes = stream.element(Tag.INT32);
    List<Long> dimensions = new ArrayList<>();
    while (bytes.remaining() >= Integer.BYTES) {
      Contents.addDimension(dimensions, bytes.getInt());
    }
    return Contents.shape(dimensions);
  }

  private static String name(MatlabStream stream) throws IOException {
    ByteBuffer bytes = stream.element(Tag.INT8);
    return StandardCharsets.UTF_8.decode(bytes).toString();
  }

  private static @Nullable ElementType type(int classCode, boolean logical) {
    return switch (classCode) {
      case 6 -> ElementType.FLOAT64;
      case 7 -> ElementType.FLOAT32;
      case 8 -> ElementType.INT8;
      case 9 -> logical ? ElementType.BOOL : ElementType.UINT8;
      case 10 -> ElementType.INT16;
      case 11 -> ElementType.UINT16;
      case 12 -> ElementType.INT32;
      case 13 -> ElementType.UINT32;
      case 14 -> ElementType.INT64;
      case 15 -> ElementType.UINT64;
      default -> null;
    };
  }

  /** The flags of an array of that type. */
  static int flags(ElementType type) {
    int flags = type == ElementType.BOOL ? LOGICAL : 0;
    while (type(flags & 0xff, type == ElementType.BOOL) != type) {
      flags++;
    }
    return flags;
  }

  private static String describe(int classCode) {
    return switch (classCode) {
      case CELL -> "is a cell array: save the matrix in it as a variable";
      case STRUCT -> "is a structure: save its fields with save -struct";
      case OBJECT -> "is an object";
      case CHAR -> "is text";
      case SPARSE -> "is sparse: save full() of it";
      default -> "is no array of numbers";
    };
  }

  /** Reads the numbers, which follow in {@code in} where the head has been read. */
  double[] load(InputStream in) throws IOException {
    if (numbers == null) {
      throw new MalformedException("changed while it was read");
    }
    byte[] inTag = numbers.inTag();
    return numbers.layout().decode(inTag == null ? in : new ByteArrayInputStream(inTag), shape);
  }
}
