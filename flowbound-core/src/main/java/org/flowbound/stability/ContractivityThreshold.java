package org.flowbound.stability;

import org.flowbound.linalg.Matrix;

/**
 * The contractivity threshold of a neural ODE (problem P2; [2] arXiv 2402.13092): the smallest α*
 * in (0, 1) with {@code δ_α*(A) = max_{D ∈ Ω_α*} μ₂(DA) ≤ c}. [α*, 1] is the largest interval of
 * slopes for which the flow expands distances over [0, T] by at most {@code e^{cT}}.
 *
 * @param matrix the weights A, d × d
 * @param level c; 0 asks for flows that do not expand
 */
public record ContractivityThreshold(Matrix matrix, double level) {
  /**
   * @throws IllegalArgumentException if the matrix is empty, not square or not finite, or the level
   *     is not finite
   */
  public ContractivityThreshold {
    Expansivity.requireUsable(matrix);
    if (!Double.isFinite(level)) {
      throw new IllegalArgumentException("The level (%s) must be finite.".formatted(level));
    }
  }

  /** The threshold of contractivity, level 0. */
  public static ContractivityThreshold of(Matrix matrix) {
    return new ContractivityThreshold(matrix, 0);
  }

  public ContractivityThreshold withLevel(double value) {
    return new ContractivityThreshold(matrix, value);
  }

  /** The certified bracket with default options. */
  public ThresholdBracket bracket() {
    return bracket(ThresholdOptions.defaults());
  }

  /** The certified bracket. */
  public ThresholdBracket bracket(ThresholdOptions options) {
    return bracket(options, ThresholdListener.SILENT);
  }

  /** The certified bracket; {@code listener} hears how it closes. */
  public ThresholdBracket bracket(ThresholdOptions options, ThresholdListener listener) {
    return new ThresholdSearch(this, options, listener).run();
  }
}
