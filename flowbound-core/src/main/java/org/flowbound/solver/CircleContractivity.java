package org.flowbound.solver;

import java.util.Arrays;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;

/**
 * For which step sizes a Runge–Kutta method keeps a contractive flow contractive, by the circle
 * contractivity of G. Dahlquist and R. Jeltsch, <em>Generalized disks of contractivity for explicit
 * and implicit Runge–Kutta methods</em>, 1979.
 *
 * <p>Let {@code ⟨f(u) − f(v), u − v⟩ ≤ −ν ‖f(u) − f(v)‖²} for all u and v, ν > 0. For two numerical
 * solutions with differences Δu, of the stages ΔY_i and of their slopes ΔF_i,
 *
 * <pre>  ‖Δu⁺‖² = ‖Δu‖² + 2h Σ b_i ⟨ΔF_i, ΔY_i⟩ − h² Σ m_ij ⟨ΔF_i, ΔF_j⟩,   M = BA + AᵀB − bbᵀ,
 * </pre>
 *
 * B = diag b. So if {@code b ≥ 0} and {@code M + B/r} is positive semidefinite, no step with {@code
 * h ≤ 2rν} drives them apart. The <b>radius</b> is the largest such r: the method is contractive
 * for {@code u' = λu} with hλ anywhere in the disc of radius r that touches the imaginary axis at 0
 * from the left, and for nonlinear fields alike. It is 1 for explicit Euler and for the classical
 * method of order 4, infinite where {@code M ⪰ 0} (algebraic stability: implicit Euler, implicit
 * midpoint), and 0 where a weight is negative or a stage that the others use has weight 0 (explicit
 * midpoint, Dormand–Prince): of those nothing is promised for nonlinear fields, however small h.
 *
 * <p>With {@code δ < 0} a bound of the logarithmic norm of f and ℓ one of its Lipschitz constant,
 * {@code ν = |δ|/ℓ²} will do: h ≤ 2r|δ|/ℓ². For explicit Euler that is the h for which {@code 1 +
 * 2hδ + h²ℓ² ≤ 1}.
 */
public final class CircleContractivity {
  private static final double TOLERANCE = 1e-13;

  private CircleContractivity() {}

  /**
   * The radius r of a method, in [0, ∞], to rounding errors.
   *
   * <p>Stages on which the step does not depend are left out.
   */
  public static double radius(ButcherTableau tableau) {
    int[] stages = usedStages(tableau);
    int s = stages.length;
    double[][] m = new double[s][s];
    for (int i = 0; i < s; i++) {
      for (int j = 0; j < s; j++) {
        int k = stages[i];
        int l = stages[j];
        m[i][j] =
            tableau.b(k) * tableau.a(k, l)
                + tableau.b(l) * tableau.a(l, k)
                - tableau.b(k) * tableau.b(l);
      }
    }
    int positive = 0;
    for (int i = 0; i < s; i++) {
      double weight = tableau.b(stages[i]);
      if (weight < 0) {
        return 0;
      }
      if (weight == 0) {
        for (int j = 0; j < s; j++) {
          if (Math.abs(m[i][j]) > TOLERANCE) {
            return 0;
          }
        }
      } else {
        stages[positive] = stages[i];
        m[positive] = m[i];
        for (double[] row : m) {
          row[positive] = row[i];
        }
        positive++;
      }
    }
    int n = positive;
    Matrix scaled =
        Matrix.generate(
            n, n, (i, j) -> -m[i][j] / Math.sqrt(tableau.b(stages[i]) * tableau.b(stages[j])));
    double largest = SymmetricEigen.largestOfSymmetricPart(scaled);
    return largest <= TOLERANCE ? Double.POSITIVE_INFINITY : 1 / largest;
  }

  /** The stages whose weight is not 0, and those that such stages use, directly or not. */
  private static int[] usedStages(ButcherTableau tableau) {
    int s = tableau.stages();
    boolean[] used = new boolean[s];
    for (int i = s - 1; i >= 0; i--) {
      used[i] = tableau.b(i) != 0;
      for (int j = i + 1; j < s; j++) {
        used[i] |= used[j] && tableau.a(j, i) != 0;
      }
    }
    int[] stages = new int[s];
    int count = 0;
    for (int i = 0; i < s; i++) {
      if (used[i]) {
        stages[count++] = i;
      }
    }
    return Arrays.copyOf(stages, count);
  }

  /**
   * The largest h for which the method is known to keep the flow contractive, {@code 2r|δ|/ℓ²}; 0
   * if there is none.
   *
   * @param delta a bound of the field's logarithmic 2-norm
   * @param lipschitz a bound of its Lipschitz constant, such as {@code ‖A‖₂} for {@code σ(Au + b)}
   * @throws IllegalArgumentException if a number is not finite, or the second is not positive
   */
  public static double largestStep(ButcherTableau tableau, double delta, double lipschitz) {
    if (!Double.isFinite(delta)) {
      throw new IllegalArgumentException(
          "The logarithmic norm (%s) must be finite.".formatted(delta));
    }
    if (!(lipschitz > 0) || Double.isInfinite(lipschitz)) {
      throw new IllegalArgumentException(
          "The Lipschitz constant (%s) must be positive and finite.".formatted(lipschitz));
    }
    double radius = radius(tableau);
    return delta < 0 && radius > 0 ? 2 * radius * -delta / (lipschitz * lipschitz) : 0;
  }
}
