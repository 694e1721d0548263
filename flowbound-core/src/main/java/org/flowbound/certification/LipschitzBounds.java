package org.flowbound.certification;

import org.flowbound.field.SlopeBox;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Matrix;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;

/**
 * Upper bounds of the Lipschitz constants of {@code u(0) ↦ u(T)}.
 *
 * @param network in the 2-norm, for the discrete flow map, which is what classifies
 * @param flow {@code e^{δT}}, in the 2-norm, for the exact flow; it says nothing of the discrete
 *     one
 * @param maximum in the ∞-norm, for the discrete flow map
 */
public record LipschitzBounds(double network, double flow, double maximum) {
  /** More than the relative rounding errors of the formulas here. */
  private static final double INFLATION = 1 + 1e-14;

  /**
   * The bounds of a classifier's ODE block. For the network it is the smallest bound of one step,
   * to the power of the number of steps:
   *
   * <ul>
   *   <li>that of {@link StepExpansion}, as a rule the smallest by far;
   *   <li>the one by δ: two states w apart are {@code w + h Σ b_i k_i} apart after a step, {@code
   *       k_i = D_i A (w + h Σ_j a_ij k_j)}, with D_i in the slope box. For {@code b ≥ 0}, {@code Σ
   *       b_i = 1} the part linear in h is a mean of {@code (I + hD_iA)w}, and {@code ‖I + hDA‖₂² ≤
   *       1 + 2hδ + h²β²‖A‖₂²} with β the largest absolute slope; the rest is bounded by the norms
   *       of the stages. For explicit Euler there is no rest, and for methods with a negative
   *       weight b_i there is no such bound. It is taken only where the first one is not known;
   *   <li>the one by the norms of the stages alone.
   * </ul>
   *
   * <p>Stages may have slopes of their own in all of these, which is far from what happens where a
   * method's coefficients are large and cancel: those of Dormand and Prince and of Tsitouras have
   * no useful bound.
   *
   * <p>In the ∞-norm, {@code max_D ‖I + hDA‖_∞} has a closed form, row by row, and takes the place
   * of the second one.
   *
   * <p>The network's bounds are proved with all rounding errors, save where the one by δ is taken,
   * which is as good as {@code deltaUpper}. The flow's is not rounded outwards.
   *
   * @param deltaUpper an upper bound of δ(A)
   */
  public static LipschitzBounds of(Classifier classifier, double deltaUpper) {
    Architecture architecture = classifier.architecture();
    Discretization discretization = architecture.discretization();
    SlopeBox slopes = architecture.activation().slopes();
    RungeKutta method = discretization.method();
    double h = discretization.stepSize();
    Matrix a = classifier.odeWeight();
    double norm = steepest(slopes) * SpectralNormBound.of(a) * INFLATION;
    double step = new StepExpansion(a, slopes, method, h).bound().upper();
    double linear = Math.sqrt(Math.max(0, 1 + 2 * h * deltaUpper + h * h * norm * norm));
    return new LipschitzBounds(
        power(Math.min(step, ofStep(method, h, norm, linear)), discretization.steps()),
        Math.exp(deltaUpper * discretization.horizon()),
        power(
            ofStep(method, h, maximumNorm(a, slopes), linearInMaximumNorm(a, slopes, h)),
            discretization.steps()));
  }

  private static double steepest(SlopeBox slopes) {
    return Math.max(Math.abs(slopes.lower()), Math.abs(slopes.upper()));
  }

  /** Math.pow is off by at most one unit in the last place. */
  private static double power(double step, int steps) {
    return Math.nextUp(Math.nextUp(Math.pow(step, steps)));
  }

  /** {@code max_D ‖DA‖_∞}. */
  private static double maximumNorm(Matrix a, SlopeBox slopes) {
    double largest = 0;
    for (int i = 0; i < a.rows(); i++) {
      double sum = 0;
      for (int j = 0; j < a.columns(); j++) {
        sum += Math.abs(a.get(i, j));
      }
      largest = Math.max(largest, sum);
    }
    return steepest(slopes) * largest * (1 + 1e-10);
  }

  /** {@code max_D ‖I + hDA‖_∞}, attained with every slope at an end of the interval. */
  private static double linearInMaximumNorm(Matrix a, SlopeBox slopes, double h) {
    double largest = 0;
    for (int i = 0; i < a.rows(); i++) {
      for (double slope : new double[] {slopes.lower(), slopes.upper()}) {
        double sum = 0;
        for (int j = 0; j < a.columns(); j++) {
          sum += j == i ? 0 : Math.abs(a.get(i, j));
        }
        double diagonal = h * slope * a.get(i, i);
        double rounding = 1e-10 * (1 + Math.abs(diagonal) + h * Math.abs(slope) * sum);
        largest = Math.max(largest, Math.abs(1 + diagonal) + h * Math.abs(slope) * sum + rounding);
      }
    }
    return largest;
  }

  /**
   * @param norm a bound of {@code ‖DA‖}
   * @param linear a bound of {@code ‖I + hDA‖}
   */
  private static double ofStep(RungeKutta method, double h, double norm, double linear) {
    int stages = method.stages();
    double[] stageNorm = new double[stages];
    double sum = 0;
    double rest = 0;
    boolean mean = true;
    for (int i = 0; i < stages; i++) {
      double inner = 0;
      for (int j = 0; j < i; j++) {
        inner += h * Math.abs(method.a(i, j)) * stageNorm[j];
      }
      stageNorm[i] = norm * (1 + inner);
      sum += h * Math.abs(method.b(i)) * stageNorm[i];
      rest += h * Math.abs(method.b(i)) * norm * inner;
      mean &= method.b(i) >= 0;
    }
    return Math.min(1 + sum, mean ? linear + rest : Double.POSITIVE_INFINITY) * INFLATION;
  }
}
