package org.flowbound.attack;

import java.util.SplittableRandom;
import org.flowbound.network.ParallelNetwork;

/**
 * Random noise on the boundary of the ball, the baseline that tells an attack from mere corruption:
 * every pixel changed by ±ε for ℓ∞, a Gaussian direction of length ε for ℓ₂; clipped to [0, 1].
 *
 * @param draws the number of perturbations tried, of which the first that the network misclassifies
 *     is kept
 * @param seed of the noise, which depends on it and on the image's index alone
 */
public record Noise(PerturbationNorm norm, int draws, long seed) implements BoundedAttack {
  /**
   * @throws IllegalArgumentException if nothing is drawn
   */
  public Noise {
    if (draws < 1) {
      throw new IllegalArgumentException(
          "The number of draws (%d) must be at least 1.".formatted(draws));
    }
  }

  /** One draw. */
  public Noise(PerturbationNorm norm, long seed) {
    this(norm, 1, seed);
  }

  @Override
  public String id() {
    return "noise";
  }

  @Override
  public void perturb(ParallelNetwork.Batch batch, double eps, float[] target) {
    LossOracle oracle = new LossOracle(batch.network(), batch.size());
    int n = oracle.pixels();
    float[] direction = new float[batch.size() * n];
    int[] active = new int[batch.size()];
    for (int i = 0; i < active.length; i++) {
      active[i] = i;
    }
    int left = active.length;
    for (int draw = 0; draw < draws && left > 0; draw++) {
      for (int r = 0; r < left; r++) {
        int i = active[r];
        draw(direction, i * n, n, random(batch.first() + i, draw));
        norm.step(batch.pixels(), direction, eps, target, i * n, n);
      }
      if (draw + 1 < draws) {
        oracle.evaluate(target, active, left);
        left = oracle.dropBroken(active, left, batch.labels(), 0);
      }
    }
  }

  private SplittableRandom random(int image, int draw) {
    return new SplittableRandom(
        draw == 0 ? seed + 0x9E3779B97F4A7C15L * image : Streams.of(seed, image, draw));
  }

  private void draw(float[] direction, int offset, int n, SplittableRandom random) {
    for (int k = offset; k < offset + n; k++) {
      direction[k] =
          switch (norm) {
            case LINF -> random.nextBoolean() ? 1 : -1;
            case L2 -> (float) random.nextGaussian();
          };
    }
  }
}
