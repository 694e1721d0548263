package org.flowbound.flow;

/**
 * How {@code u' = f(u)}, {@code t ∈ [0, T]}, is integrated: a method with equal steps.
 *
 * @param method the one-step method
 * @param steps number N of steps
 * @param horizon the final time T
 */
public record Discretization(RungeKutta method, int steps, double horizon) {
  private static final int MAX_STEPS = 100_000;

  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public Discretization {
    if (steps < 1 || steps > MAX_STEPS) {
      throw new IllegalArgumentException(
          "The number of steps (%d) must lie in [1, %d].".formatted(steps, MAX_STEPS));
    }
    if (!(horizon > 0) || Double.isInfinite(horizon)) {
      throw new IllegalArgumentException(
          "The final time T (%s) must be positive and finite.".formatted(horizon));
    }
  }

  /** Explicit Euler with 20 steps over [0, 1]. */
  public static Discretization defaults() {
    return new Discretization(RungeKutta.EULER, 20, 1);
  }

  /** The step size h = T/N. */
  public double stepSize() {
    return horizon / steps;
  }
}
