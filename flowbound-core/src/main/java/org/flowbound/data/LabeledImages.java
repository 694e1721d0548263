package org.flowbound.data;

import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Grey-scale images of one size, each with a class label; pixels are bytes, 0 to 255.
 *
 * @param rows pixel rows of an image
 * @param columns pixel columns of an image
 * @param classes number of classes; labels lie in [0, classes)
 * @param pixels {@code count · rows · columns} unsigned bytes, image by image, row by row; not
 *     copied
 * @param labels one unsigned byte per image; not copied
 */
public record LabeledImages(int rows, int columns, int classes, byte[] pixels, byte[] labels) {
  /** Entry b is b / 255: twice as fast as dividing, and the same floats. */
  private static final float[] UNIT = new float[256];

  static {
    for (int b = 0; b < UNIT.length; b++) {
      UNIT[b] = b / 255f;
    }
  }

  /**
   * @throws IllegalArgumentException if the array lengths do not fit together or a label is out of
   *     range
   */
  public LabeledImages {
    if (rows <= 0 || columns <= 0 || classes <= 0) {
      throw new IllegalArgumentException(
          "Images need at least one row, column and class, not %d x %d and %d classes."
              .formatted(rows, columns, classes));
    }
    if (pixels.length != (long) labels.length * rows * columns) {
      throw new IllegalArgumentException(
          "%d images of %d x %d need %d pixels, not %d."
              .formatted(
                  labels.length,
                  rows,
                  columns,
                  (long) labels.length * rows * columns,
                  pixels.length));
    }
    for (int i = 0; i < labels.length; i++) {
      if (Byte.toUnsignedInt(labels[i]) >= classes) {
        throw new IllegalArgumentException(
            "Label %d of image %d must lie in [0, %d)."
                .formatted(Byte.toUnsignedInt(labels[i]), i, classes));
      }
    }
  }

  /**
   * The number k of classes where they are the labels 0, …, k − 1 themselves.
   *
   * @param labels one unsigned byte per image
   * @throws IllegalArgumentException if there is one class only, or a class has no image
   */
  static int numberedClasses(byte[] labels) {
    int[] counts = new int[256];
    int largest = 0;
    for (byte label : labels) {
      int unsigned = Byte.toUnsignedInt(label);
      counts[unsigned]++;
      largest = Math.max(largest, unsigned);
    }
    for (int k = 0; k < largest; k++) {
      if (counts[k] == 0) {
        throw new IllegalArgumentException(
            "has labels up to %d, but none is %d: number the classes 0, 1, 2, … without gaps"
                .formatted(largest, k));
      }
    }
    if (largest == 0) {
      throw new IllegalArgumentException("has one class only: every label is 0");
    }
    return largest + 1;
  }

  /** The number of images. */
  public int count() {
    return labels.length;
  }

  /** The number of pixels of one image. */
  public int size() {
    return rows * columns;
  }

  public int label(int image) {
    return Byte.toUnsignedInt(labels[image]);
  }

  /** The images with index in [from, to), copied. */
  public LabeledImages slice(int from, int to) {
    Objects.checkFromToIndex(from, to, count());
    return new LabeledImages(
        rows,
        columns,
        classes,
        Arrays.copyOfRange(pixels, from * size(), to * size()),
        Arrays.copyOfRange(labels, from, to));
  }

  /**
   * The first {@code n} images, copied.
   *
   * @throws IllegalArgumentException if n is not in [0, count()]
   */
  public LabeledImages take(int n) {
    requireAtMostCount(n, "images taken");
    return slice(0, n);
  }

  /** The images with the given indices, in that order, copied; an index may occur repeatedly. */
  public LabeledImages select(int[] order) {
    byte[] selectedPixels = new byte[Math.multiplyExact(order.length, size())];
    byte[] selectedLabels = new byte[order.length];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(pixels, order[i] * size(), selectedPixels, i * size(), size());
      selectedLabels[i] = labels[order[i]];
    }
    return new LabeledImages(rows, columns, classes, selectedPixels, selectedLabels);
  }

  /** The two parts of {@link #split}. */
  public record Split(LabeledImages training, LabeledImages validation) {}

  /**
   * Sets {@code n} images aside for validation: the last ones of a random order, since files are
   * often sorted by class or by writer, and the end of such a file stands for nothing else. Both
   * parts keep the order of this set, so that n = 0 returns it unchanged.
   *
   * @param seed of the random order; the same seed gives the same parts
   * @throws IllegalArgumentException if n is not in [0, count()]
   */
  public Split split(int n, long seed) {
    requireAtMostCount(n, "validation images");
    int[] order = new int[count()];
    Arrays.setAll(order, i -> i);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    int[] training = Arrays.copyOf(order, count() - n);
    int[] validation = Arrays.copyOfRange(order, count() - n, count());
    Arrays.sort(training);
    Arrays.sort(validation);
    return new Split(select(training), select(validation));
  }

  /**
   * Writes the images {@code order[from]}, …, {@code order[to − 1]} into the start of {@code
   * target}, image by image, row by row, each pixel as its byte divided by 255. Allocates nothing.
   *
   * @throws IndexOutOfBoundsException if [from, to) does not lie in the order, an entry of it is no
   *     image, or the target is too short
   */
  public void copyPixels(int[] order, int from, int to, float[] target) {
    Objects.checkFromToIndex(from, to, order.length);
    int size = size();
    int offset = 0;
    for (int i = from; i < to; i++) {
      int start = Objects.checkIndex(order[i], count()) * size;
      for (int p = 0; p < size; p++) {
        target[offset + p] = UNIT[Byte.toUnsignedInt(pixels[start + p])];
      }
      offset += size;
    }
  }

  private void requireAtMostCount(int n, String what) {
    if (n < 0 || n > count()) {
      throw new IllegalArgumentException(
          "The number of %s (%d) must lie in [0, %d].".formatted(what, n, count()));
    }
  }
}
