package org.flowbound.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.flowbound.linalg.FloatMatrix;
import org.flowbound.parallel.Workers;

/**
 * Moves a vector of variables along the gradients of the loss, in single precision. Workers share
 * it in ranges, whose results do not depend on how many workers there are.
 */
abstract class Optimizer {
  private static final int RANGE = 8192;

  private final int size;
  private final int decayed;
  private final OptimizerOptions options;
  private final float[][] state;
  private final float[][] thetas;
  private final float[][] gradientSums;
  private final double[] squares;
  private long steps;

  /**
   * @param size number of variables
   * @param decayed how many of them, the first ones, decay
   * @param vectors number of vectors that the method remembers
   */
  Optimizer(int size, int decayed, OptimizerOptions options, int vectors, int workers) {
    this.size = size;
    this.decayed = decayed;
    this.options = options;
    this.state = new float[vectors][size];
    this.thetas = new float[workers][RANGE];
    this.gradientSums = new float[workers][RANGE];
    this.squares = new double[(size + RANGE - 1) / RANGE];
  }

  /** The optimiser that the options name, before its first step. */
  static Optimizer of(OptimizerOptions options, int size, int decayed, int workers) {
    return switch (options.method()) {
      case SGD -> new Momentum(size, decayed, options, workers);
      case ADAM, ADAMW -> new Adam(size, decayed, options, workers);
    };
  }

  /** A copy of what a checkpoint keeps. */
  final OptimizerState state() {
    List<float[]> vectors = new ArrayList<>();
    for (float[] vector : state) {
      vectors.add(vector.clone());
    }
    return new OptimizerState(steps, vectors);
  }

  /**
   * Takes over the state of another instance.
   *
   * @throws IllegalArgumentException if it is not that of this method and number of variables
   */
  final void resume(OptimizerState other) {
    if (other.vectors().isEmpty()) {
      if (other.steps() > 0 && state.length > 0) {
        throw new IllegalArgumentException("The state lacks its vectors.");
      }
      steps = other.steps();
      return;
    }
    if (other.vectors().size() != state.length
        || other.vectors().stream().anyMatch(vector -> vector.length != size)) {
      throw new IllegalArgumentException(
          "The optimiser's state has vectors of sizes %s, and %d of size %d are needed."
              .formatted(
                  other.vectors().stream().map(vector -> vector.length).toList(),
                  state.length,
                  size));
    }
    steps = other.steps();
    for (int k = 0; k < state.length; k++) {
      System.arraycopy(other.vectors().get(k), 0, state[k], 0, size);
    }
  }

  /**
   * One step along the sum of the gradients, added in their order.
   *
   * @param variables 1 × size, changed
   * @param gradients 1 × size each; overwritten if gradients are clipped
   * @return the 2-norm of the sum of the gradients, before any clipping
   */
  final double step(
      FloatMatrix variables, FloatMatrix[] gradients, double learningRate, Workers workers) {
    steps++;
    boolean decoupled = options.method() == OptimizerMethod.ADAMW;
    float decay = decoupled ? 0 : (float) options.weightDecay();
    float kept = decoupled ? (float) (1 - learningRate * options.weightDecay()) : 1;
    Rule rule = rule(steps, learningRate);
    if (Double.isInfinite(options.clip())) {
      workers.run(
          squares.length,
          (task, worker) -> {
            float[] g = sum(gradients, task, worker);
            move(variables, g, task, worker, 1, decay, kept, rule);
          });
      return norm();
    }
    workers.run(
        squares.length,
        (task, worker) -> {
          float[] g = sum(gradients, task, worker);
          gradients[0].write(task * RANGE, g, length(task));
        });
    double norm = norm();
    float scale = (float) Math.min(1, options.clip() / norm);
    workers.run(
        squares.length,
        (task, worker) -> {
          float[] g = gradientSums[worker];
          gradients[0].read(task * RANGE, g, length(task));
          move(variables, g, task, worker, scale, decay, kept, rule);
        });
    return norm;
  }

  private int length(int task) {
    return Math.min(RANGE, size - task * RANGE);
  }

  private double norm() {
    return Math.sqrt(Arrays.stream(squares).sum());
  }

  private float[] sum(FloatMatrix[] gradients, int task, int worker) {
    int from = task * RANGE;
    int n = length(task);
    float[] g = gradientSums[worker];
    float[] x = thetas[worker];
    gradients[0].read(from, g, n);
    for (int k = 1; k < gradients.length; k++) {
      gradients[k].read(from, x, n);
      for (int i = 0; i < n; i++) {
        g[i] += x[i];
      }
    }
    squares[task] = sumOfSquares(g, n);
    return g;
  }

  /** Eight sums, so that they vectorise. */
  private static double sumOfSquares(float[] g, int n) {
    float[] sums = new float[8];
    int i = 0;
    for (; i + 8 <= n; i += 8) {
      for (int k = 0; k < 8; k++) {
        sums[k] += g[i + k] * g[i + k];
      }
    }
    double square = 0;
    for (float sum : sums) {
      square += sum;
    }
    for (; i < n; i++) {
      square += g[i] * g[i];
    }
    return square;
  }

  private void move(
      FloatMatrix variables,
      float[] g,
      int task,
      int worker,
      float scale,
      float decay,
      float kept,
      Rule rule) {
    int from = task * RANGE;
    int n = length(task);
    float[] x = thetas[worker];
    variables.read(from, x, n);
    if (scale != 1) {
      for (int i = 0; i < n; i++) {
        g[i] *= scale;
      }
    }
    int decaying = Math.min(n, decayed - from);
    if (decay != 0) {
      for (int i = 0; i < decaying; i++) {
        g[i] += decay * x[i];
      }
    }
    if (kept != 1) {
      for (int i = 0; i < decaying; i++) {
        x[i] *= kept;
      }
    }
    rule.move(x, g, state, from, n);
    variables.write(from, x, n);
  }

  /** What one step does to a range of variables. */
  @FunctionalInterface
  interface Rule {
    /**
     * @param x the variables, changed
     * @param g the gradient
     * @param state the vectors that the method remembers, changed from {@code from} on
     * @param from the first variable of the range
     * @param n the length of the range
     */
    void move(float[] x, float[] g, float[][] state, int from, int n);
  }

  /** The rule of one step, counted from 1. */
  abstract Rule rule(long step, double learningRate);
}
