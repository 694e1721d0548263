package org.flowbound.exchange;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.flowbound.io.Tensor;
import org.flowbound.linalg.Matrix;
import org.jspecify.annotations.Nullable;

/** What is known of one value in a graph, for every input at once. */
sealed interface GraphValue {
  /** A constant: a scalar, a vector or a matrix. */
  record Constant(Tensor tensor, @Nullable StoredWeight source) implements GraphValue {
    boolean isScalar() {
      return tensor.shape().elements() == 1;
    }

    double scalar() {
      return tensor.values()[0];
    }
  }

  /** Something that is not followed, and why. */
  record Opaque(String reason) implements GraphValue {}

  /**
   * A vector that depends on the input: entry by entry {@code Σ φ_k(x_k) + shift} over distinct
   * affine images x_k of other signals.
   *
   * @param terms x_k, and φ_k by its values at the points of {@link Probe}
   * @param shift one number, or one for each entry
   */
  record Signal(Map<Affine, double[]> terms, double[] shift) implements GraphValue {
    private static final int MAX_TERMS = 2000;

    /** x itself. */
    static Signal of(Affine x) {
      return new Signal(Map.of(x, Probe.points()), new double[] {0});
    }

    boolean isUnshifted() {
      for (double entry : shift) {
        if (entry != 0) {
          return false;
        }
      }
      return true;
    }

    /** {@code factor · this}. */
    Signal times(double factor) {
      Map<Affine, double[]> scaled = new LinkedHashMap<>();
      terms.forEach((x, values) -> scaled.put(x, map(values, value -> factor * value)));
      return new Signal(scaled, map(shift, value -> factor * value));
    }

    /** {@code this + factor · other}. */
    Signal plus(double factor, Signal other) {
      Map<Affine, double[]> sum = new LinkedHashMap<>(terms);
      other.terms.forEach(
          (x, values) ->
              sum.merge(
                  x,
                  factor == 1 ? values : map(values, value -> factor * value),
                  (first, second) -> combine(first, second, Double::sum)));
      if (sum.size() > MAX_TERMS) {
        throw new IllegalArgumentException("more than %d layers are added up".formatted(MAX_TERMS));
      }
      return new Signal(sum, broadcast(shift, map(other.shift, value -> factor * value)));
    }

    /** {@code this + shift}; an affine image with a bias is another affine image. */
    Signal plus(double[] addend) {
      if (addend.length > 1 && terms.size() == 1) {
        Map.Entry<Affine, double[]> only = terms.entrySet().iterator().next();
        if (only.getValue() == Probe.points() && only.getKey().weight() != null) {
          return of(only.getKey().plus(broadcast(shift, addend)));
        }
      }
      return new Signal(terms, broadcast(shift, addend));
    }

    static double[] broadcast(double[] first, double[] second) {
      if (first.length == 1) {
        return map(second, value -> first[0] + value);
      }
      if (second.length == 1) {
        return map(first, value -> value + second[0]);
      }
      return combine(first, second, Double::sum);
    }
  }

  /**
   * The graph's input (without a weight), or {@code W s + b}; compared by identity.
   *
   * <p>A class and no record, as two images that look the same are two.
   */
  final class Affine {
    private final @Nullable Signal argument;
    private final @Nullable Matrix weight;
    private final @Nullable StoredWeight source;
    private final double[] bias;

    Affine(
        @Nullable Signal argument,
        @Nullable Matrix weight,
        @Nullable StoredWeight source,
        double[] bias) {
      this.argument = argument;
      this.weight = weight;
      this.source = source;
      this.bias = bias;
    }

    @Nullable Signal argument() {
      return argument;
    }

    @Nullable Matrix weight() {
      return weight;
    }

    @Nullable StoredWeight source() {
      return source;
    }

    double[] bias() {
      return bias;
    }

    Affine plus(double[] addend) {
      return new Affine(argument, weight, source, Signal.broadcast(addend, bias));
    }
  }

  /** {@code map} of every entry. */
  static double[] map(double[] values, DoubleUnaryOperator map) {
    double[] result = new double[values.length];
    for (int k = 0; k < result.length; k++) {
      result[k] = map.applyAsDouble(values[k]);
    }
    return result;
  }

  /** {@code operator} of every pair of entries. */
  static double[] combine(double[] first, double[] second, DoubleBinaryOperator operator) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(
          "vectors of %d and %d entries are combined".formatted(first.length, second.length));
    }
    double[] result = new double[first.length];
    for (int k = 0; k < result.length; k++) {
      result[k] = operator.applyAsDouble(first[k], second[k]);
    }
    return result;
  }
}
