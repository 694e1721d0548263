package org.flowbound.data;

import java.util.Objects;

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
        java.util.Arrays.copyOfRange(pixels, from * size(), to * size()),
        java.util.Arrays.copyOfRange(labels, from, to));
  }
}
