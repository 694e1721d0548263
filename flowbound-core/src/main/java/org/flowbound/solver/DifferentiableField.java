package org.flowbound.solver;

/** A vector field {@code f(t, u; θ)} with the products of its derivatives. */
public interface DifferentiableField extends VectorField {
  /** The number p of parameters θ; may be 0. */
  int parameterCount();

  /**
   * The Jacobian–vector product.
   *
   * @param w a direction, d numbers
   * @param result overwritten with {@code (∂f/∂u) w}, d numbers
   */
  void jacobianVector(double t, double[] u, double[] w, double[] result);

  /**
   * The vector–Jacobian products.
   *
   * @param g a cotangent, d numbers
   * @param result overwritten with {@code (∂f/∂u)ᵀ g}, d numbers
   * @param parameterGradient {@code (∂f/∂θ)ᵀ g} is added to its p entries from {@code offset} on
   */
  void vectorJacobian(
      double t, double[] u, double[] g, double[] result, double[] parameterGradient, int offset);
}
