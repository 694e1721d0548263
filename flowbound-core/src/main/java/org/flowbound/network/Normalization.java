package org.flowbound.network;

/**
 * What the network does to pixels before its first layer: {@code (pixel − mean)/deviation}. It is a
 * part of the model, so that perturbations are measured in pixel units.
 *
 * @param mean subtracted from every pixel, which lies in [0, 1]
 * @param deviation divides the difference
 */
public record Normalization(double mean, double deviation) {
  /** Leaves pixels as they are. */
  public static final Normalization NONE = new Normalization(0, 1);

  /**
   * @throws IllegalArgumentException unless the mean is finite and the deviation positive and
   *     finite
   */
  public Normalization {
    if (!Double.isFinite(mean) || !Double.isFinite(deviation) || deviation <= 0) {
      throw new IllegalArgumentException(
          "The normalisation needs a finite mean and a positive deviation, not %s and %s."
              .formatted(mean, deviation));
    }
  }
}
