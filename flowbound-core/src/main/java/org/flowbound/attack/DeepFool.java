package org.flowbound.attack;

import org.flowbound.network.ParallelNetwork;

/**
 * DeepFool (Moosavi-Dezfooli, Fawzi, Frossard, <em>DeepFool: a simple and accurate method to fool
 * deep neural networks</em>, CVPR 2016): steps to the nearest linearised decision boundary until it
 * is crossed; within the box of pixels, where the paper's steps leave it.
 *
 * @param iterations steps at most
 * @param overshoot how much longer the sum of the steps is made, so that it crosses the boundary
 */
public record DeepFool(PerturbationNorm norm, int iterations, double overshoot)
    implements MinimumNormAttack {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public DeepFool {
    if (iterations < 1) {
      throw new IllegalArgumentException(
          "The number of iterations (%d) must be at least 1.".formatted(iterations));
    }
    if (!(overshoot > 0 && overshoot < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "The overshoot (%s) must be positive and finite.".formatted(overshoot));
    }
  }

  /** 50 iterations, an overshoot of 2 %. */
  public static DeepFool of(PerturbationNorm norm) {
    return new DeepFool(norm, 50, 0.02);
  }

  public DeepFool withIterations(int value) {
    return new DeepFool(norm, value, overshoot);
  }

  @Override
  public String id() {
    return "deepfool";
  }

  @Override
  public void search(ParallelNetwork.Batch batch, double goal, float[] target) {
    LossOracle oracle = new LossOracle(batch.network(), batch.size());
    NearestBoundary boundary = new NearestBoundary(oracle, norm, batch.size());
    ClosestExamples examples = new ClosestExamples(norm, oracle, batch, target);
    int n = oracle.pixels();
    float[] originals = batch.pixels();
    float[] x = originals.clone();
    float[] beyond = originals.clone();
    float[] normal = new float[n];
    float[] delta = new float[n];
    int[] active = new int[batch.size()];
    int left = examples.start(active);
    for (int k = 0; k < iterations && left > 0; k++) {
      oracle.evaluate(x, active, left);
      boundary.linearise(active, left, batch.labels(), null);
      for (int r = 0; r < left; r++) {
        int offset = active[r] * n;
        boundary.normal(active[r], normal);
        BoxHyperplane.project(norm, x, offset, normal, -boundary.value(active[r]), delta, n);
        for (int p = 0; p < n; p++) {
          x[offset + p] += delta[p];
          double change = (1 + overshoot) * (x[offset + p] - originals[offset + p]);
          beyond[offset + p] = (float) Math.min(Math.max(originals[offset + p] + change, 0), 1);
        }
      }
      oracle.evaluate(beyond, active, left);
      for (int r = 0; r < left; r++) {
        if (examples.isBroken(r, active[r])) {
          examples.offer(beyond, active[r]);
        }
      }
      left = examples.dropReached(active, left, Double.MAX_VALUE);
    }
  }
}
