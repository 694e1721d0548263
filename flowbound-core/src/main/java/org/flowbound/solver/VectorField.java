package org.flowbound.solver;

import java.util.OptionalDouble;

/**
 * The right-hand side of {@code u' = f(t, u)}.
 *
 * <p>An implementation may own workspace; then it is not safe for concurrent use. It should not
 * allocate in {@link #evaluate}, which is called several times a step.
 */
public interface VectorField {
  /** The dimension d of a state. */
  int dimension();

  /**
   * Evaluates the field.
   *
   * @param u the state, d numbers, not to be changed
   * @param du overwritten with f(t, u), d numbers; never the same array as {@code u}
   */
  void evaluate(double t, double[] u, double[] du);

  /**
   * An upper bound of the logarithmic 2-norm {@code μ₂(∂f/∂u)} over all t and u, if one is known:
   * two solutions are then at most {@code e^{μt}} times as far apart after time t.
   */
  default OptionalDouble logarithmicNormBound() {
    return OptionalDouble.empty();
  }

  /**
   * Where f jumps as a function of t, increasing. Steps end there, and the field is evaluated on
   * the side of the step.
   */
  default double[] discontinuities() {
    return new double[0];
  }
}
