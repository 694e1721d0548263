package org.flowbound.solver;

/**
 * A field together with its linearisation: {@code (u, w)' = (f(t, u), (∂f/∂u) w)}. Integrating it
 * gives the Jacobian–vector product {@code w(T) = (∂u(T)/∂u(0)) w(0)} beside u.
 *
 * <p>With equal steps of a Runge–Kutta method, w is the exact derivative of the discrete map, since
 * such methods commute with linearisation; with step-size control it is that of the exact flow up
 * to the tolerance.
 */
public final class TangentField implements VectorField {
  private final DifferentiableField field;
  private final int d;
  private final double[] u;
  private final double[] w;
  private final double[] result;

  public TangentField(DifferentiableField field) {
    this.field = field;
    this.d = field.dimension();
    this.u = new double[d];
    this.w = new double[d];
    this.result = new double[d];
  }

  @Override
  public int dimension() {
    return Math.multiplyExact(2, d);
  }

  @Override
  public double[] discontinuities() {
    return field.discontinuities();
  }

  @Override
  public void evaluate(double t, double[] z, double[] dz) {
    System.arraycopy(z, 0, u, 0, d);
    System.arraycopy(z, d, w, 0, d);
    field.evaluate(t, u, result);
    System.arraycopy(result, 0, dz, 0, d);
    field.jacobianVector(t, u, w, result);
    System.arraycopy(result, 0, dz, d, d);
  }
}
