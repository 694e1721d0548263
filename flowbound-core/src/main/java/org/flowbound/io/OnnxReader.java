package org.flowbound.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what an ONNX model does with its constants, which {@link OnnxFormat} has read. */
final class OnnxReader {
  private static final int MODEL_GRAPH = 7;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_INPUT = 11;
  private static final int GRAPH_OUTPUT = 12;
  private static final int NODE_INPUT = 1;
  private static final int NODE_OUTPUT = 2;
  private static final int NODE_TYPE = 4;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int NODE_DOMAIN = 7;
  private static final int ATTRIBUTE_NAME = 1;
  private static final int ATTRIBUTE_FLOAT = 2;
  private static final int ATTRIBUTE_INTEGER = 3;
  private static final int ATTRIBUTE_TEXT = 4;
  private static final int ATTRIBUTE_FLOATS = 7;
  private static final int ATTRIBUTE_INTEGERS = 8;
  private static final int VALUE_NAME = 1;
  private static final int VALUE_TYPE = 2;
  private static final int TYPE_TENSOR = 1;
  private static final int TENSOR_SHAPE = 2;
  private static final int SHAPE_DIMENSION = 1;
  private static final int DIMENSION_NUMBER = 1;
  private static final int DIMENSION_NAME = 2;

  private final List<OnnxNode> nodes = new ArrayList<>();
  private final List<OnnxGraph.Value> inputs = new ArrayList<>();
  private final List<OnnxGraph.Value> outputs = new ArrayList<>();
  private long parts;

  private OnnxReader() {}

  static OnnxGraph read(Path path, TensorFile constants) throws UnusableFileException {
    InputFile file = InputFile.of(path);
    OnnxReader reader = new OnnxReader();
    try (FileChannel channel = FileChannel.open(path)) {
      ProtobufMessage model = ProtobufMessage.of(channel, file.size());
      while (model.next()) {
        if (model.field() == MODEL_GRAPH) {
          reader.readGraph(model.message());
        }
      }
    } catch (IOException failure) {
      throw StoredFile.unusable(path, failure);
    }
    Set<String> given = new HashSet<>();
    constants.tensors().forEach(tensor -> given.add(tensor.name()));
    reader.inputs.removeIf(input -> given.contains(input.name()));
    reader.nodes.removeIf(
        node -> node.operator().equals("Constant") && given.containsAll(node.outputs()));
    return new OnnxGraph(
        reader.inputs, reader.outputs, constants.tensors(), reader.nodes, constants.metadata());
  }

  private void readGraph(ProtobufMessage graph) throws IOException {
    while (graph.next()) {
      switch (graph.field()) {
        case GRAPH_NODE -> nodes.add(readNode(graph.message()));
        case GRAPH_INPUT -> inputs.add(readValue(graph.message()));
        case GRAPH_OUTPUT -> outputs.add(readValue(graph.message()));
        default -> {}
      }
    }
  }

  private void countPart() throws MalformedException {
    Heap.requireTensors(++parts);
  }

  private OnnxNode readNode(ProtobufMessage node) throws IOException {
    countPart();
    String operator = "";
    String domain = "";
    List<String> from = new ArrayList<>();
    List<String> to = new ArrayList<>();
    Map<String, List<Double>> numbers = new HashMap<>();
    Map<String, String> texts = new HashMap<>();
    while (node.next()) {
      switch (node.field()) {
        case NODE_INPUT -> from.add(readName(node));
        case NODE_OUTPUT -> to.add(readName(node));
        case NODE_TYPE -> operator = readName(node);
        case NODE_DOMAIN -> domain = readName(node);
        case NODE_ATTRIBUTE -> readAttribute(node.message(), numbers, texts);
        default -> {}
      }
    }
    boolean own = domain.isEmpty() || domain.equals("ai.onnx");
    return new OnnxNode(own ? operator : domain + "::" + operator, from, to, numbers, texts);
  }

  private String readName(ProtobufMessage message) throws IOException {
    countPart();
    return message.text();
  }

  private void readAttribute(
      ProtobufMessage attribute, Map<String, List<Double>> numbers, Map<String, String> texts)
      throws IOException {
    String name = "";
    List<Double> values = new ArrayList<>();
    String text = null;
    while (attribute.next()) {
      switch (attribute.field()) {
        case ATTRIBUTE_NAME -> name = readName(attribute);
        case ATTRIBUTE_FLOAT, ATTRIBUTE_FLOATS -> attribute.floats(value -> add(values, value));
        case ATTRIBUTE_INTEGER, ATTRIBUTE_INTEGERS ->
            attribute.integers(value -> add(values, (double) value));
        case ATTRIBUTE_TEXT -> text = readName(attribute);
        default -> {}
      }
    }
    if (text != null) {
      texts.put(name, text);
    }
    if (!values.isEmpty()) {
      numbers.put(name, List.copyOf(values));
    }
  }

  private void add(List<Double> values, double value) throws MalformedException {
    countPart();
    values.add(value);
  }

  private OnnxGraph.Value readValue(ProtobufMessage value) throws IOException {
    String name = "";
    List<String> dimensions = new ArrayList<>();
    while (value.next()) {
      switch (value.field()) {
        case VALUE_NAME -> name = readName(value);
        case VALUE_TYPE -> readType(value.message(), dimensions);
        default -> {}
      }
    }
    return new OnnxGraph.Value(name, dimensions);
  }

  private void readType(ProtobufMessage type, List<String> dimensions) throws IOException {
    while (type.next()) {
      if (type.field() != TYPE_TENSOR) {
        continue;
      }
      ProtobufMessage tensor = type.message();
      while (tensor.next()) {
        if (tensor.field() != TENSOR_SHAPE) {
          continue;
        }
        ProtobufMessage shape = tensor.message();
        while (shape.next()) {
          if (shape.field() == SHAPE_DIMENSION) {
            dimensions.add(readDimension(shape.message()));
          }
        }
      }
    }
  }

  private String readDimension(ProtobufMessage dimension) throws IOException {
    countPart();
    String text = "";
    while (dimension.next()) {
      switch (dimension.field()) {
        case DIMENSION_NUMBER -> text = Long.toString(dimension.value());
        case DIMENSION_NAME -> text = dimension.text();
        default -> {}
      }
    }
    return text;
  }
}
