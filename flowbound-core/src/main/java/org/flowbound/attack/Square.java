package org.flowbound.attack;

import org.flowbound.network.ParallelNetwork;

/**
 * The Square attack (Andriushchenko, Croce, Flammarion, Hein, <em>Square Attack: a query-efficient
 * black-box adversarial attack via random search</em>, ECCV 2020): random search that asks for
 * logits only. A proposal changes one square of the image (two, for ℓ₂) such that the perturbation
 * stays on the boundary of the ball, and is kept if the margin falls; squares shrink with time.
 *
 * @param queries evaluations of the network for each image and restart
 * @param restarts the number of runs, each for the images that are not broken yet
 * @param share the share of the pixels that the first squares cover
 * @param seed of the proposals, which depend on it and on the image's index alone
 */
public record Square(PerturbationNorm norm, int queries, int restarts, double share, long seed)
    implements BoundedAttack {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public Square {
    if (queries < 1 || restarts < 1) {
      throw new IllegalArgumentException(
          "The numbers of queries (%d) and restarts (%d) must be at least 1."
              .formatted(queries, restarts));
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "The share of pixels (%s) must lie in (0, 1].".formatted(share));
    }
  }

  /** 5000 queries, starting with squares of 80 % of the pixels. */
  public static Square of(PerturbationNorm norm, long seed) {
    return new Square(norm, 5000, 1, 0.8, seed);
  }

  public Square withQueries(int value) {
    return new Square(norm, value, restarts, share, seed);
  }

  public Square withRestarts(int value) {
    return new Square(norm, queries, value, share, seed);
  }

  @Override
  public String id() {
    return "square";
  }

  @Override
  public void perturb(ParallelNetwork.Batch batch, double eps, float[] target) {
    new SquareSearch(this, batch, eps, target).run();
  }
}
