package org.flowbound.field;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * An activation σ, applied entry by entry, with the interval that its slopes lie in.
 *
 * <p>Implementations are immutable and safe for concurrent use.
 */
public interface Activation {
  /**
   * {@link #slope} is off by at most this, and {@link #value} by at most this times {@code 1 +
   * |x|}: more than a hundred units in the last place, where the few operations of an activation,
   * each with an error of at most 2.5 (the documented quality of {@code Math.tanh}; 1 for the
   * exponential and the logarithm), make up a few dozen.
   */
  double ROUNDING = 0x1p-45;

  /** The name that the command line and model files use, such as {@code tanh}. */
  String id();

  /**
   * The activation with the given id.
   *
   * @param alpha the smallest slope, for the activations that have it as a parameter
   * @throws IllegalArgumentException if there is none, or alpha is out of its range
   */
  static Activation of(String id, double alpha) {
    if (id.equals(SmoothLeakyRelu.ID)) {
      return new SmoothLeakyRelu(alpha);
    }
    if (id.equals(LeakyRelu.ID)) {
      return new LeakyRelu(alpha);
    }
    for (StandardActivation activation : StandardActivation.values()) {
      if (activation.id().equals(id)) {
        return activation;
      }
    }
    throw new IllegalArgumentException(
        "There is no activation '%s'; there are %s.".formatted(id, String.join(", ", ids())));
  }

  /** The ids that {@link #of} knows. */
  static List<String> ids() {
    return Stream.concat(
            Stream.of(SmoothLeakyRelu.ID, LeakyRelu.ID),
            Arrays.stream(StandardActivation.values()).map(StandardActivation::id))
        .toList();
  }

  /** σ(x). */
  double value(double x);

  /** σ'(x); where σ has a kink, its right derivative. */
  double slope(double x);

  /** The smallest interval that holds {@code σ'(x)} for every real x. */
  SlopeBox slopes();

  /**
   * The points, in ascending order, where {@code σ'} turns from rising to falling or back: between
   * two of them σ is convex or concave. None where σ is convex.
   */
  default double[] inflections() {
    return new double[0];
  }

  /**
   * An interval that holds {@code σ'(x)} for {@code from ≤ x ≤ to}, the rounding of {@link #slope}
   * included; that of all slopes unless {@code from ≤ to}.
   */
  default SlopeBox slopes(double from, double to) {
    SlopeBox all = slopes();
    if (!(from <= to)) {
      return all;
    }
    double atFrom = slope(from);
    double atTo = slope(to);
    double lower = Math.min(atFrom, atTo);
    double upper = Math.max(atFrom, atTo);
    for (double point : inflections()) {
      if (from <= point && point <= to) {
        lower = Math.min(lower, slope(point));
        upper = Math.max(upper, slope(point));
      }
    }
    return new SlopeBox(
        Math.min(Math.max(lower - ROUNDING, all.lower()), all.upper()),
        Math.max(Math.min(upper + ROUNDING, all.upper()), all.lower()));
  }

  /**
   * Values and slopes of the first {@code n} entries of {@code x}, in single precision.
   *
   * @param value overwritten with σ(x); may be the same array as {@code x}
   * @param slope overwritten with σ'(x)
   */
  default void apply(float[] x, float[] value, float[] slope, int n) {
    for (int i = 0; i < n; i++) {
      double point = x[i];
      value[i] = (float) value(point);
      slope[i] = (float) slope(point);
    }
  }

  /** As {@link #apply(float[], float[], float[], int)}, in double precision. */
  default void apply(double[] x, double[] value, double[] slope, int n) {
    for (int i = 0; i < n; i++) {
      double point = x[i];
      value[i] = value(point);
      slope[i] = slope(point);
    }
  }
}
