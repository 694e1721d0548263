package org.flowbound.attack;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.flowbound.network.ParallelNetwork;

/**
 * The fast adaptive boundary attack (Croce, Hein, <em>Minimally distorted adversarial examples with
 * a fast adaptive boundary attack</em>, ICML 2020, algorithm 1): steps to the nearest linearised
 * decision boundary, biased towards the original image, and back towards it from beyond. With
 * targets it looks at one class at a time, those with the largest logits first, which needs one
 * gradient a step where the untargeted form needs one for each class. Ends with a bisection between
 * the closest example and the image.
 *
 * @param id the name in results
 * @param iterations steps from each start
 * @param restarts the number of starts: the first at the image, the others at random
 * @param targets the number of classes aimed at, at most as many as there are; 0 for the untargeted
 *     form
 * @param seed of the random starts, which depend on it and on the image's index alone
 */
public record Fab(
    String id, PerturbationNorm norm, int iterations, int restarts, int targets, long seed)
    implements MinimumNormAttack {
  private static final double MAX_BIAS = 0.1;
  private static final double OVERSHOOT = 1.05;
  private static final double RETREAT = 0.9;

  /** How far from the image random starts lie at most while no example is known. */
  private static final double FIRST_RADIUS = 0.3;

  /**
   * @throws IllegalArgumentException if a number is out of its range
   */
  public Fab {
    if (iterations < 1 || restarts < 1 || targets < 0) {
      throw new IllegalArgumentException(
          "The numbers of iterations (%d) and restarts (%d) must be at least 1, that of targets (%d) at least 0."
              .formatted(iterations, restarts, targets));
    }
  }

  /** 100 iterations, all classes at a time. */
  public static Fab of(PerturbationNorm norm, long seed) {
    return new Fab("fab", norm, 100, 1, 0, seed);
  }

  /** 100 iterations for each of nine targets. */
  public static Fab targeted(PerturbationNorm norm, long seed) {
    return new Fab("fab-t", norm, 100, 1, 9, seed);
  }

  public Fab withIterations(int value) {
    return new Fab(id, norm, value, restarts, targets, seed);
  }

  public Fab withRestarts(int value) {
    return new Fab(id, norm, iterations, value, targets, seed);
  }

  @Override
  public void search(ParallelNetwork.Batch batch, double goal, float[] target) {
    new Search(batch, goal, target).run();
  }

  /** The attack on one batch. */
  private final class Search {
    private final double goal;
    private final LossOracle oracle;
    private final NearestBoundary boundary;
    private final ClosestExamples examples;
    private final ParallelNetwork.Batch batch;
    private final float[] originals;
    private final int n;
    private final float[] x;
    private final float[] normal;
    private final float[] toBoundary;
    private final float[] fromImage;
    private final int[] active;
    private final int[] targetClass;
    private int left;

    Search(ParallelNetwork.Batch batch, double goal, float[] target) {
      this.goal = goal;
      this.batch = batch;
      this.oracle = new LossOracle(batch.network(), batch.size());
      this.boundary = new NearestBoundary(oracle, norm, batch.size());
      this.examples = new ClosestExamples(norm, oracle, batch, target);
      this.originals = batch.pixels();
      this.n = oracle.pixels();
      this.x = new float[batch.size() * n];
      this.normal = new float[n];
      this.toBoundary = new float[n];
      this.fromImage = new float[n];
      this.active = new int[batch.size()];
      this.targetClass = new int[batch.size()];
    }

    void run() {
      left = examples.start(active);
      int[] attacked = Arrays.copyOf(active, left);
      int[][] ranked = rankedTargets(attacked);
      for (int t = 0; t < Math.max(1, ranked.length) && left > 0; t++) {
        if (targets > 0) {
          System.arraycopy(ranked[t], 0, targetClass, 0, targetClass.length);
        }
        for (int restart = 0; restart < restarts && left > 0; restart++) {
          start(t, restart);
          for (int k = 0; k < iterations && left > 0; k++) {
            iterate();
          }
        }
      }
      examples.refine(attacked, attacked.length);
    }

    private int[][] rankedTargets(int[] attacked) {
      if (targets == 0 || attacked.length == 0) {
        return new int[0][];
      }
      oracle.evaluate(originals, attacked, attacked.length);
      return oracle.rivals(
          attacked, attacked.length, batch.labels(), Math.min(targets, oracle.classes() - 1));
    }

    private void start(int t, int restart) {
      for (int r = 0; r < left; r++) {
        int i = active[r];
        if (restart == 0) {
          System.arraycopy(originals, i * n, x, i * n, n);
        } else {
          double known = Math.min(examples.distance(i), goal > 0 ? goal : FIRST_RADIUS);
          norm.sample(
              x,
              originals,
              i * n,
              known / 2,
              n,
              new SplittableRandom(
                  Streams.of(seed, batch.first() + i, (long) t * restarts + restart)));
        }
      }
    }

    private void iterate() {
      oracle.evaluate(x, active, left);
      boundary.linearise(active, left, batch.labels(), targets == 0 ? null : targetClass);
      for (int r = 0; r < left; r++) {
        step(active[r]);
      }
      oracle.evaluate(x, active, left);
      for (int r = 0; r < left; r++) {
        int i = active[r];
        if (examples.isBroken(r, i)) {
          examples.offer(x, i);
          for (int k = i * n; k < (i + 1) * n; k++) {
            x[k] = (float) (originals[k] + RETREAT * (x[k] - originals[k]));
          }
        }
      }
      left = examples.dropReached(active, left, goal);
    }

    /** {@code x ← P((1 − a)(x + ηδ) + a(x₀ + ηδ₀))}, both steps to the same hyperplane. */
    private void step(int i) {
      boundary.normal(i, normal);
      double value = boundary.value(i);
      double difference = 0;
      for (int k = 0; k < n; k++) {
        difference += (double) normal[k] * (originals[i * n + k] - x[i * n + k]);
      }
      BoxHyperplane.project(norm, x, i * n, normal, -value, toBoundary, n);
      BoxHyperplane.project(norm, originals, i * n, normal, -value - difference, fromImage, n);
      double near = BoxHyperplane.length(norm, toBoundary, n);
      double far = BoxHyperplane.length(norm, fromImage, n);
      double bias = near + far > 0 ? Math.min(near / (near + far), MAX_BIAS) : MAX_BIAS;
      for (int k = 0; k < n; k++) {
        double direct = x[i * n + k] + OVERSHOOT * toBoundary[k];
        double biased = originals[i * n + k] + OVERSHOOT * fromImage[k];
        x[i * n + k] = (float) Math.min(Math.max((1 - bias) * direct + bias * biased, 0), 1);
      }
    }
  }
}
