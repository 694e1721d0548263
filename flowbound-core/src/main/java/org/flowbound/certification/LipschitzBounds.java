package org.flowbound.certification;

import org.flowbound.field.SlopeBox;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;

/**
 * Upper bounds of the ℓ₂ Lipschitz constant of {@code u(0) ↦ u(T)}.
 *
 * @param network for the discrete flow map, which is what classifies
 * @param flow {@code e^{δT}}, for the exact flow; it says nothing of the discrete one
 */
public record LipschitzBounds(double network, double flow) {
  /**
   * The bounds of a classifier's ODE block. For the network it is the smallest of three bounds of
   * one step, to the power of the number of steps:
   *
   * <ul>
   *   <li>that of {@link StepExpansion}, as a rule the smallest by far;
   *   <li>the one by δ: two states w apart are {@code w + h Σ b_i k_i} apart after a step, {@code
   *       k_i = D_i A (w + h Σ_j a_ij k_j)}, with D_i in the slope box. For {@code b ≥ 0}, {@code Σ
   *       b_i = 1} the part linear in h is a mean of {@code (I + hD_iA)w}, and {@code ‖I + hDA‖₂² ≤
   *       1 + 2hδ + h²β²‖A‖₂²} with β the largest absolute slope; the rest is bounded by the norms
   *       of the stages. For explicit Euler there is no rest;
   *   <li>the one by the norms of the stages alone.
   * </ul>
   *
   * Computed in floating point, without directed rounding.
   *
   * @param deltaUpper an upper bound of δ(A)
   */
  public static LipschitzBounds of(Classifier classifier, double deltaUpper) {
    Architecture architecture = classifier.architecture();
    Discretization discretization = architecture.discretization();
    SlopeBox slopes = architecture.activation().slopes();
    double norm =
        Math.max(Math.abs(slopes.lower()), Math.abs(slopes.upper()))
            * SymmetricEigen.spectralNorm(classifier.odeWeight());
    RungeKutta method = discretization.method();
    double h = discretization.stepSize();
    double step =
        Math.min(
            ofStep(method, h, norm, deltaUpper),
            new StepExpansion(classifier.odeWeight(), slopes, method, h).bound().upper());
    return new LipschitzBounds(
        Math.pow(step, discretization.steps()), Math.exp(deltaUpper * discretization.horizon()));
  }

  private static double ofStep(RungeKutta method, double h, double norm, double deltaUpper) {
    int stages = method.stages();
    double[] stageNorm = new double[stages];
    double sum = 0;
    double rest = 0;
    for (int i = 0; i < stages; i++) {
      double inner = 0;
      for (int j = 0; j < i; j++) {
        inner += h * Math.abs(method.a(i, j)) * stageNorm[j];
      }
      stageNorm[i] = norm * (1 + inner);
      sum += h * Math.abs(method.b(i)) * stageNorm[i];
      rest += h * Math.abs(method.b(i)) * norm * inner;
    }
    double linear = Math.sqrt(Math.max(0, 1 + 2 * h * deltaUpper + h * h * norm * norm));
    return Math.min(1 + sum, linear + rest);
  }
}
