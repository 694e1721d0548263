package org.flowbound.attack;

import org.flowbound.network.ParallelNetwork;

/**
 * The fast gradient sign method (Goodfellow, Shlens, Szegedy, <em>Explaining and harnessing
 * adversarial examples</em>, ICLR 2015, section 4): one step of length ε along the gradient of the
 * cross-entropy with respect to the pixels, clipped to [0, 1].
 */
public record Fgsm(PerturbationNorm norm) implements Attack {
  @Override
  public String id() {
    return "fgsm";
  }

  @Override
  public void perturb(ParallelNetwork.Batch batch, double eps, float[] target) {
    batch.network().forward();
    batch.network().loss(batch.labels(), 0, 1);
    int n = batch.pixels().length / ParallelNetwork.BATCH;
    float[] gradient = new float[batch.size() * n];
    batch.network().pixelGradient().read(0, gradient, gradient.length);
    for (int i = 0; i < batch.size(); i++) {
      norm.step(batch.pixels(), gradient, eps, target, i * n, n);
    }
  }
}
