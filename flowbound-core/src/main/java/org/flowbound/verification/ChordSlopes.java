package org.flowbound.verification;

import org.flowbound.field.Activation;
import org.flowbound.field.SlopeBox;

/**
 * Mean slopes {@code (σ(x) − σ(a))/(x − a)} of an activation from a point a to those of an
 * interval.
 */
final class ChordSlopes {
  /** Shorter chords are bounded by the slopes between their ends. */
  private static final double SHORTEST = 1e-5;

  private ChordSlopes() {}

  /**
   * An interval that holds all mean slopes, rounding included. Where σ is convex or concave they
   * are monotone in x, and the ends decide; else the slopes between the ends bound them.
   *
   * @param from at most a
   * @param to at least a
   * @param error the point may be off by this much
   */
  static SlopeBox of(Activation activation, double point, double error, double from, double to) {
    SlopeBox all = activation.slopes();
    if (!(from - error <= point && point <= to + error)) {
      return all;
    }
    for (double inflection : activation.inflections()) {
      if (from - error < inflection && inflection < to + error) {
        return activation.slopes(from - error, to + error);
      }
    }
    SlopeBox left = chord(activation, point, error, from);
    SlopeBox right = chord(activation, point, error, to);
    return new SlopeBox(
        Math.max(all.lower(), Math.min(left.lower(), right.lower())),
        Math.min(all.upper(), Math.max(left.upper(), right.upper())));
  }

  private static SlopeBox chord(Activation activation, double point, double error, double x) {
    double length = Math.abs(x - point);
    if (!(length > SHORTEST + error)) {
      return activation.slopes(Math.min(point, x) - error, Math.max(point, x) + error);
    }
    SlopeBox all = activation.slopes();
    double slope = (activation.value(x) - activation.value(point)) / (x - point);
    double steepest = Math.max(Math.abs(all.lower()), Math.abs(all.upper()));
    double rounding =
        4
            * (Activation.ROUNDING * (1 + Math.abs(x) + Math.abs(point)) + steepest * error)
            / (length - error);
    if (!Double.isFinite(slope) || !Double.isFinite(rounding)) {
      return all;
    }
    return new SlopeBox(slope - rounding, slope + rounding);
  }
}
