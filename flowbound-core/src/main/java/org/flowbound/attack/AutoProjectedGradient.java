package org.flowbound.attack;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.network.ParallelNetwork;

/** {@link Apgd} on one batch. */
final class AutoProjectedGradient {
  private static final double MOMENTUM = 0.75;
  private static final double SHARE = 0.75;
  private static final double ROUNDING = 1e-9;

  private final Apgd attack;
  private final PerturbationNorm norm;
  private final LogitLoss loss;
  private final LossOracle oracle;
  private final double eps;
  private final int n;
  private final int[] labels;
  private final int first;
  private final int[] checkpoints;
  private final float[] originals;
  private final float[] target;

  private final int[] active;
  private int left;

  // Of each image: x_k, x_{k−1}, x_{k+1}, the best point and the gradients at it and at x_k.
  private final float[] x;
  private final float[] previous;
  private final float[] next;
  private final float[] best;
  private final float[] gradients;
  private final float[] bestGradients;
  private final float[] gradient;

  private final int[] targetClass;
  private final double[] value;
  private final double[] bestValue;
  private final double[] step;
  private final int[] improvements;
  private final double[] stepAtCheckpoint;
  private final double[] bestAtCheckpoint;
  private final double[] newValue;

  AutoProjectedGradient(Apgd attack, ParallelNetwork.Batch batch, double eps, float[] target) {
    this.attack = attack;
    this.norm = attack.norm();
    this.loss = attack.loss() == null ? new TargetedDlr() : attack.loss();
    this.oracle = new LossOracle(batch.network(), batch.size());
    this.eps = eps;
    this.n = oracle.pixels();
    this.labels = batch.labels();
    this.first = batch.first();
    this.checkpoints = checkpoints(attack.iterations());
    this.originals = batch.pixels();
    this.target = target;
    int m = batch.size();
    this.active = new int[m];
    this.x = new float[m * n];
    this.previous = new float[m * n];
    this.next = new float[m * n];
    this.best = new float[m * n];
    this.gradients = new float[m * n];
    this.bestGradients = new float[m * n];
    this.gradient = new float[n];
    this.targetClass = new int[m];
    this.value = new double[m];
    this.bestValue = new double[m];
    this.step = new double[m];
    this.improvements = new int[m];
    this.stepAtCheckpoint = new double[m];
    this.bestAtCheckpoint = new double[m];
    this.newValue = new double[m];
  }

  /** {@code w_j = ⌈p_j N⌉}, {@code p_0 = 0}, {@code p_1 = 0.22}, and so on, those up to N. */
  static int[] checkpoints(int iterations) {
    int[] w = new int[iterations + 2];
    int count = 1;
    double before = 0;
    double p = 0.22;
    while (p <= 1) {
      int at = (int) Math.ceil(p * iterations - ROUNDING);
      if (at > w[count - 1]) {
        w[count++] = at;
      }
      double following = p + Math.max(p - before - 0.03, 0.06);
      before = p;
      p = following;
    }
    return Arrays.copyOf(w, count);
  }

  void run() {
    int m = active.length;
    System.arraycopy(originals, 0, target, 0, m * n);
    for (int i = 0; i < m; i++) {
      active[i] = i;
    }
    oracle.evaluate(target, active, m);
    int[][] ranked =
        attack.loss() == null
            ? oracle.rivals(active, m, labels, Math.min(attack.targets(), oracle.classes() - 1))
            : new int[1][];
    left = oracle.dropBroken(active, m, labels, 0);
    for (int t = 0; t < ranked.length && left > 0; t++) {
      for (int restart = 0; restart < attack.restarts() && left > 0; restart++) {
        if (attack.loss() == null) {
          System.arraycopy(ranked[t], 0, targetClass, 0, m);
        }
        start(t * attack.restarts() + restart);
        iterate();
      }
    }
    for (int r = 0; r < left; r++) {
      copy(best, target, active[r]);
    }
  }

  private void start(int draw) {
    for (int r = 0; r < left; r++) {
      int i = active[r];
      norm.sample(
          x,
          originals,
          i * n,
          eps,
          n,
          new SplittableRandom(Streams.of(attack.seed(), first + i, draw)));
      copy(x, previous, i);
    }
    evaluate(x);
    for (int r = 0; r < left; r++) {
      int i = active[r];
      value[i] = newValue[i];
      bestValue[i] = newValue[i];
      copy(x, best, i);
      copy(gradients, bestGradients, i);
      step[i] = 2 * eps;
      improvements[i] = 0;
      stepAtCheckpoint[i] = step[i];
      bestAtCheckpoint[i] = bestValue[i];
    }
  }

  /** Losses and gradients at the given points; takes the broken ones out. */
  private void evaluate(float[] points) {
    oracle.evaluate(points, active, left);
    NativeMatrix all =
        oracle.pixelGradients(
            left,
            (r, z) -> {
              int i = active[r];
              newValue[i] = loss.differentiate(z, labels[i], targetClass[i]);
            });
    int kept = 0;
    for (int r = 0; r < left; r++) {
      int i = active[r];
      if (oracle.isCorrect(r, labels[i])) {
        all.read(r * n, gradient, n);
        System.arraycopy(gradient, 0, gradients, i * n, n);
        active[kept++] = i;
      } else {
        copy(points, target, i);
      }
    }
    left = kept;
  }

  private void iterate() {
    int checkpoint = 1;
    for (int k = 0; k < attack.iterations() && left > 0; k++) {
      double a = k == 0 ? 1 : MOMENTUM;
      for (int r = 0; r < left; r++) {
        move(active[r] * n, step[active[r]], a);
      }
      evaluate(next);
      for (int r = 0; r < left; r++) {
        accept(active[r]);
      }
      if (checkpoint < checkpoints.length && k + 1 == checkpoints[checkpoint]) {
        int length = checkpoints[checkpoint] - checkpoints[checkpoint - 1];
        for (int r = 0; r < left; r++) {
          review(active[r], length);
        }
        checkpoint++;
      }
    }
  }

  /** {@code z = P(x + ηs)}, {@code x⁺ = P(x + a(z − x) + (1 − a)(x − x⁻))}. */
  private void move(int offset, double eta, double a) {
    System.arraycopy(gradients, offset, gradient, 0, n);
    System.arraycopy(x, offset, next, offset, n);
    norm.move(next, originals, offset, gradient, eta, eps, n);
    float forward = (float) a;
    float inertia = (float) (1 - a);
    for (int k = offset; k < offset + n; k++) {
      next[k] = x[k] + forward * (next[k] - x[k]) + inertia * (x[k] - previous[k]);
    }
    norm.project(next, originals, offset, eps, n);
  }

  private void accept(int i) {
    copy(x, previous, i);
    copy(next, x, i);
    if (newValue[i] > value[i]) {
      improvements[i]++;
    }
    value[i] = newValue[i];
    if (newValue[i] > bestValue[i]) {
      bestValue[i] = newValue[i];
      copy(x, best, i);
      copy(gradients, bestGradients, i);
    }
  }

  /** Halves the step where fewer than ¾ of the steps helped, or nothing has changed for a while. */
  private void review(int i, int length) {
    boolean slow = improvements[i] < SHARE * length;
    boolean stuck = stepAtCheckpoint[i] == step[i] && bestAtCheckpoint[i] == bestValue[i];
    stepAtCheckpoint[i] = step[i];
    bestAtCheckpoint[i] = bestValue[i];
    improvements[i] = 0;
    if (slow || stuck) {
      step[i] /= 2;
      copy(best, x, i);
      copy(bestGradients, gradients, i);
      value[i] = bestValue[i];
    }
  }

  private void copy(float[] from, float[] to, int i) {
    System.arraycopy(from, i * n, to, i * n, n);
  }
}
