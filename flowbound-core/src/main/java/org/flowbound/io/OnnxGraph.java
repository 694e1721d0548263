package org.flowbound.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The main graph of an ONNX model.
 *
 * @param inputs what must be given; constants are not among them
 * @param outputs what comes out
 * @param constants initializers and the tensors of {@code Constant} nodes, the latter by the name
 *     of their output
 * @param nodes all other operations, in an order in which they can be run
 * @param metadata text about the model
 * @see <a href="https://github.com/onnx/onnx/blob/main/docs/IR.md">The representation</a>
 */
public record OnnxGraph(
    List<Value> inputs,
    List<Value> outputs,
    List<Tensor> constants,
    List<OnnxNode> nodes,
    Map<String, String> metadata) {
  /** The oldest version of the operators that a model can be written for. */
  public static final int MIN_OPSET = 13;

  /** The newest version of the operators that a model can be written for. */
  public static final int MAX_OPSET = 24;

  /**
   * An input or output.
   *
   * @param dimensions each a number or a name, such as {@code batch}; empty where it is unknown
   */
  public record Value(String name, List<String> dimensions) {
    public Value {
      dimensions = List.copyOf(dimensions);
    }
  }

  /**
   * @throws IllegalArgumentException if two constants have the same name
   */
  public OnnxGraph {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    constants = List.copyOf(constants);
    nodes = List.copyOf(nodes);
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    Set<String> names = new HashSet<>();
    for (Tensor constant : constants) {
      if (!names.add(constant.name())) {
        throw new IllegalArgumentException(
            "Two constants have the name '%s'.".formatted(constant.name()));
      }
    }
  }

  /**
   * Reads a model. Constants that are no real numbers are left out.
   *
   * @throws UnusableFileException if the file cannot be read or is no ONNX model
   */
  public static OnnxGraph read(Path file) throws UnusableFileException {
    TensorFile constants = TensorFile.read(file);
    return OnnxReader.read(file, constants);
  }

  /**
   * Whether the file's extension, or its beginning, is that of an ONNX model.
   *
   * @throws UnusableFileException if the file cannot be read
   */
  public static boolean isOnnx(Path file) throws UnusableFileException {
    return StoredFile.open(file).format() == FileFormat.ONNX;
  }

  /**
   * Writes the model, with all constants as initializers and single precision for what goes in and
   * comes out. It can write what classifiers need, and not every graph that it can read: attributes
   * are those of Gemm and of leaky units, constants are real numbers.
   *
   * @param opset the version of the operators, in [{@link #MIN_OPSET}, {@link #MAX_OPSET}]
   * @throws IllegalArgumentException if the version is out of its range, the graph holds something
   *     else, or it is too large for one file
   * @throws IOException if writing fails; {@code file} is then as it was
   */
  public void write(Path file, int opset) throws IOException {
    byte[] model = OnnxWriter.bytes(this, opset);
    AtomicFile.write(file, out -> out.write(model));
  }
}
