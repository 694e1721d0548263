package org.flowbound.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The content of a file: tensors of distinct names, in the file's order, and text about them.
 *
 * <p>The formats are NumPy's {@code .npy} and {@code .npz}, {@code .safetensors}, MATLAB's {@code
 * .mat} (version 5), text ({@code .csv}, {@code .tsv}, {@code .txt}) and, for reading only, {@code
 * .onnx}. A format without names gives its one tensor the name of the file.
 *
 * @param metadata only {@code .safetensors} and {@code .onnx} have any
 */
public record TensorFile(List<Tensor> tensors, Map<String, String> metadata) {
  /**
   * @throws IllegalArgumentException if two tensors have the same name
   */
  public TensorFile {
    tensors = List.copyOf(tensors);
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    Set<String> names = new HashSet<>();
    for (Tensor tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException(
            "Two tensors have the name '%s'.".formatted(tensor.name()));
      }
    }
  }

  /**
   * Reads all of a file, whose format its first bytes or its extension tell. What is no array of
   * real numbers (text, complex numbers, structures) is left out.
   *
   * @throws UnusableFileException if the file is missing, unreadable, corrupt, of an unknown format
   *     or too large for the memory
   */
  public static TensorFile read(Path file) throws UnusableFileException {
    StoredFile stored = StoredFile.open(file);
    return new TensorFile(stored.loadAll(), stored.contents().metadata());
  }

  /**
   * What a file says about its tensors, without reading them.
   *
   * @throws UnusableFileException if the file is missing, unreadable, corrupt or of an unknown
   *     format
   */
  public static Map<String, String> readMetadata(Path file) throws UnusableFileException {
    return StoredFile.open(file).contents().metadata();
  }

  /**
   * Writes the file, in the format that its extension names.
   *
   * @throws IllegalArgumentException if the extension is unknown or the format cannot hold this
   * @throws IOException if writing fails; {@code file} is then as it was
   */
  public void write(Path file) throws IOException {
    TensorFormat format =
        FileFormat.ofExtension(file)
            .map(FileFormat::format)
            .filter(TensorFormat::isWritable)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "'%s' cannot be written: its name must end in one of %s."
                            .formatted(file, FileFormat.writableExtensions())));
    AtomicFile.write(file, out -> format.write(this, out));
  }

  /** Whether the extension of {@code file} names a format that {@link #write} knows. */
  public static boolean isWritable(Path file) {
    return FileFormat.ofExtension(file).filter(f -> f.format().isWritable()).isPresent();
  }

  /** The tensor of that name. */
  public Optional<Tensor> tensor(String name) {
    return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst();
  }

  /** The only tensor, for a format that holds one. */
  Tensor requireSingle(String extension) {
    requireNoMetadata(extension);
    if (tensors.size() != 1) {
      throw new IllegalArgumentException(
          "A %s file holds one array, not %d: use .npz or .safetensors."
              .formatted(extension, tensors.size()));
    }
    return tensors.get(0);
  }

  void requireNoMetadata(String extension) {
    if (!metadata.isEmpty()) {
      throw new IllegalArgumentException(
          "A %s file cannot hold metadata: use .safetensors.".formatted(extension));
    }
  }
}
