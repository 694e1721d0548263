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
