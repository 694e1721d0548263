package org.flowbound.solver;

import java.util.Arrays;

/** Jacobians of fields: exact where the field has derivatives, else by differences. */
final class Jacobian {
  private Jacobian() {}

  /**
   * Writes {@code ∂f/∂u} at (t, u), row by row.
   *
   * @param value workspace, d numbers
   * @param point workspace, d numbers
   * @param column workspace, d numbers
   * @return how many times f was evaluated
   */
  static int of(
      VectorField field,
      double t,
      double[] u,
      double[] jacobian,
      double[] value,
      double[] point,
      double[] column) {
    int d = field.dimension();
    if (field instanceof DifferentiableField differentiable) {
      Arrays.fill(point, 0);
      for (int j = 0; j < d; j++) {
        point[j] = 1;
        differentiable.jacobianVector(t, u, point, column);
        point[j] = 0;
        for (int i = 0; i < d; i++) {
          jacobian[i * d + j] = column[i];
        }
      }
      return 0;
    }
    field.evaluate(t, u, value);
    System.arraycopy(u, 0, point, 0, d);
    for (int j = 0; j < d; j++) {
      double step = Math.sqrt(Math.ulp(1.0) * Math.max(1e-5, Math.abs(u[j])));
      point[j] = u[j] + step;
      step = point[j] - u[j];
      field.evaluate(t, point, column);
      point[j] = u[j];
      for (int i = 0; i < d; i++) {
        jacobian[i * d + j] = (column[i] - value[i]) / step;
      }
    }
    return d + 1;
  }
}
