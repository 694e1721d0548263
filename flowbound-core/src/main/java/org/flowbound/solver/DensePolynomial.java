package org.flowbound.solver;

import java.util.Arrays;

/** The polynomials that {@link Stepper#interpolate} gives the coefficients of. */
final class DensePolynomial {
  private DensePolynomial() {}

  /**
   * Writes {@code u + θ(F_0 + (1−θ)(F_1 + θ(F_2 + …)))}.
   *
   * @param u holds u from {@code uOffset} on, d numbers
   * @param coefficients hold F_0, …, F_{degree−1} from {@code offset} on
   * @param target overwritten, d numbers
   */
  static void evaluate(
      double[] u,
      int uOffset,
      double[] coefficients,
      int offset,
      int degree,
      double theta,
      double[] target) {
    int d = target.length;
    Arrays.fill(target, 0);
    for (int k = degree - 1; k >= 0; k--) {
      double factor = k % 2 == 0 ? theta : 1 - theta;
      int from = offset + k * d;
      for (int i = 0; i < d; i++) {
        target[i] = (target[i] + coefficients[from + i]) * factor;
      }
    }
    for (int i = 0; i < d; i++) {
      target[i] += u[uOffset + i];
    }
  }
}
