package org.flowbound.solver;

import java.util.Arrays;

/**
 * The adjoint equations {@code λ' = −(∂f/∂u)ᵀλ}, {@code γ' = −(∂f/∂θ)ᵀλ} integrated backwards along
 * the dense output of the forward pass: u is not integrated again, so contracting flows do no harm,
 * and the memory is that of the {@link Trajectory}.
 *
 * <p>The gradient is that of the exact flow up to the tolerance, not that of the computed numbers.
 *
 * @param solver integrates forwards and backwards
 */
public record InterpolatedAdjoint(Solver solver) implements Adjoint {
  @Override
  public Gradient gradient(DifferentiableField field, double[] initial, double[] times, Loss loss) {
    Solver.check(field, initial, times);
    int d = field.dimension();
    int p = field.parameterCount();
    Trajectory trajectory = solver.trajectory(field, initial, times[0], times[times.length - 1]);
    AdjointField adjoint = new AdjointField(field, trajectory, times);
    double[] z = new double[adjoint.dimension()];
    double[] lambda = new double[d];
    Statistics backward = Statistics.NONE;
    double total = 0;
    for (int i = times.length - 1; i > 0; i--) {
      total += loss.add(i, trajectory.at(times[i]), lambda);
      System.arraycopy(lambda, 0, z, 0, d);
      Solution piece = solver.solve(adjoint, z, times[i], times[i - 1]);
      z = piece.last();
      System.arraycopy(z, 0, lambda, 0, d);
      backward = backward.plus(piece.statistics());
    }
    total += loss.add(0, initial, lambda);
    return new Gradient(
        total,
        lambda,
        Arrays.copyOfRange(z, d, d + p),
        trajectory.statistics(),
        backward,
        (trajectory.storedNumbers() + d - 1) / d);
  }

  /** {@code (λ, γ)' = −((∂f/∂u)ᵀλ, (∂f/∂θ)ᵀλ)} along the trajectory. */
  private static final class AdjointField implements VectorField {
    private final DifferentiableField field;
    private final Trajectory trajectory;
    private final double first;
    private final double last;
    private final int d;
    private final double[] u;
    private final double[] lambda;
    private final double[] result;

    AdjointField(DifferentiableField field, Trajectory trajectory, double[] times) {
      this.field = field;
      this.trajectory = trajectory;
      this.first = Math.min(times[0], times[times.length - 1]);
      this.last = Math.max(times[0], times[times.length - 1]);
      this.d = field.dimension();
      this.u = new double[d];
      this.lambda = new double[d];
      this.result = new double[d];
    }

    @Override
    public int dimension() {
      return Math.addExact(d, field.parameterCount());
    }

    @Override
    public double[] discontinuities() {
      return field.discontinuities();
    }

    @Override
    public void evaluate(double t, double[] z, double[] dz) {
      trajectory.at(Math.max(first, Math.min(last, t)), u);
      for (int i = 0; i < d; i++) {
        lambda[i] = -z[i];
      }
      Arrays.fill(dz, d, dz.length, 0);
      field.vectorJacobian(t, u, lambda, result, dz, d);
      System.arraycopy(result, 0, dz, 0, d);
    }
  }
}
