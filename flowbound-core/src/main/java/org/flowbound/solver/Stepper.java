package org.flowbound.solver;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One method at work on one field: the state at the current time, and a step that is tried,
 * completed and then taken.
 */
abstract class Stepper {
  final VectorField field;
  final Breakpoints breakpoints;
  final int d;

  /** The tolerances; null with fixed steps, for which no error is estimated. */
  final StepControl.@Nullable Adaptive tolerance;

  double time;
  double[] state;
  double[] slope;

  double nextTime;
  double[] nextState;
  double[] nextSlope;
  boolean nextSlopeReady;

  long evaluations;

  Stepper(VectorField field, StepControl control) {
    this.field = field;
    this.breakpoints = new Breakpoints(field);
    this.d = field.dimension();
    this.tolerance = control instanceof StepControl.Adaptive adaptive ? adaptive : null;
    this.state = new double[d];
    this.slope = new double[d];
    this.nextState = new double[d];
    this.nextSlope = new double[d];
  }

  /** One more than the order of the error estimate. */
  abstract int errorOrder();

  /**
   * Tries a step from the current time.
   *
   * @param end where it ends
   * @return the scaled error, 0 with fixed steps; NaN if the step could not be computed
   */
  abstract double attempt(double end);

  /** Starts at (t, u), towards {@code direction}. */
  void start(double t, double[] u, double direction) {
    time = t;
    System.arraycopy(u, 0, state, 0, d);
    evaluate(breakpoints.inside(t, direction), state, slope);
  }

  final void evaluate(double t, double[] u, double[] du) {
    field.evaluate(t, u, du);
    evaluations++;
  }

  /** The time of a stage of the step that is tried. */
  final double stageTime(double c) {
    if (c == 0) {
      return breakpoints.inside(time, nextTime);
    }
    if (c == 1) {
      return breakpoints.inside(nextTime, time);
    }
    return time + c * (nextTime - time);
  }

  /** Computes what the step that was tried still lacks before it can be taken. */
  void complete() {
    if (!nextSlopeReady) {
      evaluate(stageTime(1), nextState, nextSlope);
      nextSlopeReady = true;
    }
  }

  /** Takes the step that was tried and completed. */
  void advance() {
    time = nextTime;
    double[] oldState = state;
    state = nextState;
    nextState = oldState;
    double[] oldSlope = slope;
    slope = nextSlope;
    nextSlope = oldSlope;
    nextSlopeReady = false;
  }

  /** The degree q of the polynomial that {@link #interpolate} gives. */
  int degree() {
    return 3;
  }

  /**
   * Writes the coefficients F_0, …, F_{q−1}, d numbers each, of the completed step's polynomial
   * {@code u + θ(F_0 + (1−θ)(F_1 + θ(F_2 + (1−θ)(F_3 + …))))}: the cubic of Hermite, unless the
   * method has a better one.
   */
  void interpolate(double[] target, int offset) {
    double h = nextTime - time;
    for (int i = 0; i < d; i++) {
      double difference = nextState[i] - state[i];
      target[offset + i] = difference;
      target[offset + d + i] = h * slope[i] - difference;
      target[offset + 2 * d + i] = 2 * difference - h * (slope[i] + nextSlope[i]);
    }
  }

  /** The root mean square of an error, each component over its tolerance. */
  final double scaledNorm(double[] error) {
    return scaledNorm(error, nextState);
  }

  final double scaledNorm(double[] error, double[] other) {
    StepControl.Adaptive limits = tolerance;
    double relative = limits == null ? DEFAULT_TOLERANCE : limits.relative();
    double absolute = limits == null ? DEFAULT_TOLERANCE : limits.absolute();
    double sum = 0;
    for (int i = 0; i < d; i++) {
      double scale = absolute + relative * Math.max(Math.abs(state[i]), Math.abs(other[i]));
      double ratio = error[i] / scale;
      sum += ratio * ratio;
    }
    return Math.sqrt(sum / d);
  }

  private static final double DEFAULT_TOLERANCE = 1e-12;

  /** {@code target ← base + Σ_{j<n} weights_j vectors_j · h}, skipping weights that are zero. */
  static void combine(
      double[] base, double h, double[] weights, double[][] vectors, int n, double[] target) {
    System.arraycopy(base, 0, target, 0, target.length);
    addCombination(h, weights, vectors, n, target);
  }

  static void addCombination(
      double h, double[] weights, double[][] vectors, int n, double[] target) {
    int d = target.length;
    for (int j = 0; j < n; j++) {
      double factor = h * weights[j];
      if (factor != 0) {
        double[] vector = vectors[j];
        for (int i = 0; i < d; i++) {
          target[i] += factor * vector[i];
        }
      }
    }
  }

  /** {@code target ← h Σ_{j<n} weights_j vectors_j}. */
  static void combination(double h, double[] weights, double[][] vectors, int n, double[] target) {
    Arrays.fill(target, 0);
    addCombination(h, weights, vectors, n, target);
  }

  Statistics statistics(long steps, long rejected) {
    return new Statistics(steps, rejected, evaluations, 0, 0);
  }
}
