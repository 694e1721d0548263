package org.flowbound.training;

import org.jspecify.annotations.Nullable;

/**
 * The constraints that a training keeps to.
 *
 * @param target the bound δ̄ that the certified δ(A) is kept below, null for none
 * @param method how it is kept below; says nothing without a target
 * @param projectEvery keep to the constraints after every so many steps, where they are not kept to
 *     after each of them
 * @param penaltyWeight the weight ρ that {@link Stability#PENALTY} starts with
 * @param linearNorm the bound κ on the spectral norms of both linear layers, in pixel units for the
 *     first, null for none
 * @param linearLayers how it is kept to; says nothing without a bound
 */
public record StabilityOptions(
    @Nullable Double target,
    Stability method,
    int projectEvery,
    double penaltyWeight,
    @Nullable Double linearNorm,
    LinearLayers linearLayers) {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public StabilityOptions {
    TrainingOptions.require(
        target == null || Double.isFinite(target), "target", String.valueOf(target), "finite");
    TrainingOptions.require(
        projectEvery >= 1, "interval of projections", projectEvery, "at least 1 step");
    TrainingOptions.require(
        penaltyWeight > 0 && Double.isFinite(penaltyWeight),
        "weight of the penalty",
        penaltyWeight,
        "positive and finite");
    TrainingOptions.require(
        linearNorm == null || (linearNorm > 0 && Double.isFinite(linearNorm)),
        "bound on the linear layers",
        String.valueOf(linearNorm),
        "positive and finite");
  }

  /** No constraint; once there is one, projection every 50 steps. */
  public static StabilityOptions none() {
    return new StabilityOptions(null, Stability.PROJECT, 50, 1, null, LinearLayers.PROJECTED);
  }

  public StabilityOptions withTarget(@Nullable Double value) {
    return new StabilityOptions(
        value, method, projectEvery, penaltyWeight, linearNorm, linearLayers);
  }

  public StabilityOptions withMethod(Stability value) {
    return new StabilityOptions(
        target, value, projectEvery, penaltyWeight, linearNorm, linearLayers);
  }

  public StabilityOptions withProjectEvery(int value) {
    return new StabilityOptions(target, method, value, penaltyWeight, linearNorm, linearLayers);
  }

  public StabilityOptions withPenaltyWeight(double value) {
    return new StabilityOptions(target, method, projectEvery, value, linearNorm, linearLayers);
  }

  public StabilityOptions withLinearNorm(@Nullable Double value) {
    return new StabilityOptions(target, method, projectEvery, penaltyWeight, value, linearLayers);
  }

  public StabilityOptions withLinearLayers(LinearLayers value) {
    return new StabilityOptions(target, method, projectEvery, penaltyWeight, linearNorm, value);
  }
}
