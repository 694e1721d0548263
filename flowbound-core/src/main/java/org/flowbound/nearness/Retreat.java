package org.flowbound.nearness;

import org.flowbound.field.SlopeBox;

/**
 * The plain ways to lower δ by a given amount, whatever the matrix.
 *
 * <p>δ and its upper bounds by diagonal scaling are convex and positively homogeneous, hence
 * subadditive. So {@code δ(B + S) ≤ δ(B) + δ(S)} with the multiple of the identity S whose δ is
 * negative, and {@code δ(cB) = c δ(B)} for {@code c ≥ 0}.
 */
final class Retreat {
  /** Covers the rounding of the result. */
  private static final double MARGIN = 1e-13;

  private Retreat() {}

  /** Whether some multiple of the identity has a negative δ: the slopes do not reach 0. */
  static boolean canShift(SlopeBox slopes) {
    return slopes.lower() > 0 || slopes.upper() < 0;
  }

  /** {@code s} such that {@code δ(s · I) = −1}. */
  static double unitShift(SlopeBox slopes) {
    return slopes.lower() > 0 ? -1 / slopes.lower() : -1 / slopes.upper();
  }

  /**
   * Moves {@code b}, whose δ is at most {@code upper > target}, to where it is at most {@code
   * target}, by whichever of the two ways that are allowed moves it less.
   *
   * @throws IllegalArgumentException if neither is possible
   */
  static void apply(
      double[] b,
      int d,
      SlopeBox slopes,
      double upper,
      double target,
      boolean mayShift,
      boolean mayScale) {
    double squaredNorm = 0;
    for (double entry : b) {
      squaredNorm += entry * entry;
    }
    double excess = upper - target;
    double margin = MARGIN * (Math.sqrt(squaredNorm) + Math.abs(target));
    double scaling =
        target > 0 && mayScale
            ? (excess + margin) / (upper + margin) * Math.sqrt(squaredNorm)
            : Double.POSITIVE_INFINITY;
    double shift =
        canShift(slopes) && mayShift
            ? (excess + margin) * unitShift(slopes)
            : Double.POSITIVE_INFINITY;
    if (scaling <= Math.abs(shift) * Math.sqrt(d) && scaling < Double.POSITIVE_INFINITY) {
      double factor = Math.max(0, 1 - (excess + margin) / (upper + margin));
      for (int k = 0; k < b.length; k++) {
        b[k] *= factor;
      }
    } else if (Double.isFinite(shift)) {
      for (int i = 0; i < d; i++) {
        b[i * d + i] += shift;
      }
    } else {
      throw new IllegalArgumentException(
          "No weights have an expansivity of at most %s with slopes in [%s, %s]."
              .formatted(target, slopes.lower(), slopes.upper()));
    }
  }
}
