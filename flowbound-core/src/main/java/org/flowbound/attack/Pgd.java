package org.flowbound.attack;

import org.flowbound.network.ParallelNetwork;
import org.jspecify.annotations.Nullable;

/**
 * Projected gradient descent: steps along the gradient of a loss with respect to the pixels, each
 * followed by the projection on the ball of radius ε and on [0, 1] (Madry, Makelov, Schmidt,
 * Tsipras, Vladu, <em>Towards deep learning models resistant to adversarial attacks</em>, ICLR
 * 2018). Without a random start it is the basic iterative method (Kurakin, Goodfellow, Bengio,
 * <em>Adversarial examples in the physical world</em>, 2017), and with momentum MI-FGSM (Dong et
 * al., <em>Boosting adversarial attacks with momentum</em>, CVPR 2018).
 *
 * @param id the name in results
 * @param loss what the steps increase
 * @param iterations steps after each start
 * @param restarts the number of starts, each for the images that are not broken yet
 * @param stepSize the length of a step as a multiple of ε, null for {@code 2.5/iterations} with a
 *     random start and {@code 1/iterations} without
 * @param momentum μ: a step follows {@code v ← μv + g/‖g‖₁}; 0 for the gradient g itself
 * @param randomStart whether to start at a random point of the ball, and not at the image
 * @param untilBroken whether to leave an image once it is misclassified
 * @param seed of the random starts, which depend on it and on the image's index alone
 */
public record Pgd(
    String id,
    PerturbationNorm norm,
    AttackLoss loss,
    int iterations,
    int restarts,
    @Nullable Double stepSize,
    double momentum,
    boolean randomStart,
    boolean untilBroken,
    long seed)
    implements BoundedAttack {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public Pgd {
    if (iterations < 1) {
      throw new IllegalArgumentException(
          "The number of iterations (%d) must be at least 1.".formatted(iterations));
    }
    if (restarts < 1 || (restarts > 1 && !(randomStart && untilBroken))) {
      throw new IllegalArgumentException(
          "The number of restarts (%d) must be at least 1, and 1 without random starts."
              .formatted(restarts));
    }
    if (stepSize != null && !(stepSize > 0 && stepSize < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "The step size (%s) must be positive and finite.".formatted(stepSize));
    }
    if (!(momentum >= 0 && momentum < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "The momentum (%s) must be finite and not negative.".formatted(momentum));
    }
  }

  /** PGD on the cross-entropy: 40 iterations from one random start. */
  public static Pgd of(PerturbationNorm norm, long seed) {
    return new Pgd("pgd", norm, AttackLoss.CROSS_ENTROPY, 40, 1, null, 0, true, true, seed);
  }

  /** The basic iterative method: 10 iterations that start at the image. */
  public static Pgd bim(PerturbationNorm norm) {
    return new Pgd("bim", norm, AttackLoss.CROSS_ENTROPY, 10, 1, null, 0, false, true, 0);
  }

  /** MI-FGSM: the basic iterative method with μ = 1. */
  public static Pgd momentum(PerturbationNorm norm) {
    return new Pgd("mi-fgsm", norm, AttackLoss.CROSS_ENTROPY, 10, 1, null, 1, false, true, 0);
  }

  public Pgd withLoss(AttackLoss value) {
    return new Pgd(
        id, norm, value, iterations, restarts, stepSize, momentum, randomStart, untilBroken, seed);
  }

  public Pgd withIterations(int value) {
    return new Pgd(
        id, norm, loss, value, restarts, stepSize, momentum, randomStart, untilBroken, seed);
  }

  public Pgd withRestarts(int value) {
    return new Pgd(
        id, norm, loss, iterations, value, stepSize, momentum, randomStart, untilBroken, seed);
  }

  public Pgd withStepSize(@Nullable Double value) {
    return new Pgd(
        id, norm, loss, iterations, restarts, value, momentum, randomStart, untilBroken, seed);
  }

  /** The same attack that goes on with images that it has broken, as adversarial training does. */
  public Pgd toTheEnd() {
    return new Pgd(
        id, norm, loss, iterations, restarts, stepSize, momentum, randomStart, false, seed);
  }

  /** The length of a step as a multiple of ε. */
  double effectiveStepSize() {
    return stepSize != null ? stepSize : (randomStart ? 2.5 : 1.0) / iterations;
  }

  @Override
  public void requireClasses(int classes) {
    loss.requireClasses(classes);
  }

  @Override
  public void perturb(ParallelNetwork.Batch batch, double eps, float[] target) {
    System.arraycopy(batch.pixels(), 0, target, 0, target.length);
    new ProjectedGradient(this, batch.network(), batch.size())
        .perturb(target, batch.labels(), 0, batch.size(), eps, batch.first());
  }
}
