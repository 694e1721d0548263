package org.flowbound.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.flowbound.io.UnusableFileException;

/**
 * Reads the four IDX files in which MNIST, its relatives and many data sets of the same form come:
 * training images and labels, test images and labels.
 *
 * <p>Each file is found under its canonical name, spelt {@code train-images-idx3-ubyte} or {@code
 * train-images.idx3-ubyte}, with or without {@code .gz}; whether it is gzipped is told by its
 * content.
 */
public final class IdxDataset {
  private final Map<IdxPart, Path> paths = new EnumMap<>(IdxPart.class);
  private final Map<IdxPart, IdxFile> files = new EnumMap<>(IdxPart.class);

  private IdxDataset(Path folder) throws UnusableFileException {
    if (!Files.isDirectory(folder)) {
      throw new UnusableFileException(folder, "no such folder");
    }
    for (IdxPart part : IdxPart.values()) {
      Path path = folder.resolve(part.canonicalName());
      paths.put(
          part,
          part.find(folder)
              .orElseThrow(() -> new UnusableFileException(path, "no such file, nor without .gz")));
    }
    for (IdxPart part : IdxPart.values()) {
      files.put(part, IdxFile.read(paths.get(part), part.dimensions()));
    }
  }

  /** A data set and the digests of the decompressed files that it came from. */
  record Loaded(Dataset dataset, Map<IdxPart, String> digests) {}

  /**
   * Reads the data set in a folder. Images may have any size. The classes are those of {@code
   * mnist} or {@code fashion-mnist} where that is the name, else 0 to the largest label of the
   * training images, each of which must occur.
   *
   * @throws UnusableFileException if one of the files is missing, truncated, corrupt or has
   *     trailing bytes, or if sizes, counts or labels do not fit together; it names the file
   */
  public static Dataset read(Path folder, String name) throws UnusableFileException {
    List<String> classNames =
        PublishedDataset.named(name).map(PublishedDataset::classNames).orElse(List.of());
    return load(folder, name, classNames).dataset();
  }

  /**
   * @param knownClasses their names, or none if they are those that the training labels show
   */
  static Loaded load(Path folder, String name, List<String> knownClasses)
      throws UnusableFileException {
    IdxDataset idx = new IdxDataset(folder);
    List<String> classNames = knownClasses.isEmpty() ? idx.numberedClasses() : knownClasses;
    idx.requireOneImageSize();
    LabeledImages training =
        idx.labeled(IdxPart.TRAINING_IMAGES, IdxPart.TRAINING_LABELS, classNames.size());
    LabeledImages test = idx.labeled(IdxPart.TEST_IMAGES, IdxPart.TEST_LABELS, classNames.size());
    Map<IdxPart, String> digests = new EnumMap<>(IdxPart.class);
    idx.files.forEach((part, file) -> digests.put(part, file.sha256()));
    return new Loaded(new Dataset(name, folder.toString(), training, test, classNames), digests);
  }

  private List<String> numberedClasses() throws UnusableFileException {
    try {
      int classes = LabeledImages.numberedClasses(files.get(IdxPart.TRAINING_LABELS).content());
      return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    } catch (IllegalArgumentException gap) {
      throw new UnusableFileException(
          paths.get(IdxPart.TRAINING_LABELS), String.valueOf(gap.getMessage()), gap);
    }
  }

  private void requireOneImageSize() throws UnusableFileException {
    int[] training = files.get(IdxPart.TRAINING_IMAGES).dimensions();
    int[] test = files.get(IdxPart.TEST_IMAGES).dimensions();
    if (training[1] != test[1] || training[2] != test[2]) {
      throw new UnusableFileException(
          paths.get(IdxPart.TEST_IMAGES),
          "has images of %d x %d, but those of %s are %d x %d"
              .formatted(
                  test[1], test[2], paths.get(IdxPart.TRAINING_IMAGES), training[1], training[2]));
    }
  }

  private LabeledImages labeled(IdxPart imagesPart, IdxPart labelsPart, int classes)
      throws UnusableFileException {
    IdxFile images = files.get(imagesPart);
    int[] shape = images.dimensions();
    byte[] labels = files.get(labelsPart).content();
    if (labels.length != shape[0]) {
      throw new UnusableFileException(
          paths.get(labelsPart),
          "has %d labels for the %d images of %s"
              .formatted(labels.length, shape[0], paths.get(imagesPart)));
    }
    for (int i = 0; i < labels.length; i++) {
      if (Byte.toUnsignedInt(labels[i]) >= classes) {
        throw new UnusableFileException(
            paths.get(labelsPart),
            "label %d of image %d is out of range: there are %d classes, numbered from 0"
                .formatted(Byte.toUnsignedInt(labels[i]), i, classes));
      }
    }
    return new LabeledImages(shape[1], shape[2], classes, images.content(), labels);
  }
}
