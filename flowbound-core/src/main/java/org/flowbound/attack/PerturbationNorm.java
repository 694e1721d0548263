package org.flowbound.attack;

import java.util.Arrays;
import java.util.List;

/** The norm that bounds a perturbation, in pixel units. */
public enum PerturbationNorm {
  /** The largest change of a pixel. */
  LINF("linf"),
  /** The Euclidean length of the change. */
  L2("l2");

  private final String id;

  PerturbationNorm(String id) {
    this.id = id;
  }

  /** The name on the command line and in results. */
  public String id() {
    return id;
  }

  /** The ids of all norms. */
  public static List<String> ids() {
    return Arrays.stream(values()).map(PerturbationNorm::id).toList();
  }

  /**
   * Writes {@code clip(image + eps · step)} into {@code target}, where {@code step} is the longest
   * one of norm 1 along {@code direction}: its signs for ℓ∞, the direction itself divided by its
   * length for ℓ₂. Clipping to [0, 1] only shortens the perturbation. A direction of zeros leaves
   * the image as it is.
   *
   * @param offset where the image starts, in all three arrays
   * @param n the number of pixels
   */
  void step(float[] image, float[] direction, double eps, float[] target, int offset, int n) {
    float factor = (float) eps;
    if (this == L2) {
      double largest = 0;
      for (int k = offset; k < offset + n; k++) {
        largest = Math.max(largest, Math.abs(direction[k]));
      }
      double sum = 0;
      for (int k = offset; k < offset + n && largest > 0; k++) {
        double scaled = direction[k] / largest;
        sum += scaled * scaled;
      }
      double length = largest * Math.sqrt(sum);
      for (int k = offset; k < offset + n; k++) {
        float change = length > 0 ? (float) (eps * (direction[k] / length)) : 0;
        target[k] = clip(image[k] + change);
      }
    } else {
      for (int k = offset; k < offset + n; k++) {
        target[k] = clip(image[k] + factor * Math.signum(direction[k]));
      }
    }
  }

  private static float clip(float pixel) {
    return Math.min(Math.max(pixel, 0f), 1f);
  }
}
