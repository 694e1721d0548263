package org.flowbound.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header of an {@code .npy} array, format versions 1 to 3: a magic string, the version, a
 * length and the literal of a Python dictionary with the keys {@code descr}, {@code fortran_order}
 * and {@code shape}.
 *
 * @param bytes the header as it stands in the file
 * @param layout null if the entries are no real numbers
 * @param description the entries' type in NumPy's notation, such as {@code <f8}
 */
record NpyHeader(byte[] bytes, @Nullable Layout layout, String description, Shape shape) {
  private static final byte[] MAGIC = "\u0093NUMPY".getBytes(StandardCharsets.ISO_8859_1);
  private static final int MAX_LENGTH = 1 << 20;
  private static final int ALIGNMENT = 64;

  private static final Map<String, ElementType> TYPES =
      Map.ofEntries(
          Map.entry("b1", ElementType.BOOL),
          Map.entry("i1", ElementType.INT8),
          Map.entry("u1", ElementType.UINT8),
          Map.entry("i2", ElementType.INT16),
          Map.entry("u2", ElementType.UINT16),
          Map.entry("i4", ElementType.INT32),
          Map.entry("u4", ElementType.UINT32),
          Map.entry("i8", ElementType.INT64),
          Map.entry("u8", ElementType.UINT64),
          Map.entry("f2", ElementType.FLOAT16),
          Map.entry("f4", ElementType.FLOAT32),
          Map.entry("f8", ElementType.FLOAT64));

  /**
   * Reads the header of an array that fills {@code available} bytes of {@code in}.
   *
   * @throws MalformedException if there is none, or it declares more or less than these bytes
   */
  static NpyHeader read(InputStream in, long available) throws IOException {
    byte[] start = in.readNBytes(8);
    if (start.length < 8 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
      throw new MalformedException("is no NumPy array: it does not start as one");
    }
    int version = start[6];
    if (version < 1 || version > 3) {
      throw new MalformedException(
          "is in version %d of the npy format: versions 1 to 3 are known".formatted(version));
    }
    byte[] lengthBytes = in.readNBytes(version == 1 ? 2 : 4);
    int textStart = start.length + lengthBytes.length;
    // Little endian, so that what is missing are leading zeros.
    long length =
        Integer.toUnsignedLong(
            ByteBuffer.wrap(Arrays.copyOf(lengthBytes, Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt());
    if (length > available - textStart) {
      throw new EOFException();
    }
    if (length > MAX_LENGTH) {
      throw new MalformedException(
          "has a header of %d bytes: at most %d are allowed".formatted(length, MAX_LENGTH));
    }
    byte[] bytes = Arrays.copyOf(start, textStart + (int) length);
    System.arraycopy(lengthBytes, 0, bytes, start.length, lengthBytes.length);
    if (in.readNBytes(bytes, textStart, (int) length) < length) {
      throw new EOFException();
    }
    String text = new String(bytes, textStart, (int) length, StandardCharsets.UTF_8);
    NpyHeader header = new Parser(text).parse(bytes);
    header.requireDataOf(available - bytes.length);
    return header;
  }

  private void requireDataOf(long available) throws MalformedException {
    if (layout != null && layout.bytes(shape) != available) {
      throw new MalformedException(
          "is truncated or corrupt: shape %s of type %s needs %d bytes of data, not %d"
              .formatted(shape, description, layout.bytes(shape), available));
    }
  }

  /** The layout of the entries. */
  Layout requireLayout() throws MalformedException {
    if (layout == null) {
      throw new MalformedException(unsupported());
    }
    return layout;
  }

  /** What the entries are, if they are no real numbers. */
  String unsupported() {
    return "holds entries of NumPy type %s: only real numbers of up to 64 bits are supported"
        .formatted(Quotation.of(description));
  }

  /** The header of a row-major array, in version 1. */
  static NpyHeader of(ElementType type, Shape shape) {
    ElementType stored = type == ElementType.BFLOAT16 ? ElementType.FLOAT32 : type;
    String code =
        TYPES.entrySet().stream()
            .filter(entry -> entry.getValue() == stored)
            .findFirst()
            .orElseThrow()
            .getKey();
    String description = (stored.bytes() == 1 ? "|" : "<") + code;
    StringBuilder text = new StringBuilder();
    text.append("{'descr': '").append(description).append("', 'fortran_order': False, 'shape': (");
    for (int axis = 0; axis < shape.rank(); axis++) {
      text.append(axis == 0 ? "" : " ").append(shape.dimension(axis)).append(',');
    }
    text.append("), }");
    int textStart = MAGIC.length + 4;
    int padding = ALIGNMENT - 1 - (textStart + text.length()) % ALIGNMENT;
    text.append(" ".repeat(padding)).append('\n');
    ByteBuffer bytes =
        ByteBuffer.allocate(textStart + text.length()).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) text.length());
    bytes.put(text.toString().getBytes(StandardCharsets.US_ASCII));
    return new NpyHeader(bytes.array(), Layout.rowMajor(stored), description, shape);
  }

  /** The header with which {@code replacement} takes the place of this one's array. */
  NpyHeader replacing(Tensor replacement) throws MalformedException {
    return requireLayout().type() == replacement.type()
        ? this
        : of(replacement.type(), replacement.shape());
  }

  /** Writes the header and the array after it. */
  void write(double[] values, OutputStream out) throws IOException {
    out.write(bytes);
    requireLayout().encode(values, shape, out);
  }

  /** Reads the dictionary's literal; what it cannot read makes the array unsupported or corrupt. */
  private static final class Parser {
    private final String text;
    private int position;

    Parser(String text) {
      this.text = text;
    }

    NpyHeader parse(byte[] bytes) throws MalformedException {
      String description = null;
      Boolean columnMajor = null;
      Shape shape = null;
      expect('{');
      while (!accept('}')) {
        String key = string();
        expect(':');
        switch (key) {
          case "descr" -> description = description();
          case "fortran_order" -> columnMajor = bool();
          case "shape" -> shape = shape();
          default -> throw corrupt();
        }
        if (!accept(',')) {
          expect('}');
          break;
        }
      }
      if (description == null || columnMajor == null || shape == null) {
        throw corrupt();
      }
      return new NpyHeader(bytes, layout(description, columnMajor), description, shape);
    }

    private static @Nullable Layout layout(String description, boolean columnMajor) {
      ElementType type = description.length() < 2 ? null : TYPES.get(description.substring(1));
      if (type == null || "<>|=".indexOf(description.charAt(0)) < 0) {
        return null;
      }
      ByteOrder order =
          switch (description.charAt(0)) {
            case '>' -> ByteOrder.BIG_ENDIAN;
            case '=' -> ByteOrder.nativeOrder();
            default -> ByteOrder.LITTLE_ENDIAN;
          };
      return new Layout(type, order, columnMajor);
    }

    /** A string; the source of a list of fields as it stands. */
    private String description() throws MalformedException {
      if (!accept('[')) {
        return string();
      }
      int start = position - 1;
      for (int depth = 1; depth > 0; position++) {
        if (position == text.length()) {
          throw corrupt();
        }
        char c = text.charAt(position);
        depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      }
      return text.substring(start, position);
    }

    private String string() throws MalformedException {
      skipSpace();
      char quote = position < text.length() ? text.charAt(position) : ' ';
      int end = quote == '\'' || quote == '"' ? text.indexOf(quote, position + 1) : -1;
      if (end < 0) {
        throw corrupt();
      }
      String value = text.substring(position + 1, end);
      position = end + 1;
      return value;
    }

    private boolean bool() throws MalformedException {
      skipSpace();
      for (String literal : List.of("True", "False")) {
        if (text.startsWith(literal, position)) {
          position += literal.length();
          return literal.equals("True");
        }
      }
      throw corrupt();
    }

    private Shape shape() throws MalformedException {
      List<Long> dimensions = new ArrayList<>();
      expect('(');
      while (!accept(')')) {
        Contents.addDimension(dimensions, integer());
        if (!accept(',')) {
          expect(')');
          break;
        }
      }
      return Contents.shape(dimensions);
    }

    private long integer() throws MalformedException {
      skipSpace();
      int start = position;
      while (position < text.length() && "+-0123456789".indexOf(text.charAt(position)) >= 0) {
        position++;
      }
      try {
        long value = Long.parseLong(text.substring(start, position));
        // Python 2 wrote long integers with this suffix.
        accept('L');
        return value;
      } catch (NumberFormatException malformed) {
        throw new MalformedException(
            "has a corrupt header: %s is no dimension"
                .formatted(Quotation.of(text.substring(start, position))),
            malformed);
      }
    }

    private boolean accept(char expected) {
      skipSpace();
      boolean found = position < text.length() && text.charAt(position) == expected;
      position += found ? 1 : 0;
      return found;
    }

    private void expect(char expected) throws MalformedException {
      if (!accept(expected)) {
        throw corrupt();
      }
    }

    private void skipSpace() {
      while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
        position++;
      }
    }

    private MalformedException corrupt() {
      return new MalformedException(
          "has a corrupt header: NumPy's description of the array breaks at character " + position);
    }
  }
}
