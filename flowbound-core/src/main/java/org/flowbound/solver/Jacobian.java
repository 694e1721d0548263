package org.flowbound.solver;

import java.util.Arrays;

/** Jacobians of fields: exact where the field has derivatives, else by differences. */
final class Jacobian {
  private static final double SMALL = 1e-5;

  private Jacobian() {}

  /**
   * Writes {@code ∂f/∂u} at (t, u), row by row.
   *
   * <p>Divided differences are over {@code max(√ε |u_j|, 1000 ε h d ‖f‖ w_j)} with {@code w_j} the
   * tolerance of a component and ‖f‖ in its units, the choice of CVODE: small components of stiff
   * problems need increments of their own size. With equal steps, which have no tolerance, it is
   * {@code √(ε max(10⁻⁵, |u_j|))}, as Hairer and Wanner have it.
   *
   * @param value workspace, d numbers
   * @param point workspace, d numbers
   * @param column workspace, d numbers
   */
  static void of(
      Stepper stepper,
      double t,
      double[] u,
      double[] jacobian,
      double[] value,
      double[] point,
      double[] column) {
    int d = stepper.d;
    if (stepper.field instanceof DifferentiableField differentiable) {
      Arrays.fill(point, 0);
      for (int j = 0; j < d; j++) {
        point[j] = 1;
        differentiable.jacobianVector(t, u, point, column);
        point[j] = 0;
        for (int i = 0; i < d; i++) {
          jacobian[i * d + j] = column[i];
        }
      }
      return;
    }
    double epsilon = Math.ulp(1.0);
    stepper.evaluate(t, u, value);
    StepControl.Adaptive tolerance = stepper.tolerance;
    double smallest =
        1000
            * epsilon
            * d
            * Math.abs(stepper.nextTime - stepper.time)
            * stepper.scaledNorm(value, u);
    System.arraycopy(u, 0, point, 0, d);
    for (int j = 0; j < d; j++) {
      double size = Math.abs(u[j]);
      double increment = Math.sqrt(epsilon * Math.max(SMALL, size));
      if (tolerance != null) {
        double floor = smallest * (tolerance.absolute() + tolerance.relative() * size);
        double own = Math.max(Math.sqrt(epsilon) * size, floor);
        increment = own > 0 && own < Double.POSITIVE_INFINITY ? own : increment;
      }
      point[j] = u[j] + increment;
      increment = point[j] - u[j];
      stepper.evaluate(t, point, column);
      point[j] = u[j];
      for (int i = 0; i < d; i++) {
        jacobian[i * d + j] = (column[i] - value[i]) / increment;
      }
    }
  }
}
