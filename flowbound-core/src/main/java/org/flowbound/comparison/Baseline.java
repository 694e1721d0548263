package org.flowbound.comparison;

import java.util.Locale;
import org.flowbound.training.AdversarialTraining;
import org.flowbound.training.ObjectiveOptions;
import org.flowbound.training.TrainingOptions;

/**
 * Another way to train for robustness, which networks with and without stability are compared to.
 */
public enum Baseline {
  /** Adversarial training with one gradient step. */
  FGSM("FGSM training"),
  /** Adversarial training with projected gradient descent. */
  PGD("PGD training"),
  /** Adversarial training by TRADES. */
  TRADES("TRADES"),
  /** Gaussian noise on the pixels. */
  NOISE("noise training"),
  /** The squared Frobenius norm of the Jacobian. */
  JACOBIAN("Jacobian penalty"),
  /** A contractivity-promoting regulariser of A. */
  CONTRACTIVITY("contractivity penalty"),
  /** Weight decay. */
  WEIGHT_DECAY("weight decay");

  private final String label;

  Baseline(String label) {
    this.label = label;
  }

  /** The name on the command line and in results. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The name of a network trained so. */
  public String label() {
    return label;
  }

  /**
   * How strong each of them is.
   *
   * @param adversarialEps ε of adversarial training, ℓ∞, in pixel units
   * @param adversarialSteps steps of PGD and TRADES
   * @param tradesWeight β of TRADES
   * @param noiseDeviation the noise's standard deviation
   * @param jacobianWeight λ of the Jacobian's norm
   * @param contractivityWeight the weight of the contractivity regulariser
   * @param weightDecay the rate of decay, as a multiple of the learning rate
   */
  public record Strengths(
      double adversarialEps,
      int adversarialSteps,
      double tradesWeight,
      double noiseDeviation,
      double jacobianWeight,
      double contractivityWeight,
      double weightDecay) {
    /** ε = 0.1 with 7 steps, β = 6, deviation 0.2, λ = 0.01, weights 0.01 and 0.05. */
    public static Strengths defaults() {
      return new Strengths(0.1, 7, 6, 0.2, 0.01, 0.01, 0.05);
    }
  }

  /** The options with this way of training added to them. */
  TrainingOptions addTo(TrainingOptions options, Strengths strengths) {
    ObjectiveOptions objective = options.objective();
    return switch (this) {
      case FGSM -> options.withObjective(adversarial(objective, strengths, "FGSM"));
      case PGD -> options.withObjective(adversarial(objective, strengths, "PGD"));
      case TRADES -> options.withObjective(adversarial(objective, strengths, "TRADES"));
      case NOISE -> options.withObjective(objective.withNoiseDeviation(strengths.noiseDeviation()));
      case JACOBIAN ->
          options.withObjective(objective.withJacobianWeight(strengths.jacobianWeight()));
      case CONTRACTIVITY ->
          options.withObjective(objective.withContractivityWeight(strengths.contractivityWeight()));
      case WEIGHT_DECAY ->
          options.withOptimizer(options.optimizer().withWeightDecay(strengths.weightDecay()));
    };
  }

  private static ObjectiveOptions adversarial(
      ObjectiveOptions objective, Strengths strengths, String method) {
    return objective.withAdversarial(
        new AdversarialTraining(
            AdversarialTraining.Method.valueOf(method),
            strengths.adversarialEps(),
            strengths.adversarialSteps(),
            strengths.tradesWeight()));
  }
}
