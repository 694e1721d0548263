package org.flowbound.solver;

import java.util.OptionalDouble;

/**
 * The field {@code −γu + f(t, u)}: its logarithmic norm is γ below that of f. The parameters are
 * those of f.
 */
public final class DampedField implements DifferentiableField {
  private final DifferentiableField field;
  private final double damping;

  /**
   * @param damping γ, any finite number
   * @throws IllegalArgumentException if γ is not finite
   */
  public DampedField(DifferentiableField field, double damping) {
    if (!Double.isFinite(damping)) {
      throw new IllegalArgumentException("The damping (%s) must be finite.".formatted(damping));
    }
    this.field = field;
    this.damping = damping;
  }

  @Override
  public int dimension() {
    return field.dimension();
  }

  @Override
  public int parameterCount() {
    return field.parameterCount();
  }

  @Override
  public OptionalDouble logarithmicNormBound() {
    OptionalDouble bound = field.logarithmicNormBound();
    return bound.isPresent() ? OptionalDouble.of(bound.getAsDouble() - damping) : bound;
  }

  @Override
  public double[] discontinuities() {
    return field.discontinuities();
  }

  @Override
  public void evaluate(double t, double[] u, double[] du) {
    field.evaluate(t, u, du);
    addDamping(u, du);
  }

  @Override
  public void jacobianVector(double t, double[] u, double[] w, double[] result) {
    field.jacobianVector(t, u, w, result);
    addDamping(w, result);
  }

  @Override
  public void vectorJacobian(
      double t, double[] u, double[] g, double[] result, double[] parameterGradient, int offset) {
    field.vectorJacobian(t, u, g, result, parameterGradient, offset);
    addDamping(g, result);
  }

  private void addDamping(double[] x, double[] y) {
    for (int i = 0; i < y.length; i++) {
      y[i] -= damping * x[i];
    }
  }
}
