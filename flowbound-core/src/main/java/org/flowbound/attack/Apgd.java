package org.flowbound.attack;

import org.flowbound.network.ParallelNetwork;
import org.jspecify.annotations.Nullable;

/**
 * Auto-PGD (Croce, Hein, <em>Reliable evaluation of adversarial robustness with an ensemble of
 * diverse parameter-free attacks</em>, ICML 2020, arXiv 2003.01690, algorithm 1): projected
 * gradient steps with momentum, whose length starts at 2ε and is halved, going on from the best
 * point found, where progress since the last checkpoint was poor.
 *
 * @param id the name in results
 * @param loss what the steps increase, null for the targeted difference of logits ratio
 * @param iterations steps after each start
 * @param restarts the number of random starts, each for the images that are not broken yet
 * @param targets with the targeted loss, the number of classes aimed at, those with the largest
 *     logits first; at most as many as there are
 * @param seed of the random starts, which depend on it and on the image's index alone
 */
public record Apgd(
    String id,
    PerturbationNorm norm,
    @Nullable AttackLoss loss,
    int iterations,
    int restarts,
    int targets,
    long seed)
    implements BoundedAttack {
  /**
   * @throws IllegalArgumentException if a number is not positive
   */
  public Apgd {
    if (iterations < 1 || restarts < 1 || targets < 1) {
      throw new IllegalArgumentException(
          "The numbers of iterations (%d), restarts (%d) and targets (%d) must be at least 1."
              .formatted(iterations, restarts, targets));
    }
  }

  /** 100 iterations on the cross-entropy. */
  public static Apgd crossEntropy(PerturbationNorm norm, long seed) {
    return new Apgd("apgd-ce", norm, AttackLoss.CROSS_ENTROPY, 100, 1, 1, seed);
  }

  /** 100 iterations on the difference of logits ratio. */
  public static Apgd dlr(PerturbationNorm norm, long seed) {
    return new Apgd("apgd-dlr", norm, AttackLoss.DLR, 100, 1, 1, seed);
  }

  /** 100 iterations on the targeted difference of logits ratio, for each of nine targets. */
  public static Apgd targeted(PerturbationNorm norm, long seed) {
    return new Apgd("apgd-t", norm, null, 100, 1, 9, seed);
  }

  public Apgd withIterations(int value) {
    return new Apgd(id, norm, loss, value, restarts, targets, seed);
  }

  public Apgd withRestarts(int value) {
    return new Apgd(id, norm, loss, iterations, value, targets, seed);
  }

  @Override
  public void requireClasses(int classes) {
    if (loss != null) {
      loss.requireClasses(classes);
    } else if (classes < TargetedDlr.LEAST_CLASSES) {
      throw new IllegalArgumentException(
          "The attack %s needs at least %d classes, and there are %d: use apgd-ce."
              .formatted(id, TargetedDlr.LEAST_CLASSES, classes));
    }
  }

  @Override
  public void perturb(ParallelNetwork.Batch batch, double eps, float[] target) {
    new AutoProjectedGradient(this, batch, eps, target).run();
  }
}
