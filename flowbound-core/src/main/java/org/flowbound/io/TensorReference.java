package org.flowbound.io;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file and, where one is named, a tensor in it.
 *
 * @param tensor the tensor's name, or null for the one that {@link Weights} picks
 */
public record TensorReference(Path file, @Nullable String tensor) {
  /**
   * Reads {@code FILE} or {@code FILE#NAME}. A file whose own name holds a {@code #} is found too:
   * of the ways to read the argument the one with the longest existing file is taken.
   *
   * @throws IllegalArgumentException if the file's part is empty or no path
   */
  public static TensorReference parse(String argument) {
    if (Files.exists(Path.of(argument))) {
      return new TensorReference(requireNonEmpty(argument), null);
    }
    for (int hash = argument.lastIndexOf('#');
        hash > 0;
        hash = argument.lastIndexOf('#', hash - 1)) {
      if (Files.isRegularFile(Path.of(argument.substring(0, hash)))) {
        return split(argument, hash);
      }
    }
    int hash = argument.lastIndexOf('#');
    return hash < 0 ? new TensorReference(requireNonEmpty(argument), null) : split(argument, hash);
  }

  private static TensorReference split(String argument, int hash) {
    return new TensorReference(
        requireNonEmpty(argument.substring(0, hash)), argument.substring(hash + 1));
  }

  private static Path requireNonEmpty(String file) {
    if (file.isEmpty()) {
      throw new IllegalArgumentException("The name of the weights' file is empty.");
    }
    return Path.of(file);
  }

  @Override
  public String toString() {
    return tensor == null ? file.toString() : file + "#" + tensor;
  }
}
