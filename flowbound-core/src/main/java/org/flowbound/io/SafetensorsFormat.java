package org.flowbound.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Safetensors: the length of a JSON header in 8 bytes, the header, and the arrays one behind the
 * other, row-major and little endian. In new files the header is padded with spaces to a multiple
 * of 8 bytes, and the arrays of larger elements come first, so that every array is aligned.
 *
 * @see <a href="https://github.com/huggingface/safetensors">The format</a>
 */
final class SafetensorsFormat implements TensorFormat {
  private static final int MAX_HEADER = 100_000_000;
  private static final int ALIGNMENT = 8;
  private static final String METADATA = "__metadata__";

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(MAX_HEADER).build())
          .build();

  private static final Map<ElementType, String> CODES =
      Map.ofEntries(
          Map.entry(ElementType.BOOL, "BOOL"),
          Map.entry(ElementType.INT8, "I8"),
          Map.entry(ElementType.UINT8, "U8"),
          Map.entry(ElementType.INT16, "I16"),
          Map.entry(ElementType.UINT16, "U16"),
          Map.entry(ElementType.INT32, "I32"),
          Map.entry(ElementType.UINT32, "U32"),
          Map.entry(ElementType.INT64, "I64"),
          Map.entry(ElementType.UINT64, "U64"),
          Map.entry(ElementType.FLOAT16, "F16"),
          Map.entry(ElementType.BFLOAT16, "BF16"),
          Map.entry(ElementType.FLOAT32, "F32"),
          Map.entry(ElementType.FLOAT64, "F64"));

  /** One array as the header describes it; its bytes are [begin, end) after the header. */
  private record Entry(String name, String code, Shape shape, long begin, long end) {
    boolean isSupported() {
      return CODES.containsValue(code);
    }

    Layout layout() {
      return Layout.rowMajor(
          CODES.entrySet().stream()
              .filter(entry -> entry.getValue().equals(code))
              .findFirst()
              .orElseThrow()
              .getKey());
    }
  }

  /**
   * @param dataStart the position in the file that offsets count from
   */
  private record Header(long dataStart, List<Entry> entries, Map<String, String> metadata) {}

  @Override
  public Contents list(InputFile file) throws IOException {
    Header header = header(file);
    List<StoredTensor> tensors = new ArrayList<>();
    Map<String, String> unsupported = new LinkedHashMap<>();
    for (Entry entry : header.entries()) {
      if (!entry.isSupported()) {
        unsupported.put(
            entry.name(),
            "holds entries of type %s, which is not supported"
                .formatted(Quotation.of(entry.code())));
        continue;
      }
      Layout layout = entry.layout();
      tensors.add(
          new StoredTensor(
              entry.name(),
              entry.shape(),
              layout.type(),
              () -> {
                try (InputStream in =
                    file.stream(header.dataStart() + entry.begin(), entry.end() - entry.begin())) {
                  return layout.decode(in, entry.shape());
                }
              }));
    }
    return new Contents(tensors, unsupported, header.metadata());
  }

  private static Header header(InputFile file) throws IOException {
    if (file.size() < Long.BYTES) {
      throw new MalformedException("is truncated or no safetensors file: it has no header");
    }
    long length =
        ByteBuffer.wrap(file.bytes(0, Long.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > MAX_HEADER) {
      throw new MalformedException(
          "is no safetensors file: its header would have %s bytes, and at most %d are allowed"
              .formatted(Long.toUnsignedString(length), MAX_HEADER));
    }
    if (length > file.size() - Long.BYTES) {
      throw new MalformedException(
          "is truncated: its header should have %d bytes, and only %d follow"
              .formatted(length, file.size() - Long.BYTES));
    }
    Heap.requireBytes(4 * length);
    List<Entry> entries = new ArrayList<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    try (InputStream in = file.stream(Long.BYTES, length);
        JsonParser parser = JSON.createParser(in)) {
      require(parser.nextToken() == JsonToken.START_OBJECT, "it is no JSON object");
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        require(parser.nextToken() == JsonToken.START_OBJECT, Quotation.of(name) + " is no object");
        if (name.equals(METADATA)) {
          readMetadata(parser, metadata);
        } else {
          entries.add(readEntry(parser, name));
          Heap.requireTensors(entries.size());
        }
      }
      require(parser.nextToken() == null, "text follows it");
    }
    Header header = new Header(Long.BYTES + length, entries, metadata);
    requireContiguous(header, file.size() - header.dataStart());
    return header;
  }

  private static void readMetadata(JsonParser parser, Map<String, String> metadata)
      throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      require(
          parser.nextToken() == JsonToken.VALUE_STRING,
          "the metadata " + Quotation.of(key) + " is no text");
      metadata.put(key, parser.getText());
    }
  }

  private static Entry readEntry(JsonParser parser, String name) throws IOException {
    String quoted = Quotation.of(name);
    String code = null;
    List<Long> dimensions = null;
    List<Long> offsets = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "dtype" -> {
          require(parser.hasToken(JsonToken.VALUE_STRING), "the type of " + quoted + " is no text");
          code = parser.getText();
        }
        case "shape" -> dimensions = readIntegers(parser, quoted);
        case "data_offsets" -> offsets = readIntegers(parser, quoted);
        default ->
            throw new MalformedException(
                "has a corrupt header: %s has the unknown field %s"
                    .formatted(quoted, Quotation.of(field)));
      }
    }
    require(
        code != null && dimensions != null && offsets != null,
        quoted + " lacks its type, shape or offsets");
    require(
        offsets.size() == 2 && offsets.get(0) >= 0 && offsets.get(0) <= offsets.get(1),
        "the offsets of " + quoted + " are no range");
    Entry entry = new Entry(name, code, Contents.shape(dimensions), offsets.get(0), offsets.get(1));
    if (entry.isSupported() && entry.layout().bytes(entry.shape()) != entry.end() - entry.begin()) {
      throw new MalformedException(
          "has a corrupt header: %s of shape %s and type %s cannot have %d bytes"
              .formatted(quoted, entry.shape(), code, entry.end() - entry.begin()));
    }
    return entry;
  }

  private static List<Long> readIntegers(JsonParser parser, String quoted) throws IOException {
    require(parser.hasToken(JsonToken.START_ARRAY), "the shape or offsets of " + quoted);
    List<Long> integers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      require(parser.hasToken(JsonToken.VALUE_NUMBER_INT), "the shape or offsets of " + quoted);
      Contents.addDimension(integers, parser.getLongValue());
    }
    return integers;
  }

  private static void requireContiguous(Header header, long dataBytes) throws MalformedException {
    long position = 0;
    List<Entry> ordered = new ArrayList<>(header.entries());
    ordered.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    for (Entry entry : ordered) {
      require(
          entry.begin() == position,
          "%s overlaps another array or leaves a gap".formatted(Quotation.of(entry.name())));
      position = entry.end();
    }
    if (position != dataBytes) {
      throw new MalformedException(
          "is truncated or corrupt: its arrays have %d bytes, and %d follow the header"
              .formatted(position, dataBytes));
    }
  }

  private static void require(boolean condition, String problem) throws MalformedException {
    if (!condition) {
      throw new MalformedException("has a corrupt header: " + problem);
    }
  }

  @Override
  public void write(TensorFile content, OutputStream out) throws IOException {
    List<Tensor> placed = new ArrayList<>(content.tensors());
    placed.sort(Comparator.comparing(tensor -> -tensor.type().bytes()));
    Map<String, Long> offsets = new HashMap<>();
    long position = 0;
    for (Tensor tensor : placed) {
      offsets.put(tensor.name(), position);
      position += Layout.rowMajor(tensor.type()).bytes(tensor.shape());
    }
    writeHeader(content, offsets, out);
    for (Tensor tensor : placed) {
      Layout.rowMajor(tensor.type()).encode(tensor.sharedValues(), tensor.shape(), out);
    }
  }

  private static void writeHeader(TensorFile content, Map<String, Long> offsets, OutputStream out)
      throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(header)) {
      json.writeStartObject();
      if (!content.metadata().isEmpty()) {
        json.writeObjectFieldStart(METADATA);
        for (Map.Entry<String, String> entry : content.metadata().entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      for (Tensor tensor : content.tensors()) {
        if (tensor.name().equals(METADATA)) {
          throw new IllegalArgumentException(
              "A tensor cannot have the name '%s' in safetensors.".formatted(METADATA));
        }
        long begin = offsets.get(tensor.name());
        json.writeObjectFieldStart(tensor.name());
        json.writeStringField("dtype", CODES.get(tensor.type()));
        json.writeArrayFieldStart("shape");
        for (long dimension : tensor.shape().dimensions()) {
          json.writeNumber(dimension);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("data_offsets");
        json.writeNumber(begin);
        json.writeNumber(begin + Layout.rowMajor(tensor.type()).bytes(tensor.shape()));
        json.writeEndArray();
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    while (header.size() % ALIGNMENT != 0) {
      header.write(' ');
    }
    if (header.size() > MAX_HEADER) {
      throw new IllegalArgumentException(
          "The header of a safetensors file has at most %d bytes, not %d."
              .formatted(MAX_HEADER, header.size()));
    }
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(0, header.size()).array());
    header.writeTo(out);
  }

  @Override
  public void replace(InputFile source, Tensor replacement, OutputStream out) throws IOException {
    Header header = header(source);
    Entry entry =
        header.entries().stream()
            .filter(candidate -> candidate.name().equals(replacement.name()))
            .findFirst()
            .orElseThrow(() -> new MalformedException("changed while it was read"));
    Layout layout = entry.layout();
    if (layout.type() != replacement.type()) {
      throw new MalformedException(
          "holds %s as %s, which cannot take real numbers: save it as float64 first"
              .formatted(Quotation.of(entry.name()), layout.type()));
    }
    source.copy(0, header.dataStart() + entry.begin(), out);
    layout.encode(replacement.sharedValues(), entry.shape(), out);
    source.copy(header.dataStart() + entry.end(), source.size(), out);
  }
}
