package org.flowbound.exchange;

/**
 * The shape of a network's images, of which files of weights know the number of pixels only.
 *
 * @param rows pixel rows
 * @param columns pixel columns
 */
public record ImageShape(int rows, int columns) {
  /**
   * @throws IllegalArgumentException if a number is below 1
   */
  public ImageShape {
    if (rows < 1 || columns < 1) {
      throw new IllegalArgumentException("Images have no %d x %d pixels.".formatted(rows, columns));
    }
  }

  /** A square where there is one of so many pixels, else a single row. */
  public static ImageShape of(int pixels) {
    int side = (int) Math.round(Math.sqrt(pixels));
    return side * side == pixels ? new ImageShape(side, side) : new ImageShape(1, pixels);
  }
}
