package org.flowbound.solver;

import java.util.function.DoubleFunction;

/** Initial value problems with known solutions or published end states. */
final class Problem {
  private Problem() {}

  /** The right-hand side of a test problem. */
  @FunctionalInterface
  interface RightHandSide {
    void evaluate(double t, double[] u, double[] du);
  }

  static VectorField field(int dimension, RightHandSide rightHandSide) {
    return new VectorField() {
      @Override
      public int dimension() {
        return dimension;
      }

      @Override
      public void evaluate(double t, double[] u, double[] du) {
        rightHandSide.evaluate(t, u, du);
      }
    };
  }

  /** Non-autonomous and nonlinear with a known solution: u_1' = u_2 and so on, see solution. */
  static VectorField known() {
    return field(
        2,
        (t, u, du) -> {
          du[0] = 2 * t * u[0] * Math.log(Math.max(u[1], 1e-3));
          du[1] = -2 * t * u[1] * Math.log(Math.max(u[0], 1e-3));
        });
  }

  /** {@code (e^{sin t²}, e^{cos t²})} solves {@link #known} (Hairer, Nørsett, Wanner, II.3). */
  static DoubleFunction<double[]> solution() {
    return t -> new double[] {Math.exp(Math.sin(t * t)), Math.exp(Math.cos(t * t))};
  }

  static VectorField vanDerPol(double mu) {
    return field(
        2,
        (t, u, du) -> {
          du[0] = u[1];
          du[1] = mu * (1 - u[0] * u[0]) * u[1] - u[0];
        });
  }

  /** H. H. Robertson, 1966; Hairer and Wanner, IV.1. */
  static VectorField robertson() {
    return field(
        3,
        (t, u, du) -> {
          du[0] = -0.04 * u[0] + 1e4 * u[1] * u[2];
          du[2] = 3e7 * u[1] * u[1];
          du[1] = -du[0] - du[2];
        });
  }

  static VectorField lorenz() {
    return field(
        3,
        (t, u, du) -> {
          du[0] = 10 * (u[1] - u[0]);
          du[1] = u[0] * (28 - u[2]) - u[1];
          du[2] = u[0] * u[1] - 8.0 / 3 * u[2];
        });
  }

  static final double ARENSTORF_PERIOD = 17.065216560157964;
  static final double[] ARENSTORF_START = {0.994, 0, 0, -2.0015851063790824};

  /** A periodic orbit of the restricted three-body problem (Hairer, Nørsett, Wanner, II.0). */
  static VectorField arenstorf() {
    double mu = 0.012277471;
    double nu = 1 - mu;
    return field(
        4,
        (t, u, du) -> {
          double a = (u[0] + mu) * (u[0] + mu) + u[1] * u[1];
          double b = (u[0] - nu) * (u[0] - nu) + u[1] * u[1];
          double d1 = a * Math.sqrt(a);
          double d2 = b * Math.sqrt(b);
          du[0] = u[2];
          du[1] = u[3];
          du[2] = u[0] + 2 * u[3] - nu * (u[0] + mu) / d1 - mu * (u[0] - nu) / d2;
          du[3] = u[1] - 2 * u[2] - nu * u[1] / d1 - mu * u[1] / d2;
        });
  }

  static double distance(double[] u, double[] v) {
    double sum = 0;
    for (int i = 0; i < u.length; i++) {
      sum = Math.hypot(sum, u[i] - v[i]);
    }
    return sum;
  }
}
