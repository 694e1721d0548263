package org.flowbound.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.flowbound.io.MatlabStream.Tag;

/**
 * MATLAB's MAT files of version 5 ({@code save -v6} and, deflated, {@code -v7}): a header of 128
 * bytes and one data element for each variable.
 *
 * <p>MATLAB knows no scalars and vectors apart from matrices: a scalar is written as 1 x 1, a
 * vector as one row. 16-bit floating-point types are written as single, which holds all their
 * values. In a name every character but letters, digits and underscores is written as an
 * underscore.
 *
 * @see <a href="https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf">MAT-File
 *     Format</a>
 */
final class MatlabFormat implements TensorFormat {
  private static final int HEADER = 128;
  private static final int SUBSYSTEM_OFFSET = 116;
  private static final int VERSION = 124;
  private static final int BYTE_ORDER = 126;
  private static final short VERSION_5 = 0x100;
  private static final long NO_SUBSYSTEM = 0x2020_2020_2020_2020L;
  private static final int MAX_NAME = 63;

  /** The bytes [start, end) of the file, which start with a tag. */
  private record Element(long start, long end, boolean compressed) {}

  @Override
  public Contents list(InputFile file) throws IOException {
    ByteOrder order = order(header(file));
    List<StoredTensor> tensors = new ArrayList<>();
    Map<String, String> unsupported = new LinkedHashMap<>();
    for (Element element : elements(file, order)) {
      MatlabVariable variable = variable(file, element, order);
      if (variable.name().isEmpty()) {
        // What MATLAB keeps for itself has no name.
        continue;
      }
      if (variable.numbers() == null) {
        unsupported.put(variable.name(), variable.description());
        continue;
      }
      tensors.add(
          new StoredTensor(
              variable.name(),
              variable.shape(),
              variable.type(),
              () -> load(file, element, order)));
    }
    return new Contents(tensors, unsupported, Map.of());
  }

  private static byte[] header(InputFile file) throws IOException {
    if (file.size() < HEADER) {
      throw new MalformedException("is no MATLAB v5 file: it has no header");
    }
    return file.bytes(0, HEADER);
  }

  private static ByteOrder order(byte[] header) throws MalformedException {
    String indicator = new String(header, BYTE_ORDER, 2, StandardCharsets.ISO_8859_1);
    ByteOrder order = indicator.equals("IM") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    if (!(indicator.equals("IM") || indicator.equals("MI"))
        || ByteBuffer.wrap(header).order(order).getShort(VERSION) != VERSION_5) {
      throw new MalformedException("is no MATLAB v5 file: save it with -v7");
    }
    return order;
  }

  private static List<Element> elements(InputFile file, ByteOrder order) throws IOException {
    List<Element> elements = new ArrayList<>();
    long position = HEADER;
    while (position < file.size()) {
      Tag tag = Tag.of(file.bytes(position, Tag.SIZE), order);
      boolean compressed = tag.type() == Tag.COMPRESSED;
      if (tag.small() != null || !(compressed || tag.type() == Tag.MATRIX)) {
        throw new MalformedException(
            "is corrupt: no variable starts at position %d".formatted(position));
      }
      long end = position + Tag.SIZE + tag.bytes();
      if (end > file.size()) {
        throw new MalformedException(
            "is truncated or corrupt: the variable at position %d should end at %d, beyond the end"
                .formatted(position, end));
      }
      elements.add(new Element(position, end, compressed));
      Heap.requireTensors(elements.size());
      position = end;
    }
    return elements;
  }

  /** The uncompressed bytes of a variable, from its tag on. */
  private static InputStream open(InputFile file, Element element) throws IOException {
    if (!element.compressed()) {
      return file.stream(element.start(), element.end() - element.start());
    }
    long start = element.start() + Tag.SIZE;
    return new InflaterInputStream(file.stream(start, element.end() - start));
  }

  private static long available(Element element) {
    long bytes = element.end() - element.start();
    return element.compressed() ? Deflate.maxInflated(bytes) : bytes;
  }

  private static MatlabVariable variable(InputFile file, Element element, ByteOrder order)
      throws IOException {
    try (InputStream in = open(file, element)) {
      return MatlabVariable.read(in, order, available(element));
    }
  }

  private static double[] load(InputFile file, Element element, ByteOrder order)
      throws IOException {
    try (InputStream in = open(file, element)) {
      double[] values = MatlabVariable.read(in, order, available(element)).load(in);
      // The checksum of what is compressed comes at its end.
      in.readNBytes(Tag.SIZE);
      if (in.read() >= 0) {
        throw new MalformedException("is corrupt: a variable goes on after its numbers");
      }
      return values;
    }
  }

  @Override
  public void write(TensorFile content, OutputStream out) throws IOException {
    content.requireNoMetadata(".mat");
    byte[] header = new byte[HEADER];
    Arrays.fill(header, 0, SUBSYSTEM_OFFSET, (byte) ' ');
    byte[] text = "MATLAB 5.0 MAT-file, written by Flowbound".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, header, 0, text.length);
    ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putShort(VERSION, VERSION_5);
    header[BYTE_ORDER] = 'I';
    header[BYTE_ORDER + 1] = 'M';
    out.write(header);
    Set<String> names = new HashSet<>();
    for (Tensor tensor : content.tensors()) {
      String name = matlabName(tensor.name());
      if (!names.add(name)) {
        throw new IllegalArgumentException(
            "Two tensors have the MATLAB name '%s': use .npz or .safetensors.".formatted(name));
      }
      writeVariable(name, tensor, ByteOrder.LITTLE_ENDIAN, out);
    }
  }

  private static String matlabName(String name) {
    String allowed = name.replaceAll("[^A-Za-z0-9_]", "_");
    String started = allowed.matches("[A-Za-z].*") ? allowed : "x" + allowed;
    return started.substring(0, Math.min(MAX_NAME, started.length()));
  }

  private static void writeVariable(String name, Tensor tensor, ByteOrder order, OutputStream out)
      throws IOException {
    List<Long> dimensions = new ArrayList<>(tensor.shape().dimensions());
    while (dimensions.size() < 2) {
      dimensions.add(0, 1L);
    }
    ByteBuffer dimensionBytes = ByteBuffer.allocate(Integer.BYTES * dimensions.size()).order(order);
    for (long dimension : dimensions) {
      dimensionBytes.putInt(Math.toIntExact(dimension));
    }
    ElementType type =
        switch (tensor.type()) {
          case FLOAT16, BFLOAT16 -> ElementType.FLOAT32;
          default -> tensor.type();
        };
    ByteBuffer flags = ByteBuffer.allocate(8).order(order).putInt(MatlabVariable.flags(type));
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    Layout layout = Layout.columnMajor(type, order);
    long dataBytes = layout.bytes(tensor.shape());
    int dataPadding = (int) (-dataBytes & 7);

    ByteBuffer head =
        ByteBuffer.allocate(
                8 * Tag.SIZE + dimensionBytes.capacity() + nameBytes.length + flags.capacity())
            .order(order);
    head.position(Tag.SIZE);
    putElement(head, Tag.UINT32, flags.array());
    putElement(head, Tag.INT32, dimensionBytes.array());
    putElement(head, Tag.INT8, nameBytes);
    head.putInt(Tag.code(type)).putInt((int) dataBytes);
    long bytes = head.position() - Tag.SIZE + dataBytes + dataPadding;
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "A variable of a .mat file has at most 2 GiB, and '%s' has %d bytes: use .npz."
              .formatted(name, bytes));
    }
    head.putInt(0, Tag.MATRIX).putInt(4, (int) bytes);
    out.write(head.array(), 0, head.position());
    layout.encode(tensor.sharedValues(), tensor.shape(), out);
    out.write(new byte[dataPadding]);
  }

  private static void putElement(ByteBuffer target, int type, byte[] data) {
    target.putInt(type).putInt(data.length).put(data);
    target.position(target.position() + (-data.length & 7));
  }

  @Override
  public void replace(InputFile source, Tensor replacement, OutputStream out) throws IOException {
    byte[] header = header(source);
    ByteOrder order = order(header);
    for (Element element : elements(source, order)) {
      if (variable(source, element, order).name().equals(replacement.name())) {
        byte[] replaced = replaced(element, replacement, order);
        moveSubsystem(header, order, element, replaced.length);
        out.write(header);
        source.copy(HEADER, element.start(), out);
        out.write(replaced);
        source.copy(element.end(), source.size(), out);
        return;
      }
    }
    throw new MalformedException("changed while it was read");
  }

  private static byte[] replaced(Element element, Tensor replacement, ByteOrder order)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!element.compressed()) {
      writeVariable(replacement.name(), replacement, order, bytes);
      return bytes.toByteArray();
    }
    bytes.write(new byte[Tag.SIZE]);
    DeflaterOutputStream deflated = new DeflaterOutputStream(bytes);
    writeVariable(replacement.name(), replacement, order, deflated);
    deflated.close();
    byte[] array = bytes.toByteArray();
    ByteBuffer.wrap(array).order(order).putInt(Tag.COMPRESSED).putInt(array.length - Tag.SIZE);
    return array;
  }

  /** Keeps the header's pointer to what MATLAB stores for objects, behind the variables. */
  private static void moveSubsystem(
      byte[] header, ByteOrder order, Element element, int newLength) {
    ByteBuffer buffer = ByteBuffer.wrap(header).order(order);
    long offset = buffer.getLong(SUBSYSTEM_OFFSET);
    if (offset != NO_SUBSYSTEM && offset >= element.end()) {
      long moved = offset + newLength - (element.end() - element.start());
      buffer.putLong(SUBSYSTEM_OFFSET, moved);
    }
  }
}
