package org.flowbound.attack;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

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

  /** The largest distance of two images of n pixels. */
  double diameter(int n) {
    return this == LINF ? 1 : Math.sqrt(n);
  }

  /** The norm of {@code x − original}. */
  double distance(float[] x, float[] original, int offset, int n) {
    double largest = 0;
    double squares = 0;
    for (int k = offset; k < offset + n; k++) {
      double change = (double) x[k] - original[k];
      largest = Math.max(largest, Math.abs(change));
      squares += change * change;
    }
    return this == LINF ? largest : Math.sqrt(squares);
  }

  /**
   * {@code x ← P(x + length · step)}, where {@code step} is the longest one of norm 1 along {@code
   * direction} and P projects on the ball of radius ε about the original and on [0, 1].
   *
   * @param offset where the image starts in x and in the originals
   * @param direction its first n entries
   */
  void move(
      float[] x,
      float[] original,
      int offset,
      float[] direction,
      double length,
      double eps,
      int n) {
    float[] d = direction;
    if (this == LINF) {
      float step = (float) length;
      float radius = (float) eps;
      for (int k = 0; k < n; k++) {
        float centre = original[offset + k];
        float moved = x[offset + k] + step * Math.signum(d[k]);
        x[offset + k] =
            Math.min(Math.max(moved, Math.max(centre - radius, 0f)), Math.min(centre + radius, 1f));
      }
      return;
    }
    double size = euclidean(d, n);
    float factor = size > 0 ? (float) (length / size) : 0;
    for (int k = 0; k < n; k++) {
      x[offset + k] += factor * d[k];
    }
    project(x, original, offset, eps, n);
  }

  /** Projects x on the ball of radius ε about the original, and then on [0, 1]. */
  void project(float[] x, float[] original, int offset, double eps, int n) {
    float radius = (float) eps;
    double size = this == LINF ? 0 : distance(x, original, offset, n);
    float factor = size > eps ? (float) (eps / size) : 1;
    for (int k = offset; k < offset + n; k++) {
      float change = x[k] - original[k];
      change = this == LINF ? Math.min(Math.max(change, -radius), radius) : factor * change;
      x[k] = clip(original[k] + change);
    }
  }

  /** Overwrites x with a random point of the ball, clipped to [0, 1]. */
  void sample(float[] x, float[] original, int offset, double eps, int n, SplittableRandom random) {
    if (this == LINF) {
      for (int k = offset; k < offset + n; k++) {
        x[k] = clip((float) (original[k] + eps * (2 * random.nextDouble() - 1)));
      }
      return;
    }
    double squares = 0;
    for (int k = offset; k < offset + n; k++) {
      x[k] = (float) random.nextGaussian();
      squares += (double) x[k] * x[k];
    }
    double radius = eps * Math.pow(random.nextDouble(), 1.0 / n);
    double factor = squares > 0 ? radius / Math.sqrt(squares) : 0;
    for (int k = offset; k < offset + n; k++) {
      x[k] = clip((float) (original[k] + factor * x[k]));
    }
  }

  /** The Euclidean length of the first n entries, which may be tiny or huge. */
  static double euclidean(float[] x, int n) {
    double squares = 0;
    for (int k = 0; k < n; k++) {
      squares += (double) x[k] * x[k];
    }
    return Math.sqrt(squares);
  }

  private static float clip(float pixel) {
    return Math.min(Math.max(pixel, 0f), 1f);
  }
}
