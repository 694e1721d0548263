package org.flowbound.comparison;

import java.time.Duration;
import java.util.List;
import org.flowbound.attack.AttackKind;
import org.flowbound.attack.PerturbationNorm;
import org.flowbound.field.Activation;
import org.flowbound.flow.Discretization;
import org.flowbound.network.Normalization;
import org.flowbound.training.TrainingOptions;
import org.jspecify.annotations.Nullable;

/**
 * What is compared, and how.
 *
 * @param width the dimension d of the ODE's state
 * @param activation σ
 * @param discretization how the ODE is integrated
 * @param normalization what happens to pixels first
 * @param training how every model is trained; its target and linear-layer bound are replaced
 * @param targets the bounds δ̄ of the stabilised models
 * @param baselines other ways to train for robustness, each alone and with every target
 * @param strengths how strong these are
 * @param linearNorm the bound κ that every model is also trained with, null for none
 * @param validation number of training images set aside for validation
 * @param attacks how every model is attacked; the first one makes the gallery
 * @param norm the norm of the attacks
 * @param budgets the attacks' values of ε, in pixel units
 * @param sanityImages the number of test images, the first ones, on which every model is checked
 *     for false robustness; 0 for no check
 * @param certifiedBudgets the ℓ₂ radii at which certified accuracy is stated, in pixel units
 * @param galleryImages number of test images in the gallery
 * @param galleryBudget ε in the gallery
 * @param boundTime how long δ of each finished model is bounded
 */
public record ComparisonOptions(
    int width,
    Activation activation,
    Discretization discretization,
    Normalization normalization,
    TrainingOptions training,
    List<Double> targets,
    List<Baseline> baselines,
    Baseline.Strengths strengths,
    @Nullable Double linearNorm,
    int validation,
    List<AttackKind> attacks,
    PerturbationNorm norm,
    List<Double> budgets,
    int sanityImages,
    List<Double> certifiedBudgets,
    int galleryImages,
    double galleryBudget,
    Duration boundTime) {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public ComparisonOptions {
    targets = List.copyOf(targets);
    baselines = List.copyOf(baselines);
    attacks = List.copyOf(attacks);
    budgets = List.copyOf(budgets);
    certifiedBudgets = List.copyOf(certifiedBudgets);
    if (budgets.isEmpty()) {
      throw new IllegalArgumentException("At least one value of eps is needed.");
    }
    if (attacks.isEmpty() || attacks.stream().distinct().count() < attacks.size()) {
      throw new IllegalArgumentException(
          "At least one attack is needed, and each only once: " + attacks + ".");
    }
    for (AttackKind attack : attacks) {
      if (!attack.norms().contains(norm)) {
        throw new IllegalArgumentException(
            "The attack %s does not know the norm %s.".formatted(attack.id(), norm.id()));
      }
    }
    if (sanityImages < 0) {
      throw new IllegalArgumentException(
          "The number of images to check (%d) must be at least 0.".formatted(sanityImages));
    }
    if (targets.stream().distinct().count() < targets.size()) {
      throw new IllegalArgumentException("A target occurs twice: " + targets + ".");
    }
    if (baselines.stream().distinct().count() < baselines.size()) {
      throw new IllegalArgumentException(
          "A baseline occurs twice: " + baselines.stream().map(Baseline::id).toList() + ".");
    }
    if (galleryImages < 0) {
      throw new IllegalArgumentException(
          "The number of gallery images (%d) must be at least 0.".formatted(galleryImages));
    }
  }

  public ComparisonOptions withTraining(TrainingOptions value) {
    return new ComparisonOptions(
        width,
        activation,
        discretization,
        normalization,
        value,
        targets,
        baselines,
        strengths,
        linearNorm,
        validation,
        attacks,
        norm,
        budgets,
        sanityImages,
        certifiedBudgets,
        galleryImages,
        galleryBudget,
        boundTime);
  }

  public ComparisonOptions withBaselines(List<Baseline> value) {
    return new ComparisonOptions(
        width,
        activation,
        discretization,
        normalization,
        training,
        targets,
        value,
        strengths,
        linearNorm,
        validation,
        attacks,
        norm,
        budgets,
        sanityImages,
        certifiedBudgets,
        galleryImages,
        galleryBudget,
        boundTime);
  }
}
