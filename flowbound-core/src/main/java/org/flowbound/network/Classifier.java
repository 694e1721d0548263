package org.flowbound.network;

import org.flowbound.flow.Discretization;
import org.flowbound.linalg.Matrix;

/**
 * A neural ODE classifier, {@code logits(x) = C u(T) + c}, {@code u(0) = B x̂ + β}, {@code u' =
 * σ(Au + b)} with x̂ the normalised pixels; immutable.
 *
 * @param inputWeight B, d × pixels
 * @param inputBias β, 1 × d
 * @param odeWeight A, d × d
 * @param odeBias b, 1 × d
 * @param outputWeight C, classes × d
 * @param outputBias c, 1 × classes
 */
public record Classifier(
    Architecture architecture,
    Matrix inputWeight,
    Matrix inputBias,
    Matrix odeWeight,
    Matrix odeBias,
    Matrix outputWeight,
    Matrix outputBias) {
  /**
   * @throws IllegalArgumentException if a shape does not fit the architecture or an entry is not
   *     finite
   */
  public Classifier {
    int d = architecture.width();
    require("input.weight", inputWeight, d, architecture.pixels());
    require("input.bias", inputBias, 1, d);
    require("ode.weight", odeWeight, d, d);
    require("ode.bias", odeBias, 1, d);
    require("output.weight", outputWeight, architecture.classes(), d);
    require("output.bias", outputBias, 1, architecture.classes());
  }

  private static void require(String name, Matrix matrix, int rows, int columns) {
    if (matrix.rows() != rows || matrix.columns() != columns) {
      throw new IllegalArgumentException(
          "%s must be %d x %d, not %d x %d."
              .formatted(name, rows, columns, matrix.rows(), matrix.columns()));
    }
    if (!matrix.isFinite()) {
      throw new IllegalArgumentException("%s holds NaN or infinite entries.".formatted(name));
    }
  }

  /** The same weights with other steps. */
  public Classifier withDiscretization(Discretization discretization) {
    Architecture other =
        new Architecture(
            architecture.imageRows(),
            architecture.imageColumns(),
            architecture.classes(),
            architecture.width(),
            architecture.activation(),
            discretization,
            architecture.normalization());
    return new Classifier(
        other, inputWeight, inputBias, odeWeight, odeBias, outputWeight, outputBias);
  }

  /** The same classifier with another A. */
  public Classifier withOdeWeight(Matrix weight) {
    return new Classifier(
        architecture, inputWeight, inputBias, weight, odeBias, outputWeight, outputBias);
  }
}
