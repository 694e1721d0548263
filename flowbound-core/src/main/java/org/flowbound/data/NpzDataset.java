package org.flowbound.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.flowbound.io.ArrayArchive;
import org.flowbound.io.ArrayArchive.Array;
import org.flowbound.io.Shape;
import org.flowbound.io.UnusableFileException;

/**
 * Reads images and labels from one NumPy {@code .npz} file.
 *
 * <p>The arrays are {@code x_train}, {@code y_train}, {@code x_test} and {@code y_test}, or {@code
 * train_images}, {@code train_labels}, {@code test_images} and {@code test_labels}; others are left
 * alone. Images are {@code [n, rows, columns]}, with a further axis of length 1 before or behind
 * the pixels if need be, or {@code [n, pixels]}, which are taken as square images where that is
 * possible, else as one row. Entries are integers 0 to 255 or floating-point numbers in [0, 1],
 * which are rounded to multiples of 1/255; where that changes them, {@link Dataset#source()} says
 * so. Labels, {@code [n]} or {@code [n, 1]}, are integers 0 to k − 1, of which each occurs among
 * the training labels.
 */
public final class NpzDataset {
  private static final String EXTENSION = ".npz";
  private static final int MAX_CLASSES = 256;

  /** Single-precision multiples of 1/255 differ from the exact ones by less. */
  private static final double ROUNDING = 1e-6;

  private final Path file;
  private final ArrayArchive archive;
  private boolean rounded;

  private NpzDataset(Path file) throws UnusableFileException {
    this.file = file;
    this.archive = ArrayArchive.open(file);
  }

  /** The {@code .npz} files that a path names: itself if it is a file, else those within it. */
  static List<Path> files(Path path) throws UnusableFileException {
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(Files::isRegularFile)
          .filter(f -> f.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(EXTENSION))
          .sorted()
          .toList();
    } catch (IOException failure) {
      throw new UnusableFileException(path, "cannot be listed", failure);
    }
  }

  /**
   * Reads the data set in a file.
   *
   * @param path the file, or a folder that holds one {@code .npz} file
   * @throws UnusableFileException if there is no such file or it does not hold what it should; the
   *     message names the array
   */
  public static Dataset read(Path path, String name) throws UnusableFileException {
    if (!Files.exists(path)) {
      throw new UnusableFileException(path, "no such file or folder");
    }
    List<Path> files = files(path);
    if (files.size() != 1) {
      throw new UnusableFileException(
          path,
          files.isEmpty()
              ? "holds no .npz file"
              : "holds several .npz files; name one of them: "
                  + String.join(
                      ", ", files.stream().map(f -> f.getFileName().toString()).toList()));
    }
    return new NpzDataset(files.get(0)).load(name);
  }

  private Dataset load(String name) throws UnusableFileException {
    Array trainingImages = find("x_train", "train_images");
    final Array trainingLabels = find("y_train", "train_labels");
    Array testImages = find("x_test", "test_images");
    final Array testLabels = find("y_test", "test_labels");
    int[] size = imageSize(trainingImages);
    if (!Arrays.equals(size, imageSize(testImages))) {
      throw problem(
          "%s and %s differ in the size of their images: %s and %s"
              .formatted(
                  trainingImages.name(),
                  testImages.name(),
                  trainingImages.shape(),
                  testImages.shape()));
    }
    byte[] training = labels(trainingLabels, trainingImages);
    int classes = classes(trainingLabels.name(), training);
    byte[] test = labels(testLabels, testImages);
    for (int i = 0; i < test.length; i++) {
      if (Byte.toUnsignedInt(test[i]) >= classes) {
        throw problem(
            "label %d of image %d in %s is not among those of %s, 0 to %d"
                .formatted(
                    Byte.toUnsignedInt(test[i]),
                    i,
                    testLabels.name(),
                    trainingLabels.name(),
                    classes - 1));
      }
    }
    LabeledImages trainingPart =
        new LabeledImages(size[0], size[1], classes, pixels(trainingImages), training);
    LabeledImages testPart = new LabeledImages(size[0], size[1], classes, pixels(testImages), test);
    return new Dataset(
        name,
        file + (rounded ? " (pixels rounded to multiples of 1/255)" : ""),
        trainingPart,
        testPart,
        IntStream.range(0, classes).mapToObj(Integer::toString).toList());
  }

  private UnusableFileException problem(String reason) {
    return new UnusableFileException(file, reason);
  }

  private Array find(String... names) throws UnusableFileException {
    for (String name : names) {
      Array array = archive.array(name).orElse(null);
      if (array != null) {
        return array;
      }
    }
    List<String> held = archive.names();
    throw problem(
        "has no array %s; it holds %s"
            .formatted(
                String.join(" or ", names),
                held.isEmpty()
                    ? "none"
                    : String.join(", ", held.stream().limit(8).toList())
                        + (held.size() > 8 ? ", …" : "")));
  }

  /** Rows and columns. */
  private int[] imageSize(Array images) throws UnusableFileException {
    Shape shape = images.shape();
    if (shape.elements() == 0) {
      throw problem("%s is empty, of shape %s".formatted(images.name(), shape));
    }
    if (shape.elements() > Integer.MAX_VALUE - 8) {
      throw problem("%s is too large, of shape %s".formatted(images.name(), shape));
    }
    long[] axes = shape.dimensions().stream().skip(1).mapToLong(Long::longValue).toArray();
    if (axes.length == 3 && axes[2] == 1) {
      axes = Arrays.copyOf(axes, 2);
    } else if (axes.length == 3 && axes[0] == 1) {
      axes = Arrays.copyOfRange(axes, 1, 3);
    }
    if (axes.length == 2) {
      return new int[] {(int) axes[0], (int) axes[1]};
    }
    if (axes.length == 1) {
      int side = (int) Math.round(Math.sqrt((double) axes[0]));
      return (long) side * side == axes[0] ? new int[] {side, side} : new int[] {1, (int) axes[0]};
    }
    throw problem(
        "%s has shape %s: grey images are [n, rows, columns], [n, rows, columns, 1] or [n, pixels]"
            .formatted(images.name(), shape));
  }

  private byte[] labels(Array labels, Array images) throws UnusableFileException {
    Shape shape = labels.shape();
    long count = images.shape().dimension(0);
    boolean column = shape.rank() == 2 && shape.dimension(1) == 1;
    if (shape.rank() != 1 && !column) {
      throw problem("%s has shape %s: labels are [n]".formatted(labels.name(), shape));
    }
    if (shape.dimension(0) != count) {
      throw problem(
          "%s has %d labels for the %d images of %s"
              .formatted(labels.name(), shape.dimension(0), count, images.name()));
    }
    byte[] values = allocate(labels);
    FirstProblem problem = new FirstProblem();
    archive.read(
        labels,
        (index, value) -> {
          if (value >= 0 && value < MAX_CLASSES && value == Math.rint(value)) {
            values[index] = (byte) value;
          } else {
            problem.at(index, value);
          }
        });
    if (problem.index >= 0) {
      throw problem(
          "label %s of image %d in %s must be an integer in [0, %d]"
              .formatted(text(problem.value), problem.index, labels.name(), MAX_CLASSES - 1));
    }
    return values;
  }

  /** The number of classes, each of which must occur. */
  private int classes(String name, byte[] labels) throws UnusableFileException {
    try {
      return LabeledImages.numberedClasses(labels);
    } catch (IllegalArgumentException gap) {
      throw new UnusableFileException(file, name + " " + gap.getMessage(), gap);
    }
  }

  private byte[] pixels(Array images) throws UnusableFileException {
    byte[] values = allocate(images);
    boolean real = images.type().isFloatingPoint();
    double scale = real ? 255 : 1;
    FirstProblem problem = new FirstProblem();
    archive.read(
        images,
        (index, value) -> {
          double scaled = value * scale;
          if (!(scaled >= 0 && scaled <= 255)) {
            problem.at(index, value);
            return;
          }
          double nearest = Math.rint(scaled);
          rounded |= Math.abs(scaled - nearest) > 255 * ROUNDING;
          values[index] = (byte) nearest;
        });
    if (problem.index >= 0) {
      throw problem(
          "%s holds %s in image %d: %s pixels must lie in %s"
              .formatted(
                  images.name(),
                  text(problem.value),
                  problem.index / (images.shape().elements() / images.shape().dimension(0)),
                  images.type(),
                  real ? "[0, 1]; divide those in [0, 255] by 255" : "[0, 255]"));
    }
    return values;
  }

  private byte[] allocate(Array array) throws UnusableFileException {
    try {
      return new byte[(int) array.shape().elements()];
    } catch (OutOfMemoryError e) {
      throw new UnusableFileException(
          file,
          "needs %d bytes for %s, more than Java's memory has left"
              .formatted(array.shape().elements(), array.name()),
          e);
    }
  }

  private static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  /** The entry of least index that cannot be used. */
  private static final class FirstProblem {
    int index = -1;
    double value;

    void at(int atIndex, double atValue) {
      if (index < 0 || atIndex < index) {
        index = atIndex;
        value = atValue;
      }
    }
  }
}
