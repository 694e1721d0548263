package org.flowbound.verification;

import org.flowbound.attack.PerturbationNorm;

/**
 * The perturbed twins of an image.
 *
 * @param image the pixels, in [0, 1]; not copied
 * @param norm of the perturbation
 * @param eps its largest size, in pixel units
 */
record ImageBall(float[] image, PerturbationNorm norm, double eps) {
  /**
   * @throws IllegalArgumentException unless eps is finite and not negative
   */
  ImageBall {
    if (!(eps >= 0 && eps < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "The radius eps (%s) must be finite and not negative.".formatted(eps));
    }
  }

  /** The smallest value of a pixel, or less. */
  double lower(int pixel) {
    return Math.max(0, Math.nextDown(image[pixel] - eps));
  }

  /** The largest value of a pixel, or more. */
  double upper(int pixel) {
    return Math.min(1, Math.nextUp(image[pixel] + eps));
  }

  /** The image's pixel in the 2-norm, the middle of the pixel's range in the ∞-norm. */
  double center(int pixel) {
    return norm == PerturbationNorm.L2 ? image[pixel] : 0.5 * (lower(pixel) + upper(pixel));
  }

  /** How far a pixel's range reaches from its center at most. */
  double radius(int pixel) {
    return norm == PerturbationNorm.L2
        ? eps
        : Math.nextUp(Math.max(upper(pixel) - center(pixel), center(pixel) - lower(pixel)));
  }
}
