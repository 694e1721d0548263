package org.flowbound.training;

import java.util.Locale;

/**
 * Training on images that are perturbed, within {@code ‖·‖_∞ ≤ ε} and [0, 1], so as to be
 * misclassified.
 *
 * @param method how they are perturbed, and what the loss is
 * @param eps ε, in pixel units
 * @param steps gradient steps of PGD and TRADES
 * @param tradesWeight β of TRADES, the weight of its divergence
 */
public record AdversarialTraining(Method method, double eps, int steps, double tradesWeight) {
  /** A kind of adversarial training. */
  public enum Method {
    /**
     * Cross-entropy of images perturbed by one signed gradient step of length ε (Goodfellow,
     * Shlens, Szegedy, ICLR 2015).
     */
    FGSM,
    /**
     * Cross-entropy of images perturbed by projected signed gradient steps of length {@code 2.5
     * ε/steps} from a random start (Madry et al., ICLR 2018).
     */
    PGD,
    /**
     * Cross-entropy of the images, and β times the divergence KL(p(x) ‖ p(x')) to images x' that
     * are perturbed as by PGD so as to increase it, from a Gaussian start of deviation 0.001 (Zhang
     * et al., ICML 2019).
     */
    TRADES;

    /** The name on the command line and in model files. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public AdversarialTraining {
    TrainingOptions.require(
        eps > 0 && Double.isFinite(eps),
        "size of adversarial perturbations",
        eps,
        "positive and finite");
    TrainingOptions.require(steps >= 1, "number of adversarial steps", steps, "at least 1");
    TrainingOptions.require(
        tradesWeight >= 0 && Double.isFinite(tradesWeight),
        "weight of TRADES",
        tradesWeight,
        "at least 0 and finite");
  }

  /** Seven steps, and β = 6. */
  public static AdversarialTraining of(Method method, double eps) {
    return new AdversarialTraining(method, eps, 7, 6);
  }

  public AdversarialTraining withSteps(int value) {
    return new AdversarialTraining(method, eps, value, tradesWeight);
  }

  public AdversarialTraining withTradesWeight(double value) {
    return new AdversarialTraining(method, eps, steps, value);
  }
}
