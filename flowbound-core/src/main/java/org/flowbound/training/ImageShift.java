package org.flowbound.training;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Shifts images by whole pixels, in place; what comes in is black. One per thread. */
final class ImageShift {
  private final int rows;
  private final int columns;
  private final int largest;
  private final float[] original;

  /**
   * @param largest the largest number of pixels in each direction
   */
  ImageShift(int rows, int columns, int largest) {
    this.rows = rows;
    this.columns = columns;
    this.largest = largest;
    this.original = new float[rows * columns];
  }

  /**
   * Shifts an image at random.
   *
   * @param images image by image, row by row
   * @param index the number of the image
   */
  void apply(float[] images, int index, SplittableRandom random) {
    if (largest > 0) {
      int down = random.nextInt(-largest, largest + 1);
      int right = random.nextInt(-largest, largest + 1);
      shift(images, index * rows * columns, down, right);
    }
  }

  void shift(float[] images, int offset, int down, int right) {
    System.arraycopy(images, offset, original, 0, original.length);
    Arrays.fill(images, offset, offset + original.length, 0);
    int width = columns - Math.abs(right);
    for (int row = Math.max(0, down); row < Math.min(rows, rows + down) && width > 0; row++) {
      System.arraycopy(
          original,
          (row - down) * columns + Math.max(0, -right),
          images,
          offset + row * columns + Math.max(0, right),
          width);
    }
  }
}
