package org.flowbound.solver;

/**
 * {@code I − γhJ} of an implicit method: the Jacobian J and an LU decomposition, kept for reuse.
 */
final class IterationMatrix {
  private final Stepper stepper;
  private final int d;
  private final double[] jacobian;
  private final double[] lu;
  private final int[] pivots;
  private final double[] value;
  private final double[] point;
  private final double[] column;

  private long jacobians;
  private long decompositions;

  IterationMatrix(Stepper stepper) {
    this.stepper = stepper;
    this.d = stepper.d;
    this.jacobian = new double[Math.multiplyExact(d, d)];
    this.lu = new double[d * d];
    this.pivots = new int[d];
    this.value = new double[d];
    this.point = new double[d];
    this.column = new double[d];
  }

  /** Forms J at (t, u). */
  void differentiate(double t, double[] u) {
    Jacobian.of(stepper, t, u, jacobian, value, point, column);
    jacobians++;
  }

  /**
   * Decomposes {@code scale · I − factor · J}.
   *
   * @return whether no pivot vanished
   */
  boolean decompose(double scale, double factor) {
    decompositions++;
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        lu[i * d + j] = (i == j ? scale : 0) - factor * jacobian[i * d + j];
      }
    }
    for (int k = 0; k < d; k++) {
      int p = k;
      for (int i = k + 1; i < d; i++) {
        if (Math.abs(lu[i * d + k]) > Math.abs(lu[p * d + k])) {
          p = i;
        }
      }
      pivots[k] = p;
      double pivot = lu[p * d + k];
      if (!(Math.abs(pivot) > 0) || Double.isInfinite(pivot)) {
        return false;
      }
      if (p != k) {
        for (int j = 0; j < d; j++) {
          double entry = lu[k * d + j];
          lu[k * d + j] = lu[p * d + j];
          lu[p * d + j] = entry;
        }
      }
      for (int i = k + 1; i < d; i++) {
        double multiplier = lu[i * d + k] / pivot;
        lu[i * d + k] = multiplier;
        if (multiplier != 0) {
          for (int j = k + 1; j < d; j++) {
            lu[i * d + j] -= multiplier * lu[k * d + j];
          }
        }
      }
    }
    return true;
  }

  /** Overwrites {@code x} with the solution of the decomposed system with right-hand side x. */
  void solve(double[] x) {
    for (int k = 0; k < d; k++) {
      int p = pivots[k];
      double entry = x[p];
      x[p] = x[k];
      x[k] = entry;
    }
    for (int i = 1; i < d; i++) {
      double sum = x[i];
      for (int j = 0; j < i; j++) {
        sum -= lu[i * d + j] * x[j];
      }
      x[i] = sum;
    }
    for (int i = d - 1; i >= 0; i--) {
      double sum = x[i];
      for (int j = i + 1; j < d; j++) {
        sum -= lu[i * d + j] * x[j];
      }
      x[i] = sum / lu[i * d + i];
    }
  }

  Statistics statistics(long steps, long rejected) {
    return new Statistics(steps, rejected, stepper.evaluations, jacobians, decompositions);
  }
}
