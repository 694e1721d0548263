package org.flowbound.exchange;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.flowbound.field.Activation;
import org.flowbound.flow.Discretization;
import org.flowbound.io.ElementType;
import org.flowbound.io.Shape;
import org.flowbound.io.Tensor;
import org.flowbound.io.TensorFile;
import org.flowbound.io.UnusableFileException;
import org.flowbound.linalg.Matrix;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a classifier: {@code input.weight [d, pixels]}, {@code input.bias [d]}, {@code
 * ode.weight [d, d]}, {@code ode.bias [d]}, {@code output.weight [classes, d]}, {@code output.bias
 * [classes]}.
 */
public final class ClassifierTensors {
  /** Their names, in this order. */
  public static final List<String> NAMES =
      List.of(
          "input.weight", "input.bias", "ode.weight", "ode.bias", "output.weight", "output.bias");

  private static final int MAX_NAMED = 20;

  private ClassifierTensors() {}

  /** The tensors of a classifier, in single precision. */
  public static List<Tensor> of(Classifier classifier) {
    return List.of(
        matrix("input.weight", classifier.inputWeight()),
        row("input.bias", classifier.inputBias()),
        matrix("ode.weight", classifier.odeWeight()),
        row("ode.bias", classifier.odeBias()),
        matrix("output.weight", classifier.outputWeight()),
        row("output.bias", classifier.outputBias()));
  }

  /**
   * How tensors of another tool become a classifier.
   *
   * @param names the file's name for each of {@link #NAMES} that it calls otherwise
   * @param transposed whether weights are stored with a column for each output, as Flax and Keras
   *     do
   * @param image the shape of the images; null if {@link ImageShape#of} is to say
   */
  public record Conventions(
      Map<String, String> names,
      boolean transposed,
      @Nullable ImageShape image,
      Activation activation,
      Discretization discretization,
      Normalization normalization) {
    /**
     * @throws IllegalArgumentException if a name is none of {@link #NAMES}
     */
    public Conventions {
      names = Map.copyOf(names);
      for (String name : names.keySet()) {
        if (!NAMES.contains(name)) {
          throw new IllegalArgumentException(
              "A classifier has no tensor '%s'; there are %s."
                  .formatted(name, String.join(", ", NAMES)));
        }
      }
    }
  }

  /**
   * Reads a classifier from a file that holds its tensors; dots in their names may be underscores,
   * as MATLAB wants it, and biases may be matrices of one row or column.
   *
   * @throws UnusableFileException if the file cannot be read, a tensor is missing or not finite, or
   *     the shapes do not fit together
   */
  public static Classifier read(Path file, Conventions conventions) throws UnusableFileException {
    TensorFile content = TensorFile.read(file);
    List<Matrix> matrices = new ArrayList<>();
    for (String name : NAMES) {
      Tensor tensor = find(file, content, name, conventions);
      matrices.add(
          name.endsWith(".bias")
              ? vector(file, tensor)
              : weight(file, tensor, conventions.transposed()));
    }
    Matrix input = matrices.get(0);
    Matrix output = matrices.get(4);
    ImageShape image = conventions.image();
    if (image == null) {
      image = ImageShape.of(input.columns());
    }
    try {
      return new Classifier(
          new Architecture(
              image.rows(),
              image.columns(),
              output.rows(),
              matrices.get(2).rows(),
              conventions.activation(),
              conventions.discretization(),
              conventions.normalization()),
          input,
          matrices.get(1),
          matrices.get(2),
          matrices.get(3),
          output,
          matrices.get(5));
    } catch (IllegalArgumentException unfit) {
      throw new UnusableFileException(
          file, "holds no usable classifier: " + unfit.getMessage(), unfit);
    }
  }

  private static Tensor find(Path file, TensorFile content, String name, Conventions conventions)
      throws UnusableFileException {
    String other = conventions.names().get(name);
    Optional<Tensor> found =
        other == null
            ? content.tensor(name).or(() -> content.tensor(name.replace('.', '_')))
            : content.tensor(other);
    if (found.isEmpty()) {
      String held =
          content.tensors().stream()
              .limit(MAX_NAMED)
              .map(tensor -> "%s (%s)".formatted(tensor.name(), tensor.shape()))
              .collect(Collectors.joining(", "));
      throw new UnusableFileException(
          file,
          other == null
              ? "has no tensor '%s': map that name to one of %s".formatted(name, held)
              : "has no tensor '%s' for %s: it holds %s".formatted(other, name, held));
    }
    return found.get();
  }

  private static Matrix weight(Path file, Tensor tensor, boolean transposed)
      throws UnusableFileException {
    if (tensor.shape().rank() != 2 || tensor.shape().elements() == 0) {
      throw new UnusableFileException(
          file,
          "its tensor '%s' has shape %s, not that of a matrix"
              .formatted(tensor.name(), tensor.shape()));
    }
    Matrix matrix = tensor.toMatrix();
    return transposed ? matrix.transpose() : matrix;
  }

  private static Matrix vector(Path file, Tensor tensor) throws UnusableFileException {
    long entries = tensor.shape().elements();
    if (entries == 0 || tensor.shape().dimensions().stream().noneMatch(n -> n == entries)) {
      throw new UnusableFileException(
          file,
          "its tensor '%s' has shape %s, not that of a vector"
              .formatted(tensor.name(), tensor.shape()));
    }
    return Matrix.of(1, (int) entries, tensor.values());
  }

  private static Tensor matrix(String name, Matrix matrix) {
    return Tensor.of(
        name, Shape.of(matrix.rows(), matrix.columns()), ElementType.FLOAT32, matrix.toArray());
  }

  private static Tensor row(String name, Matrix row) {
    return Tensor.of(name, Shape.of(row.columns()), ElementType.FLOAT32, row.toArray());
  }
}
