package org.flowbound.solver;

/** A way to differentiate a loss of a solution with respect to everything that it depends on. */
public interface Adjoint {
  /**
   * The loss and its gradient.
   *
   * @param initial the state at the first time, d numbers
   * @param times at least two, either increasing or decreasing
   * @throws IllegalArgumentException if a number is not finite, or the times are not ordered
   * @throws IntegrationException if an integration cannot go on
   */
  Gradient gradient(DifferentiableField field, double[] initial, double[] times, Loss loss);
}
