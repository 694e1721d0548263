package org.flowbound.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The arrays of NumPy's {@code .npz}, read entry by entry: for images, which as a {@link
 * TensorFile} would take eight times their size.
 */
public final class ArrayArchive {
  private final InputFile file;
  private final Contents contents;

  private ArrayArchive(InputFile file, Contents contents) {
    this.file = file;
    this.contents = contents;
  }

  /**
   * An array that has not been read yet.
   *
   * @param type in which the file stores the entries
   */
  public record Array(String name, Shape shape, ElementType type) {}

  /** Takes the entries of an array. */
  @FunctionalInterface
  public interface Entries {
    /**
     * @param index in row-major order, though the entries may come in another one
     */
    void entry(int index, double value);
  }

  /**
   * Lists a file.
   *
   * @throws UnusableFileException if it is missing, unreadable, corrupt or no {@code .npz}
   */
  public static ArrayArchive open(Path path) throws UnusableFileException {
    InputFile file = InputFile.of(path);
    try {
      if (FileFormat.of(file) != FileFormat.NPZ) {
        throw new MalformedException("is no .npz: write it with numpy.savez");
      }
      return new ArrayArchive(file, FileFormat.NPZ.format().list(file));
    } catch (IOException failure) {
      throw StoredFile.unusable(path, failure);
    }
  }

  /** The names of all arrays, readable or not. */
  public List<String> names() {
    return Stream.concat(
            contents.tensors().stream().map(StoredTensor::name),
            contents.unsupported().keySet().stream())
        .toList();
  }

  /**
   * The array of that name.
   *
   * @throws UnusableFileException if it does not hold real numbers
   */
  public Optional<Array> array(String name) throws UnusableFileException {
    String unsupported = contents.unsupported().get(name);
    if (unsupported != null) {
      throw new UnusableFileException(
          file.path(), "its array %s %s".formatted(Quotation.of(name), unsupported));
    }
    return contents.tensors().stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .map(tensor -> new Array(name, tensor.shape(), tensor.type()));
  }

  /**
   * Reads all entries of an array.
   *
   * @throws IllegalArgumentException if it has 2^31 entries or more
   * @throws UnusableFileException if the file is truncated, corrupt or unreadable
   */
  public void read(Array array, Entries entries) throws UnusableFileException {
    if (array.shape().elements() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "An array of shape %s has too many entries.".formatted(array.shape()));
    }
    try {
      NpzFormat.forEach(file, array.name(), entries);
    } catch (IOException failure) {
      throw StoredFile.unusable(file.path(), failure);
    }
  }
}
