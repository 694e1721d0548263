package org.flowbound.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One of the four files that an IDX data set consists of. */
enum IdxPart {
  TRAINING_IMAGES("train-images", 3),
  TRAINING_LABELS("train-labels", 1),
  TEST_IMAGES("t10k-images", 3),
  TEST_LABELS("t10k-labels", 1);

  private final String stem;
  private final int dimensions;

  IdxPart(String stem, int dimensions) {
    this.stem = stem;
    this.dimensions = dimensions;
  }

  /** The number of dimensions of the tensor in the file. */
  int dimensions() {
    return dimensions;
  }

  /** The name of the file as the public mirrors serve it. */
  String canonicalName() {
    return "%s-idx%d-ubyte.gz".formatted(stem, dimensions);
  }

  /** The first file of a folder that bears one of the accepted names. */
  Optional<Path> find(Path folder) {
    String dashed = "%s-idx%d-ubyte".formatted(stem, dimensions);
    String dotted = "%s.idx%d-ubyte".formatted(stem, dimensions);
    return List.of(dashed, dashed + ".gz", dotted, dotted + ".gz").stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** Whether a folder holds all four files. */
  static boolean holdsAll(Path folder) {
    return Stream.of(values()).allMatch(part -> part.find(folder).isPresent());
  }
}
