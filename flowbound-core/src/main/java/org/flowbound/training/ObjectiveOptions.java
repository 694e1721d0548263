package org.flowbound.training;

import org.jspecify.annotations.Nullable;

/**
 * What is minimised: the cross-entropy, changed and added to in the ways below, which combine.
 *
 * @param marginEps the ℓ₂ radius ε, in pixel units, that predictions are to be certified for: the
 *     logits of all classes j but the label y are raised by {@code ε L ‖C_y − C_j‖₂} first, with L
 *     the bound of the Lipschitz constant from pixels to u(T), as in Lipschitz-margin training
 *     (Tsuzuku, Sato, Sugiyama, NeurIPS 2018; Leino, Wang, Fredrikson, ICML 2021); 0 for none
 * @param adversarial training on perturbed images, null for none
 * @param noiseDeviation the standard deviation of Gaussian noise that is added to every pixel, 0
 *     for none; the noisy pixels are not clipped
 * @param jacobianWeight λ of {@code (λ/2)‖J‖_F²}, J the Jacobian from pixels to logits, estimated
 *     by one random projection per image (Hoffman, Roberts, Yaida, 2019); 0 for none
 * @param contractivityWeight the weight of {@code Σ_i (a_ii + Σ_{j≠i} |a_ij|)₊}, which is zero
 *     where {@code μ_∞(DA) ≤ 0} for all non-negative D; 0 for none
 */
public record ObjectiveOptions(
    double marginEps,
    @Nullable AdversarialTraining adversarial,
    double noiseDeviation,
    double jacobianWeight,
    double contractivityWeight) {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public ObjectiveOptions {
    requireWeight(marginEps, "radius of the margin");
    requireWeight(noiseDeviation, "deviation of the noise");
    requireWeight(jacobianWeight, "weight of the Jacobian");
    requireWeight(contractivityWeight, "weight of the contractivity");
  }

  private static void requireWeight(double value, String name) {
    TrainingOptions.require(
        value >= 0 && Double.isFinite(value), name, value, "at least 0 and finite");
  }

  /** The cross-entropy alone. */
  public static ObjectiveOptions crossEntropy() {
    return new ObjectiveOptions(0, null, 0, 0, 0);
  }

  public ObjectiveOptions withMarginEps(double value) {
    return new ObjectiveOptions(
        value, adversarial, noiseDeviation, jacobianWeight, contractivityWeight);
  }

  public ObjectiveOptions withAdversarial(@Nullable AdversarialTraining value) {
    return new ObjectiveOptions(
        marginEps, value, noiseDeviation, jacobianWeight, contractivityWeight);
  }

  public ObjectiveOptions withNoiseDeviation(double value) {
    return new ObjectiveOptions(marginEps, adversarial, value, jacobianWeight, contractivityWeight);
  }

  public ObjectiveOptions withJacobianWeight(double value) {
    return new ObjectiveOptions(marginEps, adversarial, noiseDeviation, value, contractivityWeight);
  }

  public ObjectiveOptions withContractivityWeight(double value) {
    return new ObjectiveOptions(marginEps, adversarial, noiseDeviation, jacobianWeight, value);
  }

  boolean isTrades() {
    return adversarial != null && adversarial.method() == AdversarialTraining.Method.TRADES;
  }
}
