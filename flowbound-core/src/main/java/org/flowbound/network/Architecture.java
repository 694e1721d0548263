package org.flowbound.network;

import org.flowbound.field.Activation;
import org.flowbound.flow.Discretization;

/**
 * Everything of a classifier but its weights.
 *
 * @param imageRows pixel rows of an image
 * @param imageColumns pixel columns of an image
 * @param classes number of classes
 * @param width the dimension d of the ODE's state
 * @param activation σ
 * @param discretization how the ODE is integrated
 * @param normalization what happens to pixels first
 */
public record Architecture(
    int imageRows,
    int imageColumns,
    int classes,
    int width,
    Activation activation,
    Discretization discretization,
    Normalization normalization) {
  private static final int MAX_WIDTH = 1 << 14;

  /**
   * @throws IllegalArgumentException if a number is out of its range
   */
  public Architecture {
    if (imageRows < 1 || imageColumns < 1 || (long) imageRows * imageColumns > 1 << 24) {
      throw new IllegalArgumentException(
          "Images of %d x %d pixels cannot be classified.".formatted(imageRows, imageColumns));
    }
    if (classes < 2 || classes > 256) {
      throw new IllegalArgumentException(
          "The number of classes (%d) must lie in [2, 256].".formatted(classes));
    }
    if (width < 1 || width > MAX_WIDTH) {
      throw new IllegalArgumentException(
          "The width (%d) must lie in [1, %d].".formatted(width, MAX_WIDTH));
    }
  }

  /** The number of pixels of an image. */
  public int pixels() {
    return imageRows * imageColumns;
  }
}
