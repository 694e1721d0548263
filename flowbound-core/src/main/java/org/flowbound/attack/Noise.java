package org.flowbound.attack;

import java.util.SplittableRandom;
import org.flowbound.network.ParallelNetwork;

/**
 * Random noise of the same size as an attack, the baseline that tells an attack from mere
 * corruption: every pixel changed by ±ε for ℓ∞, a Gaussian direction of length ε for ℓ₂; clipped to
 * [0, 1].
 *
 * @param seed of the noise, which depends on it and on the image's index alone
 */
public record Noise(PerturbationNorm norm, long seed) implements Attack {
  @Override
  public String id() {
    return "noise";
  }

  @Override
  public void perturb(ParallelNetwork.Batch batch, double eps, float[] target) {
    int n = batch.pixels().length / ParallelNetwork.BATCH;
    float[] direction = new float[batch.size() * n];
    for (int i = 0; i < batch.size(); i++) {
      SplittableRandom random =
          new SplittableRandom(seed + 0x9E3779B97F4A7C15L * (batch.first() + i));
      for (int k = i * n; k < (i + 1) * n; k++) {
        direction[k] =
            switch (norm) {
              case LINF -> random.nextBoolean() ? 1 : -1;
              case L2 -> (float) random.nextGaussian();
            };
      }
      norm.step(batch.pixels(), direction, eps, target, i * n, n);
    }
  }
}
