package org.flowbound.attack;

import org.flowbound.network.ParallelNetwork;

/**
 * The fast gradient sign method (Goodfellow, Shlens, Szegedy, <em>Explaining and harnessing
 * adversarial examples</em>, ICLR 2015, section 4): one step of length ε along the gradient of the
 * cross-entropy with respect to the pixels, clipped to [0, 1].
 */
public record Fgsm(PerturbationNorm norm) implements BoundedAttack {
  @Override
  public String id() {
    return "fgsm";
  }

  @Override
  public void perturb(ParallelNetwork.Batch batch, double eps, float[] target) {
    Pgd step = new Pgd(id(), norm, AttackLoss.CROSS_ENTROPY, 1, 1, 1.0, 0, false, false, 0);
    step.perturb(batch, eps, target);
  }
}
