package org.flowbound.solver;

import java.util.Arrays;

/**
 * The adjoint equations {@code λ' = −(∂f/∂u)ᵀλ}, {@code γ' = −(∂f/∂θ)ᵀλ} integrated backwards
 * together with u, from its end state (Chen, Rubanova, Bettencourt, Duvenaud, <em>Neural ordinary
 * differential equations</em>, 2018): the memory does not depend on the number of steps.
 *
 * <p>The gradient is that of the exact flow up to the tolerance, not that of the computed numbers.
 * Where a flow contracts, u is recomputed along the expanding direction of time: the error of u
 * grows by {@code e^{|μ|T}} backwards. Then the {@link InterpolatedAdjoint} or the {@link
 * DiscreteAdjoint} is the one to take.
 *
 * @param solver integrates forwards and backwards
 */
public record ContinuousAdjoint(Solver solver) implements Adjoint {
  @Override
  public Gradient gradient(DifferentiableField field, double[] initial, double[] times, Loss loss) {
    Solution forward = solver.solve(field, initial, times);
    int d = field.dimension();
    int p = field.parameterCount();
    AugmentedField augmented = new AugmentedField(field);
    double[] z = new double[augmented.dimension()];
    double[] lambda = new double[d];
    Statistics backward = Statistics.NONE;
    double[] u = forward.last();
    double total = 0;
    for (int i = times.length - 1; i > 0; i--) {
      total += loss.add(i, forward.state(i), lambda);
      System.arraycopy(u, 0, z, 0, d);
      System.arraycopy(lambda, 0, z, d, d);
      Solution piece = solver.solve(augmented, z, times[i], times[i - 1]);
      z = piece.last();
      System.arraycopy(z, 0, u, 0, d);
      System.arraycopy(z, d, lambda, 0, d);
      backward = backward.plus(piece.statistics());
    }
    total += loss.add(0, initial, lambda);
    return new Gradient(
        total,
        lambda,
        Arrays.copyOfRange(z, 2 * d, 2 * d + p),
        forward.statistics(),
        backward,
        times.length);
  }

  /** {@code (u, λ, γ)' = (f, −(∂f/∂u)ᵀλ, −(∂f/∂θ)ᵀλ)}. */
  private static final class AugmentedField implements VectorField {
    private final DifferentiableField field;
    private final int d;
    private final double[] u;
    private final double[] lambda;
    private final double[] result;

    AugmentedField(DifferentiableField field) {
      this.field = field;
      this.d = field.dimension();
      this.u = new double[d];
      this.lambda = new double[d];
      this.result = new double[d];
    }

    @Override
    public int dimension() {
      return Math.addExact(2 * d, field.parameterCount());
    }

    @Override
    public double[] discontinuities() {
      return field.discontinuities();
    }

    @Override
    public void evaluate(double t, double[] z, double[] dz) {
      System.arraycopy(z, 0, u, 0, d);
      field.evaluate(t, u, result);
      System.arraycopy(result, 0, dz, 0, d);
      for (int i = 0; i < d; i++) {
        lambda[i] = -z[d + i];
      }
      Arrays.fill(dz, 2 * d, dz.length, 0);
      field.vectorJacobian(t, u, lambda, result, dz, 2 * d);
      System.arraycopy(result, 0, dz, d, d);
    }
  }
}
