package org.flowbound.nearness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.stability.VertexAscent;

/**
 * The two-level method of [3] (arXiv 2501.10740), for {@code Δ = εE}, {@code ‖E‖_F = 1}.
 *
 * <p>Inner level, ε fixed: minimise {@code F_ε(E) = ½ Σ_i ((λ_i(sym(D(A + εE))) − δ̄)₊)²}, with D
 * the extremal diagonal matrix at {@code A + εE}, along the gradient flow {@code E' = −G + ⟨G,
 * E⟩E}, {@code G = Σ_i (λ_i − δ̄)₊ D z_i z_iᵀ}, by normalised Euler steps whose size is halved
 * until F decreases. Outer level: the smallest ε with {@code F_ε = 0}, by Newton's method with
 * {@code dF/dε = −‖G‖_F} inside a bracket that bisection keeps.
 *
 * <p>The extremal D is found by ascent from several starts, as the method has it: a local maximum,
 * so neither the point's stability nor its optimality is proved here.
 */
final class TwoLevel {
  private static final int MAX_OUTER = 30;
  private static final int MAX_INNER = 400;
  private static final int RANDOM_STARTS = 6;
  private static final double MIN_STEP = 1e-10;

  private final int d;
  private final double[] a;
  private final double target;
  private final double zero;
  private final long end;
  private final VertexAscent ascent;
  private final SymmetricEigen eigen;
  private final DoubleMatrix symmetric;
  private final SplittableRandom random;
  private final double[] work;
  private final double[] vector;
  private final double[] b;
  private final double[] vertex;
  private final double[] gradient;
  private double gradientNorm;
  private final List<TwoLevelIterate> history = new ArrayList<>();
  private int outer;
  private int steps;

  /**
   * @param a d × d, row-major
   * @param tolerance relative to the size of A, how far an eigenvalue may stay above δ̄
   * @param end the time, of {@link System#nanoTime()}, to stop at
   */
  TwoLevel(Matrix a, SlopeBox slopes, double target, double tolerance, long seed, long end) {
    this.d = a.rows();
    this.a = a.toArray();
    this.target = target;
    double size = tolerance * (Math.abs(target) + a.frobeniusNorm() / Math.sqrt(d));
    this.zero = 0.5 * size * size;
    this.end = end;
    this.ascent = new VertexAscent(d, slopes.lower(), slopes.upper());
    this.eigen = new SymmetricEigen(d);
    this.symmetric = DoubleMatrix.zeros(d, d);
    this.random = new SplittableRandom(seed);
    this.work = new double[d * d];
    this.vector = new double[d];
    this.b = new double[d * d];
    this.vertex = new double[d];
    this.gradient = new double[d * d];
    Arrays.fill(vertex, slopes.upper());
  }

  /** Every step of the inner level that was accepted, and where each outer iteration starts. */
  List<TwoLevelIterate> history() {
    return List.copyOf(history);
  }

  /** The number of steps of the inner level. */
  int steps() {
    return steps;
  }

  /**
   * The point {@code A + εE} at which the method ends.
   *
   * @param enough an ε for which a point with δ ≤ δ̄ is known to exist
   */
  double[] run(double enough) {
    double[] direction = new double[d * d];
    double low = 0;
    double high = enough;
    double value = evaluate(direction, 0);
    if (gradientNorm == 0) {
      return a.clone();
    }
    steepest(direction);
    double epsilon = Math.min(high, newtonStep(0, value));
    double[] best = a.clone();
    for (int k = 0; k < MAX_OUTER && System.nanoTime() < end; k++) {
      outer++;
      value = descend(direction, epsilon);
      copyPoint(direction, epsilon, best);
      double next = newtonStep(epsilon, value);
      if (value > zero) {
        low = epsilon;
      } else {
        high = epsilon;
      }
      if (high - low <= 1e-6 * high) {
        break;
      }
      epsilon = next > low && next < high ? next : 0.5 * (low + high);
    }
    return best;
  }

  private double newtonStep(double epsilon, double value) {
    return gradientNorm > 0 ? epsilon + value / gradientNorm : epsilon;
  }

  private void copyPoint(double[] direction, double epsilon, double[] point) {
    for (int m = 0; m < point.length; m++) {
      point[m] = a[m] + epsilon * direction[m];
    }
  }

  /** The inner level: moves {@code direction} to a local minimum of F_ε; returns the value. */
  private double descend(double[] direction, double epsilon) {
    double step = 1;
    double value = evaluate(direction, epsilon);
    history.add(new TwoLevelIterate(outer, epsilon, value, gradientNorm));
    double[] trial = new double[d * d];
    double[] flow = new double[d * d];
    for (int k = 0; k < MAX_INNER && value > zero && System.nanoTime() < end; k++) {
      double along = 0;
      for (int m = 0; m < flow.length; m++) {
        along += gradient[m] * direction[m];
      }
      double size = 0;
      for (int m = 0; m < flow.length; m++) {
        flow[m] = along * direction[m] - gradient[m];
        size += flow[m] * flow[m];
      }
      size = Math.sqrt(size);
      if (size <= 1e-9 * gradientNorm) {
        break;
      }
      double trialValue = Double.POSITIVE_INFINITY;
      while (step >= MIN_STEP) {
        double norm = 0;
        for (int m = 0; m < trial.length; m++) {
          trial[m] = direction[m] + step / size * flow[m];
          norm += trial[m] * trial[m];
        }
        norm = Math.sqrt(norm);
        for (int m = 0; m < trial.length; m++) {
          trial[m] /= norm;
        }
        trialValue = evaluate(trial, epsilon);
        if (trialValue < value) {
          break;
        }
        step *= 0.5;
      }
      steps++;
      if (!(trialValue < value)) {
        return evaluate(direction, epsilon);
      }
      boolean isStalled = value - trialValue <= 1e-7 * value;
      value = trialValue;
      history.add(new TwoLevelIterate(outer, epsilon, value, gradientNorm));
      System.arraycopy(trial, 0, direction, 0, trial.length);
      step = Math.min(1, 1.5 * step);
      if (isStalled) {
        break;
      }
    }
    return value;
  }

  private void steepest(double[] direction) {
    for (int m = 0; m < direction.length; m++) {
      direction[m] = -gradient[m] / gradientNorm;
    }
  }

  /** F at {@code A + εE}; leaves the extremal D, warm for the next call, and G behind. */
  private double evaluate(double[] direction, double epsilon) {
    copyPoint(direction, epsilon, b);
    ascent.setMatrix(b);
    double best = ascent.climb(vertex);
    double[] candidate = new double[d];
    for (int k = 0; k < RANDOM_STARTS; k++) {
      Arrays.setAll(vector, i -> random.nextDouble(-1, 1));
      double value = ascent.climbFrom(vector, candidate);
      if (value > best) {
        best = value;
        System.arraycopy(candidate, 0, vertex, 0, d);
      }
    }
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        work[i * d + j] = 0.5 * (vertex[i] * b[i * d + j] + vertex[j] * b[j * d + i]);
      }
    }
    symmetric.write(0, work, d * d);
    eigen.decompose(symmetric);
    Arrays.fill(gradient, 0);
    double sum = 0;
    for (int e = 0; e < d && eigen.value(e) > target; e++) {
      double excess = eigen.value(e) - target;
      eigen.vector(e, vector);
      sum += 0.5 * excess * excess;
      for (int i = 0; i < d; i++) {
        double left = excess * vertex[i] * vector[i];
        for (int j = 0; j < d; j++) {
          gradient[i * d + j] += left * vector[j];
        }
      }
    }
    double squaredNorm = 0;
    for (double entry : gradient) {
      squaredNorm += entry * entry;
    }
    gradientNorm = Math.sqrt(squaredNorm);
    return sum;
  }
}
