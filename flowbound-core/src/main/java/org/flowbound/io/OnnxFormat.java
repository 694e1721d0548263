package org.flowbound.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The constants of an ONNX model: the initializers and the {@code Constant} nodes of its main
 * graph, the latter by the name of their output. Constants alone make no model, and so are not
 * written, but one in a model can be replaced; {@link OnnxGraph} reads and writes whole models.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">The format</a>
 */
final class OnnxFormat implements TensorFormat {
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_METADATA = 14;
  private static final int ENTRY_KEY = 1;
  private static final int ENTRY_VALUE = 2;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int NODE_OUTPUT = 2;
  private static final int NODE_TYPE = 4;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int ATTRIBUTE_TENSOR = 5;

  /** The constants by name, in the model's order, and its metadata. */
  private record Model(Map<String, OnnxTensor> constants, Map<String, String> metadata) {
    static Model read(InputFile file) throws IOException {
      Model model = new Model(new LinkedHashMap<>(), new LinkedHashMap<>());
      try (FileChannel channel = FileChannel.open(file.path())) {
        ProtobufMessage message = ProtobufMessage.of(channel, file.size());
        boolean hasGraph = false;
        long metadataBytes = 0;
        while (message.next()) {
          switch (message.field()) {
            case MODEL_GRAPH -> {
              model.readGraph(message.message());
              hasGraph = true;
            }
            case MODEL_METADATA -> {
              metadataBytes += message.length();
              Heap.requireBytes(4 * metadataBytes);
              model.readMetadata(message.message());
            }
            default -> {}
          }
        }
        if (!hasGraph) {
          throw new MalformedException("is no ONNX model: it has no graph");
        }
      }
      return model;
    }

    private void readMetadata(ProtobufMessage entry) throws IOException {
      String key = "";
      String value = "";
      while (entry.next()) {
        switch (entry.field()) {
          case ENTRY_KEY -> key = entry.text();
          case ENTRY_VALUE -> value = entry.text();
          default -> {}
        }
      }
      metadata.put(key, value);
    }

    private void readGraph(ProtobufMessage graph) throws IOException {
      while (graph.next()) {
        switch (graph.field()) {
          case GRAPH_INITIALIZER -> {
            OnnxTensor tensor = OnnxTensor.read(graph.message());
            add(tensor.name(), tensor);
          }
          case GRAPH_NODE -> readNode(graph.message());
          default -> {}
        }
      }
    }

    private void readNode(ProtobufMessage node) throws IOException {
      String type = "";
      String output = "";
      List<ProtobufMessage> attributes = new ArrayList<>();
      while (node.next()) {
        switch (node.field()) {
          case NODE_TYPE -> type = node.text();
          case NODE_OUTPUT -> output = node.text();
          case NODE_ATTRIBUTE -> attributes.add(node.message());
          default -> {}
        }
      }
      if (!type.equals("Constant")) {
        return;
      }
      for (ProtobufMessage attribute : attributes) {
        while (attribute.next()) {
          if (attribute.field() == ATTRIBUTE_TENSOR) {
            add(output, OnnxTensor.read(attribute.message()));
          }
        }
      }
    }

    private void add(String name, OnnxTensor tensor) throws MalformedException {
      Heap.requireTensors(constants.size());
      if (constants.put(name, tensor) != null) {
        throw new MalformedException(
            "is corrupt: it holds the constant %s more than once".formatted(Quotation.of(name)));
      }
    }
  }

  @Override
  public Contents list(InputFile file) throws IOException {
    Model model = Model.read(file);
    List<StoredTensor> tensors = new ArrayList<>();
    Map<String, String> unsupported = new LinkedHashMap<>();
    model
        .constants()
        .forEach(
            (name, tensor) -> {
              if (tensor.unsupported().isEmpty()) {
                tensors.add(
                    new StoredTensor(name, tensor.shape(), tensor.type(), () -> tensor.load(file)));
              } else {
                unsupported.put(name, tensor.unsupported());
              }
            });
    return new Contents(tensors, unsupported, model.metadata());
  }

  @Override
  public boolean isWritable() {
    return false;
  }

  @Override
  public void write(TensorFile content, OutputStream out) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void replace(InputFile source, Tensor replacement, OutputStream out) throws IOException {
    OnnxTensor tensor = Model.read(source).constants().get(replacement.name());
    if (tensor == null) {
      throw new MalformedException("changed while it was read");
    }
    if (tensor.type() != replacement.type()) {
      throw new MalformedException(
          "holds %s as %s, which cannot take real numbers: export it as float first"
              .formatted(Quotation.of(replacement.name()), tensor.type()));
    }
    tensor.replace(source, replacement.sharedValues(), out);
  }
}
