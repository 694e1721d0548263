package org.flowbound.exchange;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.flowbound.field.Activation;

/**
 * A function of one variable, known by its values at fixed points: dense where activations bend,
 * and some far out, where they are straight.
 */
final class Probe {
  private static final double TOLERANCE = 1e-5;
  private static final double FAR = 60;
  private static final double NEARER = 40;
  private static final double[] POINTS =
      DoubleStream.concat(
              DoubleStream.of(-FAR, -NEARER, -20, 20, NEARER, FAR),
              IntStream.rangeClosed(-160, 160).mapToDouble(k -> 0.05 * k))
          .toArray();

  private Probe() {}

  /** The points, and so the values of the identity: always the same array, not to be changed. */
  static double[] points() {
    return POINTS;
  }

  /**
   * The factor c with {@code values = c · reference} up to single precision.
   *
   * @return empty if there is none
   */
  static Optional<Double> factor(double[] values, double[] reference) {
    double product = 0;
    double square = 0;
    for (int k = 0; k < values.length; k++) {
      if (Math.abs(POINTS[k]) < 20) {
        product += values[k] * reference[k];
        square += reference[k] * reference[k];
      }
    }
    double factor = product / square;
    for (int k = 0; k < values.length; k++) {
      double scale = Math.abs(factor) * Math.max(1, Math.abs(POINTS[k]));
      if (!(Math.abs(values[k] - factor * reference[k]) <= TOLERANCE * scale)) {
        return Optional.empty();
      }
    }
    return Optional.of(factor);
  }

  static double[] values(Activation activation) {
    return GraphValue.map(POINTS, activation::value);
  }

  /** The activation that the values are a positive multiple of. */
  static Optional<Activation> activation(double[] values) {
    // The right slope of a scaled leaky unit is the scale, the left one α times that.
    double right = (values[5] - values[4]) / (FAR - NEARER);
    double left = (values[1] - values[0]) / (FAR - NEARER);
    double alpha = rounded(left / right);
    // Those without a parameter first: they are extreme cases of the others.
    List<String> ids = new ArrayList<>(Activation.ids());
    Collections.reverse(ids);
    for (String id : ids) {
      Activation candidate;
      try {
        candidate = Activation.of(id, alpha);
      } catch (IllegalArgumentException outOfRange) {
        continue;
      }
      if (factor(values, values(candidate)).filter(scale -> scale > 0).isPresent()) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** The shortest decimal with this value in single precision. */
  static double rounded(double value) {
    return Double.parseDouble(Float.toString((float) value));
  }

  /** The decimal of so many significant digits that is next to the value. */
  static double rounded(double value, int digits) {
    return Double.isFinite(value)
        ? new BigDecimal(value).round(new MathContext(digits)).doubleValue()
        : value;
  }
}
