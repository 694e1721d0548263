package org.flowbound.verification;

import org.flowbound.field.Activation;

/**
 * A strip between two parallel lines that holds the graph of an activation over an interval: {@code
 * |σ(x) − slope · x − center| ≤ radius}.
 *
 * @param slope a {@code float} value, so that it multiplies single-precision matrices exactly
 * @param center of the strip, at x = 0
 * @param radius half the strip's height; NaN where the interval is not finite
 */
record ActivationEnclosure(double slope, double center, double radius) {
  private static final int BISECTIONS = 5;

  /**
   * The strip along the chord. Its height is found on each piece of the interval on which σ is
   * convex or concave: {@code g(x) = σ(x) − slope · x} has one extreme at an end of the piece, and
   * the other one where σ' = slope, which bisection brackets; beyond the bracket g is monotone, in
   * it g stays on one side of the two tangents. The rounding of σ and σ' is added.
   */
  static ActivationEnclosure of(Activation activation, double from, double to) {
    if (!(from <= to) || Double.isInfinite(from) || Double.isInfinite(to)) {
      return new ActivationEnclosure(0, 0, Double.NaN);
    }
    double width = to - from;
    double chord =
        width > 1e-6
            ? (activation.value(to) - activation.value(from)) / width
            : activation.slope(0.5 * from + 0.5 * to);
    double slope = (float) chord;
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    double left = from;
    for (double point : activation.inflections()) {
      if (left < point && point < to) {
        low = Math.min(low, extreme(activation, slope, left, point, 1));
        high = Math.max(high, -extreme(activation, slope, left, point, -1));
        left = point;
      }
    }
    low = Math.min(low, extreme(activation, slope, left, to, 1));
    high = Math.max(high, -extreme(activation, slope, left, to, -1));
    double rounding = 8 * Activation.ROUNDING * (1 + Math.abs(from) + Math.abs(to));
    double center = 0.5 * (low + high);
    return new ActivationEnclosure(slope, center, Math.max(high - center, center - low) + rounding);
  }

  /** A lower bound of {@code sign · g} over [p, q], where σ is convex or concave. */
  private static double extreme(
      Activation activation, double slope, double p, double q, double sign) {
    double atP = sign * (activation.value(p) - slope * p);
    double atQ = sign * (activation.value(q) - slope * q);
    double slopeP = sign * (activation.slope(p) - slope);
    double slopeQ = sign * (activation.slope(q) - slope);
    if (!(slopeP < 0 && slopeQ > 0)) {
      return Math.min(atP, atQ);
    }
    double left = p;
    double right = q;
    for (int k = 0; k < BISECTIONS; k++) {
      double middle = 0.5 * left + 0.5 * right;
      double slopeMiddle = sign * (activation.slope(middle) - slope);
      if (slopeMiddle < 0) {
        left = middle;
        slopeP = slopeMiddle;
      } else {
        right = middle;
        slopeQ = slopeMiddle;
      }
    }
    if (left > p) {
      atP = sign * (activation.value(left) - slope * left);
    }
    if (right < q) {
      atQ = sign * (activation.value(right) - slope * right);
    }
    double width = right - left;
    double meeting = (atQ - atP - slopeQ * width) / (slopeP - slopeQ);
    return atP + slopeP * Math.min(Math.max(meeting, 0), width);
  }
}
