package org.flowbound.training;

import org.jspecify.annotations.Nullable;

/**
 * The constraints that a training keeps to.
 *
 * @param target the bound δ̄ that the certified δ(A) is kept below by projection, null for none
 * @param projectEvery project after every so many steps
 * @param linearNorm the bound κ on the spectral norms of both linear layers, in pixel units for the
 *     first, null for none
 */
public record StabilityOptions(
    @Nullable Double target, int projectEvery, @Nullable Double linearNorm) {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public StabilityOptions {
    TrainingOptions.require(
        target == null || Double.isFinite(target), "target", String.valueOf(target), "finite");
    TrainingOptions.require(
        projectEvery >= 1, "interval of projections", projectEvery, "at least 1 step");
    TrainingOptions.require(
        linearNorm == null || (linearNorm > 0 && Double.isFinite(linearNorm)),
        "bound on the linear layers",
        String.valueOf(linearNorm),
        "positive and finite");
  }

  /** No constraint; projection every 50 steps once there is one. */
  public static StabilityOptions none() {
    return new StabilityOptions(null, 50, null);
  }

  public StabilityOptions withTarget(@Nullable Double value) {
    return new StabilityOptions(value, projectEvery, linearNorm);
  }

  public StabilityOptions withProjectEvery(int value) {
    return new StabilityOptions(target, value, linearNorm);
  }

  public StabilityOptions withLinearNorm(@Nullable Double value) {
    return new StabilityOptions(target, projectEvery, value);
  }
}
