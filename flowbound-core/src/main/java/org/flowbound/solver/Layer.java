package org.flowbound.solver;

import org.flowbound.field.Activation;
import org.flowbound.linalg.Matrix;

/**
 * One layer {@code x ↦ σ(Ax + b)}.
 *
 * @param weight A, m × n
 * @param bias b, 1 × m
 * @param activation σ
 */
public record Layer(Matrix weight, Matrix bias, Activation activation) {
  /**
   * @throws IllegalArgumentException if the shapes do not fit, or a number is not finite
   */
  public Layer {
    if (weight.rows() < 1 || weight.columns() < 1) {
      throw new IllegalArgumentException("A layer needs weights, not " + weight + ".");
    }
    if (bias.rows() != 1 || bias.columns() != weight.rows()) {
      throw new IllegalArgumentException(
          "A layer with weights %s needs a bias of 1 x %d, not %s."
              .formatted(weight, weight.rows(), bias));
    }
    if (!weight.isFinite() || !bias.isFinite()) {
      throw new IllegalArgumentException("A layer's weights and biases must be finite.");
    }
  }
}
