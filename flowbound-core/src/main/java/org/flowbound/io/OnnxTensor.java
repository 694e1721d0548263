package org.flowbound.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@code TensorProto} of an ONNX model: its description and where in the file its entries lie.
 *
 * @param unsupported why its entries cannot be read; empty if they can
 * @param packedIntegers whether each entry is a varint, and not the bytes of its type, little
 *     endian
 * @param chunks the entries' bytes, in pieces one behind the other
 */
record OnnxTensor(
    String name,
    Shape shape,
    ElementType type,
    String unsupported,
    boolean packedIntegers,
    List<Chunk> chunks) {
  /** A range of the file. */
  record Chunk(long start, long length) {
    long end() {
      return start + length;
    }
  }

  private static final int MAX_CHUNKS = 1 << 16;

  private static final int DIMS = 1;
  private static final int DATA_TYPE = 2;
  private static final int FLOAT_DATA = 4;
  private static final int INT32_DATA = 5;
  private static final int INT64_DATA = 7;
  private static final int NAME = 8;
  private static final int RAW_DATA = 9;
  private static final int DOUBLE_DATA = 10;
  private static final int UINT64_DATA = 11;
  private static final int EXTERNAL_DATA = 13;
  private static final int DATA_LOCATION = 14;

  /** The tensor that {@code message} describes. */
  static OnnxTensor read(ProtobufMessage message) throws IOException {
    String name = "";
    List<Long> dimensions = new ArrayList<>();
    long dataType = 0;
    boolean external = false;
    int dataField = 0;
    List<Chunk> chunks = new ArrayList<>();
    while (message.next()) {
      switch (message.field()) {
        case DIMS -> message.integers(dimension -> Contents.addDimension(dimensions, dimension));
        case DATA_TYPE -> dataType = message.value();
        case NAME -> name = message.text();
        case EXTERNAL_DATA -> external = true;
        case DATA_LOCATION -> external |= message.value() != 0;
        case FLOAT_DATA, INT32_DATA, INT64_DATA, RAW_DATA, DOUBLE_DATA, UINT64_DATA -> {
          if (dataField != 0 && dataField != message.field()) {
            throw new MalformedException("is corrupt: it holds the entries of a tensor twice");
          }
          dataField = message.field();
          if (message.isVarint()
              && (dataField == RAW_DATA || dataField == FLOAT_DATA || dataField == DOUBLE_DATA)) {
            throw new MalformedException("is corrupt: the entries of a tensor are encoded wrongly");
          }
          chunks.add(new Chunk(message.start(), message.length()));
        }
        default -> {}
      }
      if (chunks.size() > MAX_CHUNKS) {
        throw new MalformedException(
            "holds a tensor in more than %d pieces: export the model again".formatted(MAX_CHUNKS));
      }
    }
    Shape shape = Contents.shape(dimensions);
    ElementType type = type(dataType);
    if (external || type == null) {
      String unsupported =
          external
              ? "lies outside the model: save the model with its data inside (no external data)"
              : "holds entries of ONNX type %d: only real numbers are supported"
                  .formatted(dataType);
      return new OnnxTensor(name, shape, ElementType.FLOAT64, unsupported, false, List.of());
    }
    boolean plain =
        dataField == RAW_DATA || type == ElementType.FLOAT32 || type == ElementType.FLOAT64;
    if (dataField != 0 && dataField != RAW_DATA && dataField != dataField(type)) {
      throw new MalformedException(
          "is corrupt: its tensor %s of type %s has its entries in field %d"
              .formatted(Quotation.of(name), type, dataField));
    }
    long entries = 0;
    boolean whole = true;
    for (Chunk chunk : chunks) {
      whole &= !plain || chunk.length() % type.bytes() == 0;
      entries +=
          plain ? chunk.length() / type.bytes() : message.countIntegers(chunk.start(), chunk.end());
    }
    if (!whole || entries != shape.elements()) {
      throw new MalformedException(
          "is corrupt: the data of its tensor %s do not fit its shape %s and type %s"
              .formatted(Quotation.of(name), shape, type));
    }
    return new OnnxTensor(name, shape, type, "", !plain, List.copyOf(chunks));
  }

  private static @Nullable ElementType type(long dataType) {
    return switch (dataType == (int) dataType ? (int) dataType : 0) {
      case 1 -> ElementType.FLOAT32;
      case 2 -> ElementType.UINT8;
      case 3 -> ElementType.INT8;
      case 4 -> ElementType.UINT16;
      case 5 -> ElementType.INT16;
      case 6 -> ElementType.INT32;
      case 7 -> ElementType.INT64;
      case 9 -> ElementType.BOOL;
      case 10 -> ElementType.FLOAT16;
      case 11 -> ElementType.FLOAT64;
      case 12 -> ElementType.UINT32;
      case 13 -> ElementType.UINT64;
      case 16 -> ElementType.BFLOAT16;
      default -> null;
    };
  }

  /** The field that holds entries of that type, where they are not raw. */
  private static int dataField(ElementType type) {
    return switch (type) {
      case FLOAT32 -> FLOAT_DATA;
      case FLOAT64 -> DOUBLE_DATA;
      case INT64 -> INT64_DATA;
      case UINT32, UINT64 -> UINT64_DATA;
      default -> INT32_DATA;
    };
  }

  /** Loads the entries from the file that the tensor was read from. */
  double[] load(InputFile file) throws IOException {
    DoubleBuffer values = DoubleBuffer.allocate((int) shape.elements());
    try (FileChannel channel = FileChannel.open(file.path())) {
      ProtobufMessage message = ProtobufMessage.of(channel, file.size());
      ByteBuffer entry = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (Chunk chunk : chunks) {
        if (packedIntegers) {
          message.integers(
              chunk.start(),
              chunk.end(),
              integer -> values.put(type.get(entry.putLong(0, integer), 0)));
        } else {
          try (InputStream in = file.stream(chunk.start(), chunk.length())) {
            values.put(Layout.rowMajor(type).decode(in, Shape.of(entries(chunk))));
          }
        }
      }
    } catch (BufferOverflowException overflow) {
      throw new MalformedException("changed while it was read", overflow);
    }
    return values.array();
  }

  /** Writes the whole file with other entries of this tensor, whose bytes are as many. */
  void replace(InputFile file, double[] values, OutputStream out) throws IOException {
    if (packedIntegers) {
      throw new MalformedException(
          "stores its tensor %s of type %s in a form that cannot be replaced: export it as raw data"
              .formatted(Quotation.of(name), type));
    }
    long position = 0;
    int from = 0;
    for (Chunk chunk : chunks) {
      file.copy(position, chunk.start(), out);
      int to = from + (int) entries(chunk);
      Layout.rowMajor(type)
          .encode(Arrays.copyOfRange(values, from, to), Shape.of(entries(chunk)), out);
      from = to;
      position = chunk.end();
    }
    file.copy(position, file.size(), out);
  }

  private long entries(Chunk chunk) {
    return chunk.length() / type.bytes();
  }
}
