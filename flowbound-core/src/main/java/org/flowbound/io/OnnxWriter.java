package org.flowbound.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;

/**
 * Writes ONNX models.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">The format</a>
 */
final class OnnxWriter {
  private static final int FLOAT = 1;
  private static final int DOUBLE = 11;
  private static final int ATTRIBUTE_IS_FLOAT = 1;
  private static final int ATTRIBUTE_IS_INTEGER = 2;
  private static final List<String> INTEGERS = List.of("transA", "transB");
  private static final List<String> REALS = List.of("alpha", "beta");
  private static final long MAX_BYTES = 1L << 30;

  private OnnxWriter() {}

  static byte[] bytes(OnnxGraph graph, int opset) {
    if (opset < OnnxGraph.MIN_OPSET || opset > OnnxGraph.MAX_OPSET) {
      throw new IllegalArgumentException(
          "The opset (%d) must lie in [%d, %d]."
              .formatted(opset, OnnxGraph.MIN_OPSET, OnnxGraph.MAX_OPSET));
    }
    long size = graph.constants().stream().mapToLong(t -> Float.BYTES * t.shape().elements()).sum();
    if (size > MAX_BYTES) {
      throw new IllegalArgumentException(
          "A model with %d MiB of weights is too large for one ONNX file.".formatted(size >> 20));
    }
    ProtobufBuilder model =
        new ProtobufBuilder()
            .integer(1, representation(opset))
            .text(2, "flowbound")
            .message(7, graph(graph))
            .message(8, new ProtobufBuilder().text(1, "").integer(2, opset));
    graph
        .metadata()
        .forEach(
            (key, value) -> model.message(14, new ProtobufBuilder().text(1, key).text(2, value)));
    return model.toByteArray();
  }

  /** The version of the file format that came with a version of the operators. */
  private static int representation(int opset) {
    if (opset < 15) {
      return 7;
    }
    if (opset < 19) {
      return 8;
    }
    return opset < 21 ? 9 : opset < 23 ? 10 : 11;
  }

  private static ProtobufBuilder graph(OnnxGraph graph) {
    ProtobufBuilder message = new ProtobufBuilder();
    graph.nodes().forEach(node -> message.message(1, node(node)));
    message.text(2, "main");
    graph.constants().forEach(tensor -> message.message(5, tensor(tensor)));
    graph.inputs().forEach(input -> message.message(11, value(input)));
    graph.outputs().forEach(output -> message.message(12, value(output)));
    return message;
  }

  private static ProtobufBuilder node(OnnxNode node) {
    if (!node.texts().isEmpty() || node.outputs().isEmpty()) {
      throw new IllegalArgumentException("A node cannot be written: %s.".formatted(node));
    }
    ProtobufBuilder message = new ProtobufBuilder();
    node.inputs().forEach(input -> message.text(1, input));
    node.outputs().forEach(output -> message.text(2, output));
    message.text(3, node.outputs().get(0)).text(4, node.operator());
    new TreeMap<>(node.numbers())
        .forEach((name, values) -> message.message(5, attribute(name, values)));
    return message;
  }

  private static ProtobufBuilder attribute(String name, List<Double> values) {
    boolean isInteger = INTEGERS.contains(name);
    if (values.size() != 1 || !(isInteger || REALS.contains(name))) {
      throw new IllegalArgumentException(
          "The attribute '%s' cannot be written; only single numbers %s and %s can."
              .formatted(name, INTEGERS, REALS));
    }
    double value = values.get(0);
    ProtobufBuilder message = new ProtobufBuilder().text(1, name);
    return isInteger
        ? message.integer(3, (long) value).integer(20, ATTRIBUTE_IS_INTEGER)
        : message.float32(2, (float) value).integer(20, ATTRIBUTE_IS_FLOAT);
  }

  private static ProtobufBuilder tensor(Tensor tensor) {
    ProtobufBuilder message = new ProtobufBuilder();
    tensor.shape().dimensions().forEach(dimension -> message.integer(1, dimension));
    ElementType type = tensor.type();
    if (type != ElementType.FLOAT32 && type != ElementType.FLOAT64) {
      throw new IllegalArgumentException(
          "The constant '%s' is %s; only float32 and float64 can be written."
              .formatted(tensor.name(), type));
    }
    return message
        .integer(2, type == ElementType.FLOAT64 ? DOUBLE : FLOAT)
        .text(8, tensor.name())
        .bytes(9, raw(tensor, type));
  }

  private static byte[] raw(Tensor tensor, ElementType type) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      Layout.rowMajor(type).encode(tensor.sharedValues(), tensor.shape(), bytes);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return bytes.toByteArray();
  }

  private static ProtobufBuilder value(OnnxGraph.Value value) {
    ProtobufBuilder shape = new ProtobufBuilder();
    for (String dimension : value.dimensions()) {
      boolean isNumber = dimension.matches("\\d{1,9}");
      shape.message(
          1,
          isNumber
              ? new ProtobufBuilder().integer(1, Long.parseLong(dimension))
              : new ProtobufBuilder().text(2, dimension));
    }
    ProtobufBuilder tensor = new ProtobufBuilder().integer(1, FLOAT).message(2, shape);
    return new ProtobufBuilder()
        .text(1, value.name())
        .message(2, new ProtobufBuilder().message(1, tensor));
  }
}
