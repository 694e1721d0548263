package org.flowbound.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipException;

/** A file that has been recognised and listed; the one place where its failures get their name. */
final class StoredFile {
  private final InputFile file;
  private final FileFormat format;
  private final Contents contents;

  private StoredFile(InputFile file, FileFormat format, Contents contents) {
    this.file = file;
    this.format = format;
    this.contents = contents;
  }

  static StoredFile open(Path path) throws UnusableFileException {
    InputFile file = InputFile.of(path);
    try {
      FileFormat format = FileFormat.of(file);
      Contents contents = format.format().list(file);
      requireDistinctNames(contents);
      return new StoredFile(file, format, contents);
    } catch (IOException failure) {
      throw unusable(path, failure);
    }
  }

  private static void requireDistinctNames(Contents contents) throws MalformedException {
    Set<String> names = new HashSet<>(contents.unsupported().keySet());
    for (StoredTensor tensor : contents.tensors()) {
      if (!names.add(tensor.name())) {
        throw new MalformedException(
            "holds the name %s more than once".formatted(Quotation.of(tensor.name())));
      }
    }
  }

  FileFormat format() {
    return format;
  }

  Contents contents() {
    return contents;
  }

  Tensor load(StoredTensor tensor) throws UnusableFileException {
    try {
      return tensor.load();
    } catch (IOException failure) {
      throw unusable(file.path(), failure);
    }
  }

  List<Tensor> loadAll() throws UnusableFileException {
    try {
      long elements = 0;
      for (StoredTensor tensor : contents.tensors()) {
        elements += tensor.shape().elements();
        Heap.requireNumbers(elements);
      }
    } catch (IOException failure) {
      throw unusable(file.path(), failure);
    }
    List<Tensor> tensors = new ArrayList<>();
    for (StoredTensor tensor : contents.tensors()) {
      tensors.add(load(tensor));
    }
    return tensors;
  }

  /**
   * Writes a copy to {@code target} in which {@code replacement} stands for the tensor of its name.
   *
   * @throws IOException if {@code target} cannot be written
   */
  void replace(Tensor replacement, Path target) throws IOException, UnusableFileException {
    try {
      AtomicFile.write(target, out -> format.format().replace(file, replacement, out));
    } catch (MalformedException | EOFException | ZipException failure) {
      throw unusable(file.path(), failure);
    }
  }

  UnusableFileException problem(String reason) {
    return new UnusableFileException(file.path(), reason);
  }

  /** The failure of reading a file, in one line. */
  static UnusableFileException unusable(Path path, IOException failure) {
    String reason;
    if (failure instanceof MalformedException) {
      reason = failure.getMessage();
    } else if (failure instanceof EOFException) {
      reason = "is truncated or corrupt: it ends before its content does";
    } else if (failure instanceof ZipException) {
      reason = "is truncated or corrupt: " + failure.getMessage();
    } else if (failure instanceof JsonProcessingException json) {
      reason = "has a corrupt header: " + json.getOriginalMessage();
    } else {
      reason = "cannot be read: " + failure.getMessage();
    }
    return new UnusableFileException(path, reason, failure);
  }
}
