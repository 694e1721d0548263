package org.flowbound.attack;

import java.util.Arrays;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.network.ParallelNetwork;

/**
 * The ℓ₂ attack of Carlini and Wagner (<em>Towards evaluating the robustness of neural
 * networks</em>, IEEE S&amp;P 2017, section VI.A): minimises {@code ‖x − x₀‖² + c · max(z_y −
 * max_{j≠y} z_j, 0)} over {@code x = (1 + tanh w)/2} by Adam, with a search over c for each image.
 * The learning rate falls to 0 in each search, and a bisection towards the image follows the last
 * one.
 *
 * @param iterations steps of Adam for each c
 * @param searches the number of values of c
 * @param firstConstant the first c
 * @param learningRate of Adam, on w
 */
public record CarliniWagner(int iterations, int searches, double firstConstant, double learningRate)
    implements MinimumNormAttack {
  private static final double FACTOR = 10;
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  /** Keeps tanh's slope from vanishing at black and white pixels. */
  private static final double INNER = 0.999999;

  /**
   * @throws IllegalArgumentException if a value is not positive
   */
  public CarliniWagner {
    if (iterations < 1 || searches < 1) {
      throw new IllegalArgumentException(
          "The numbers of iterations (%d) and searches (%d) must be at least 1."
              .formatted(iterations, searches));
    }
    if (!(firstConstant > 0 && learningRate > 0)) {
      throw new IllegalArgumentException(
          "The first constant (%s) and the learning rate (%s) must be positive."
              .formatted(firstConstant, learningRate));
    }
  }

  /** 200 iterations for each of 6 constants, from 1 on, at the rate 0.02. */
  public static CarliniWagner defaults() {
    return new CarliniWagner(200, 6, 1, 0.02);
  }

  public CarliniWagner withIterations(int value) {
    return new CarliniWagner(value, searches, firstConstant, learningRate);
  }

  @Override
  public String id() {
    return "cw";
  }

  @Override
  public PerturbationNorm norm() {
    return PerturbationNorm.L2;
  }

  @Override
  public void search(ParallelNetwork.Batch batch, double goal, float[] target) {
    new Search(batch, goal, target).run();
  }

  /** The attack on one batch. */
  private final class Search {
    private final double goal;
    private final int[] labels;
    private final LossOracle oracle;
    private final ClosestExamples examples;
    private final float[] originals;
    private final int n;
    private final float[] x;
    private final float[] w;
    private final float[] first;
    private final float[] second;
    private final float[] gradient;
    private final double[] constant;
    private final double[] low;
    private final double[] high;
    private final boolean[] broken;
    private final int[] active;
    private int left;

    Search(ParallelNetwork.Batch batch, double goal, float[] target) {
      this.goal = goal;
      this.labels = batch.labels();
      this.oracle = new LossOracle(batch.network(), batch.size());
      this.examples = new ClosestExamples(PerturbationNorm.L2, oracle, batch, target);
      this.originals = batch.pixels();
      this.n = oracle.pixels();
      int m = batch.size();
      this.x = new float[m * n];
      this.w = new float[m * n];
      this.first = new float[m * n];
      this.second = new float[m * n];
      this.gradient = new float[n];
      this.constant = new double[m];
      this.low = new double[m];
      this.high = new double[m];
      this.broken = new boolean[m];
      this.active = new int[m];
    }

    void run() {
      left = examples.start(active);
      int[] attacked = Arrays.copyOf(active, left);
      Arrays.fill(constant, firstConstant);
      Arrays.fill(high, Double.POSITIVE_INFINITY);
      for (int search = 0; search < searches && left > 0; search++) {
        for (int r = 0; r < left; r++) {
          start(active[r]);
        }
        for (int k = 1; k <= iterations && left > 0; k++) {
          iterate(k);
        }
        for (int r = 0; r < left; r++) {
          narrow(active[r]);
        }
      }
      examples.refine(attacked, attacked.length);
    }

    private void start(int i) {
      broken[i] = false;
      for (int k = i * n; k < (i + 1) * n; k++) {
        double y = INNER * (2.0 * originals[k] - 1);
        w[k] = (float) (0.5 * Math.log((1 + y) / (1 - y)));
        x[k] = originals[k];
        first[k] = 0;
        second[k] = 0;
      }
    }

    private void iterate(int k) {
      oracle.evaluate(x, active, left);
      NativeMatrix gradients =
          oracle.pixelGradients(
              left,
              (r, z) -> {
                int y = labels[active[r]];
                int rival = AttackLoss.rival(z, y);
                boolean correct = z[y] > z[rival];
                Arrays.fill(z, 0);
                z[y] = correct ? 1 : 0;
                z[rival] = correct ? -1 : 0;
              });
      for (int r = 0; r < left; r++) {
        int i = active[r];
        if (examples.isBroken(r, i)) {
          broken[i] = true;
          examples.offer(x, i);
        }
        gradients.read(r * n, gradient, n);
        step(i, k);
      }
      left = examples.dropReached(active, left, goal);
    }

    private void step(int i, int k) {
      double rate = learningRate * (1 - (k - 1.0) / iterations);
      double correction1 = 1 - Math.pow(BETA1, k);
      double correction2 = 1 - Math.pow(BETA2, k);
      for (int p = 0; p < n; p++) {
        int at = i * n + p;
        double t = 2.0 * x[at] - 1;
        double g = (2.0 * (x[at] - originals[at]) + constant[i] * gradient[p]) * 0.5 * (1 - t * t);
        first[at] = (float) (BETA1 * first[at] + (1 - BETA1) * g);
        second[at] = (float) (BETA2 * second[at] + (1 - BETA2) * g * g);
        w[at] -=
            (float)
                (rate
                    * (first[at] / correction1)
                    / (Math.sqrt(second[at] / correction2) + EPSILON));
        // tanh by one exponential.
        x[at] = (float) (1 / (1 + Math.exp(-2.0 * w[at])));
      }
    }

    private void narrow(int i) {
      if (broken[i]) {
        high[i] = Math.min(high[i], constant[i]);
      } else {
        low[i] = Math.max(low[i], constant[i]);
      }
      constant[i] =
          high[i] < Double.POSITIVE_INFINITY
              ? low[i] > 0 ? Math.sqrt(low[i] * high[i]) : high[i] / FACTOR
              : constant[i] * FACTOR;
    }
  }
}
