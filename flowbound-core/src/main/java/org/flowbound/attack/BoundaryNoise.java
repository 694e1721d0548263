package org.flowbound.attack;

import java.util.SplittableRandom;
import org.flowbound.network.ParallelNetwork;

/**
 * The smallest misclassified perturbation along random directions, found by bisection: what a
 * search without gradients finds of the decision boundary, which gradients must beat.
 *
 * @param draws the number of directions tried for each image
 * @param seed of the directions, which depend on it and on the image's index alone
 */
public record BoundaryNoise(PerturbationNorm norm, int draws, long seed)
    implements MinimumNormAttack {
  /**
   * @throws IllegalArgumentException if nothing is drawn
   */
  public BoundaryNoise {
    if (draws < 1) {
      throw new IllegalArgumentException(
          "The number of draws (%d) must be at least 1.".formatted(draws));
    }
  }

  @Override
  public String id() {
    return "boundary-noise";
  }

  @Override
  public void search(ParallelNetwork.Batch batch, double goal, float[] target) {
    LossOracle oracle = new LossOracle(batch.network(), batch.size());
    ClosestExamples examples = new ClosestExamples(norm, oracle, batch, target);
    int n = oracle.pixels();
    int[] active = new int[batch.size()];
    int left = examples.start(active);
    int[] broken = new int[left];
    float[] direction = new float[n];
    float[] points = new float[batch.size() * n];
    double whole = norm.diameter(n);
    for (int draw = 0; draw < draws && left > 0; draw++) {
      for (int r = 0; r < left; r++) {
        int i = active[r];
        SplittableRandom random = new SplittableRandom(Streams.of(seed, batch.first() + i, draw));
        for (int k = 0; k < n; k++) {
          direction[k] = (float) random.nextGaussian();
        }
        System.arraycopy(batch.pixels(), i * n, points, i * n, n);
        // Farther than what is known would not help.
        double length = Math.min(whole, examples.distance(i));
        norm.move(points, batch.pixels(), i * n, direction, length, length, n);
      }
      oracle.evaluate(points, active, left);
      int found = 0;
      for (int r = 0; r < left; r++) {
        if (examples.isBroken(r, active[r])) {
          examples.offer(points, active[r]);
          broken[found++] = active[r];
        }
      }
      examples.refine(broken, found);
      left = examples.dropReached(active, left, goal);
    }
  }
}
