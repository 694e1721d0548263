package org.flowbound.certification;

import org.flowbound.field.SlopeBox;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Matrix;

/**
 * The largest factor by which one step of a Runge–Kutta method applied to {@code u' = σ(Au + b)}
 * drives two states apart in the 2-norm.
 *
 * <p>Two states v apart are {@code v + h Σ b_k D_k w_k} apart after the step, {@code w_k = A(v + h
 * Σ_j a_kj D_j w_j)}, where every D_k is a diagonal matrix of slopes of σ: mean slopes between the
 * two states' k-th stages. Bounded is the maximum of the length over all unit v and all D_k in the
 * slope box, independent of each other. For explicit Euler it is {@code max_D ‖I + hDA‖₂}.
 *
 * @param matrix the weights A, d × d
 * @param slopes the interval of the activation's slopes
 * @param method the one-step method
 * @param stepSize h
 */
public record StepExpansion(Matrix matrix, SlopeBox slopes, RungeKutta method, double stepSize) {
  /**
   * @throws IllegalArgumentException if the matrix is empty, not square or not finite, or the step
   *     size is not positive and finite
   */
  public StepExpansion {
    if (!matrix.isSquare() || matrix.rows() == 0) {
      throw new IllegalArgumentException(
          "The weights must be a square matrix, not %d x %d."
              .formatted(matrix.rows(), matrix.columns()));
    }
    if (!matrix.isFinite()) {
      throw new IllegalArgumentException("The weights hold NaN or infinite entries.");
    }
    if (!(stepSize > 0) || Double.isInfinite(stepSize)) {
      throw new IllegalArgumentException(
          "The step size (%s) must be positive and finite.".formatted(stepSize));
    }
  }

  /**
   * Bounds from both sides. Where {@code (s + 1) d > 3000}, so that the relaxation would need
   * gigabytes, the upper one is infinite; where hA is as large as 1e30, nothing is known at all.
   */
  public StepBound bound() {
    return new StepRelaxation(this).run();
  }
}
