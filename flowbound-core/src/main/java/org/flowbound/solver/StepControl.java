package org.flowbound.solver;

/** How long the steps are. */
public sealed interface StepControl {
  /** N equal steps over the whole interval; each part between jumps of the field has its share. */
  static Fixed fixed(int steps) {
    return new Fixed(steps);
  }

  /**
   * Steps for which the estimated local error, component by component divided by {@code absolute +
   * relative · |u_i|}, has a root mean square of at most 1.
   */
  static Adaptive adaptive(double relative, double absolute) {
    return new Adaptive(relative, absolute, 0, Double.POSITIVE_INFINITY, 1_000_000);
  }

  /**
   * Equal steps.
   *
   * @param steps how many
   */
  record Fixed(int steps) implements StepControl {
    private static final int MAX_STEPS = 100_000_000;

    /**
     * @throws IllegalArgumentException if the number is out of its range
     */
    public Fixed {
      if (steps < 1 || steps > MAX_STEPS) {
        throw new IllegalArgumentException(
            "The number of steps (%d) must lie in [1, %d].".formatted(steps, MAX_STEPS));
      }
    }
  }

  /**
   * Steps by a PI controller (K. Gustafsson, 1991): {@code h ← 0.9 h err_n^{−0.85/k}
   * err_{n−1}^{0.2/k}}, where k is one more than the order of the error estimate.
   *
   * @param relative relative tolerance
   * @param absolute absolute tolerance
   * @param initialStep the size of the first step; 0 to have it chosen as in Hairer, Nørsett,
   *     Wanner, II.4
   * @param largestStep a bound of the step size
   * @param maxSteps how many steps, rejected ones included, may be tried
   */
  record Adaptive(
      double relative, double absolute, double initialStep, double largestStep, int maxSteps)
      implements StepControl {
    private static final double SMALLEST_RELATIVE = 1e-14;

    /**
     * @throws IllegalArgumentException if a value is out of its range
     */
    public Adaptive {
      if (!(relative >= SMALLEST_RELATIVE && relative < 1)) {
        throw new IllegalArgumentException(
            "The relative tolerance (%s) must lie in [%s, 1)."
                .formatted(relative, SMALLEST_RELATIVE));
      }
      if (!(absolute > 0) || Double.isInfinite(absolute)) {
        throw new IllegalArgumentException(
            "The absolute tolerance (%s) must be positive and finite.".formatted(absolute));
      }
      if (!(initialStep >= 0) || Double.isInfinite(initialStep)) {
        throw new IllegalArgumentException(
            "The first step size (%s) must be finite and not negative.".formatted(initialStep));
      }
      if (!(largestStep > 0)) {
        throw new IllegalArgumentException(
            "The largest step size (%s) must be positive.".formatted(largestStep));
      }
      if (maxSteps < 1) {
        throw new IllegalArgumentException(
            "The largest number of steps (%d) must be at least 1.".formatted(maxSteps));
      }
    }

    public Adaptive withInitialStep(double size) {
      return new Adaptive(relative, absolute, size, largestStep, maxSteps);
    }

    public Adaptive withLargestStep(double size) {
      return new Adaptive(relative, absolute, initialStep, size, maxSteps);
    }

    public Adaptive withMaxSteps(int limit) {
      return new Adaptive(relative, absolute, initialStep, largestStep, limit);
    }
  }
}
