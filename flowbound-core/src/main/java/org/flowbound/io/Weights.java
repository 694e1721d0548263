package org.flowbound.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.flowbound.linalg.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * Weight matrices in files of any known format ({@link TensorFile}).
 *
 * <p>A weight matrix is a tensor with two dimensions, neither of them 0, and finite entries; a
 * scalar counts as a 1 x 1 matrix. Where a file holds several tensors and none is named, {@code
 * ode.weight} is taken, else the only square matrix of order 2 or more.
 */
public final class Weights {
  private static final String DEFAULT_NAME = "ode.weight";

  private Weights() {}

  /**
   * Reads a matrix from {@code FILE} or {@code FILE#NAME}.
   *
   * @throws IllegalArgumentException if the file's part of {@code argument} is empty or no path
   * @throws UnusableFileException see {@link #read(Path, String)}
   */
  public static Matrix read(String argument) throws UnusableFileException {
    TensorReference reference = TensorReference.parse(argument);
    return read(reference.file(), reference.tensor());
  }

  /**
   * Reads a matrix.
   *
   * @param tensor its name; null if the file leaves no choice
   * @throws UnusableFileException if the file cannot be read, no such tensor is in it, several
   *     could be meant, or the tensor is no matrix of finite numbers
   */
  public static Matrix read(Path file, @Nullable String tensor) throws UnusableFileException {
    StoredFile stored = StoredFile.open(file);
    Tensor loaded = stored.load(select(stored, tensor));
    requireFinite(stored, loaded);
    return loaded.toMatrix();
  }

  /**
   * Writes a matrix as {@code float64}, in the format that the extension of {@code file} names.
   *
   * @param name the tensor's name, where the format has names; MATLAB's replace what MATLAB does
   *     not allow by underscores
   * @throws IllegalArgumentException if an entry is not finite, or the extension is none of {@code
   *     .npy}, {@code .npz}, {@code .safetensors}, {@code .mat}, {@code .csv}, {@code .tsv}, {@code
   *     .txt}
   * @throws IOException if writing fails; {@code file} is then as it was
   */
  public static void write(Path file, String name, Matrix matrix) throws IOException {
    requireFinite(matrix);
    new TensorFile(List.of(Tensor.of(name, matrix)), Map.of()).write(file);
  }

  /**
   * Writes a copy of {@code source} in which {@code matrix} takes the place of one tensor and
   * nothing else differs. The tensor keeps its floating-point type, to which the entries are
   * rounded; integers become {@code float64} (in safetensors and ONNX they are refused).
   *
   * @param tensor the tensor's name, chosen as in {@link #read(Path, String)} if null
   * @param target the file to be written, of the same format; may be {@code source}
   * @return the matrix as written, that is rounded
   * @throws IllegalArgumentException if the shape of {@code matrix} is not the tensor's, an entry
   *     is not finite or beyond the tensor's type, or {@code target} names another format
   * @throws UnusableFileException if {@code source} cannot be used, see {@link #read(Path, String)}
   * @throws IOException if writing fails; {@code target} is then as it was
   */
  public static Matrix replace(Path source, @Nullable String tensor, Matrix matrix, Path target)
      throws IOException, UnusableFileException {
    requireFinite(matrix);
    StoredFile stored = StoredFile.open(source);
    StoredTensor selected = select(stored, tensor);
    Tensor replacement = replacement(selected, matrix);
    Optional<FileFormat> named = FileFormat.ofExtension(target);
    if (!named.equals(Optional.of(stored.format()))
        && !named.equals(FileFormat.ofExtension(source))) {
      throw new IllegalArgumentException(
          "'%s' names another format than '%s': use the same extension.".formatted(target, source));
    }
    stored.replace(replacement, target);
    return replacement.toMatrix();
  }

  /**
   * The type in which {@link #replace} stores the entries of this tensor: its own, or {@code
   * float64} for integers.
   *
   * @param tensor the tensor's name, chosen as in {@link #read(Path, String)} if null
   * @throws UnusableFileException see {@link #read(Path, String)}
   */
  public static ElementType storedType(Path source, @Nullable String tensor)
      throws UnusableFileException {
    return storedType(select(StoredFile.open(source), tensor));
  }

  private static ElementType storedType(StoredTensor tensor) {
    return tensor.type().isFloatingPoint() ? tensor.type() : ElementType.FLOAT64;
  }

  private static Tensor replacement(StoredTensor selected, Matrix matrix) {
    Tensor exact = Tensor.of(selected.name(), matrix);
    boolean sameShape =
        selected.shape().rank() == 0
            ? matrix.rows() == 1 && matrix.columns() == 1
            : selected.shape().equals(exact.shape());
    if (!sameShape) {
      throw new IllegalArgumentException(
          "A %d x %d matrix cannot replace a tensor of shape %s."
              .formatted(matrix.rows(), matrix.columns(), selected.shape()));
    }
    ElementType type = storedType(selected);
    Tensor rounded = Tensor.of(selected.name(), selected.shape(), type, exact.sharedValues());
    if (!rounded.toMatrix().isFinite()) {
      throw new IllegalArgumentException(
          "An entry of size %s cannot be stored as %s.".formatted(matrix.maxAbs(), type));
    }
    return rounded;
  }

  private static StoredTensor select(StoredFile file, @Nullable String name)
      throws UnusableFileException {
    StoredTensor selected = name == null ? choose(file) : find(file, name);
    Shape shape = selected.shape();
    if (shape.rank() != 0 && shape.rank() != 2) {
      throw file.problem(
          "its tensor %s has shape %s: a matrix has two dimensions"
              .formatted(Quotation.of(selected.name()), shape));
    }
    if (shape.elements() == 0) {
      throw file.problem(
          "its tensor %s is empty, of shape %s".formatted(Quotation.of(selected.name()), shape));
    }
    return selected;
  }

  private static StoredTensor find(StoredFile file, String name) throws UnusableFileException {
    String unsupported = file.contents().unsupported().get(name);
    if (unsupported != null) {
      throw file.problem("its tensor %s %s".formatted(Quotation.of(name), unsupported));
    }
    for (StoredTensor tensor : file.contents().tensors()) {
      if (tensor.name().equals(name)) {
        return tensor;
      }
    }
    throw file.problem("has no tensor %s: it holds %s".formatted(Quotation.of(name), names(file)));
  }

  private static StoredTensor choose(StoredFile file) throws UnusableFileException {
    List<StoredTensor> tensors = file.contents().tensors();
    if (tensors.size() == 1) {
      return tensors.get(0);
    }
    for (StoredTensor tensor : tensors) {
      if (tensor.name().equals(DEFAULT_NAME)) {
        return tensor;
      }
    }
    List<StoredTensor> square =
        tensors.stream()
            .filter(tensor -> tensor.shape().isSquareMatrix() && tensor.shape().elements() > 1)
            .toList();
    if (square.size() == 1) {
      return square.get(0);
    }
    throw file.problem(
        tensors.isEmpty()
            ? "holds no tensor of numbers: it holds " + names(file)
            : "holds several tensors: name one as FILE#NAME; it holds " + names(file));
  }

  private static String names(StoredFile file) {
    List<String> names =
        Stream.concat(
                file.contents().tensors().stream()
                    .map(
                        tensor -> "%s (%s)".formatted(Quotation.of(tensor.name()), tensor.shape())),
                file.contents().unsupported().keySet().stream()
                    .map(name -> Quotation.of(name) + " (unsupported)"))
            .toList();
    return names.isEmpty() ? "nothing" : Quotation.list(names);
  }

  private static void requireFinite(StoredFile file, Tensor tensor) throws UnusableFileException {
    double[] values = tensor.sharedValues();
    long columns = tensor.shape().rank() == 2 ? tensor.shape().dimension(1) : 1;
    for (int k = 0; k < values.length; k++) {
      if (!Double.isFinite(values[k])) {
        throw file.problem(
            "its tensor %s holds %s in row %d, column %d (counted from 1)"
                .formatted(
                    Quotation.of(tensor.name()), values[k], k / columns + 1, k % columns + 1));
      }
    }
  }

  private static void requireFinite(Matrix matrix) {
    if (!matrix.isFinite()) {
      throw new IllegalArgumentException("Weights must be finite: an entry is NaN or infinite.");
    }
  }
}
