package org.flowbound.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.flowbound.solver.Problem.distance;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.junit.jupiter.api.Test;

class CircleContractivityTest {
  private final RandomGenerator random = new SplittableRandom(5);

  private static double radius(Method method) {
    return CircleContractivity.radius(method.tableau().orElseThrow());
  }

  /** By hand from the definition. */
  @Test
  void knowsTheRadiiOfTheLiterature() {
    assertThat(radius(Method.EULER)).isCloseTo(1, within(1e-12));
    assertThat(radius(Method.HEUN)).isCloseTo(1, within(1e-12));
    assertThat(radius(Method.RK4)).isCloseTo(1, within(1e-12));
    assertThat(radius(Method.TRAPEZOIDAL)).isCloseTo(2, within(1e-12));
    assertThat(radius(Method.IMPLICIT_EULER)).isInfinite();
    assertThat(radius(Method.IMPLICIT_MIDPOINT)).isInfinite();
    for (Method none :
        new Method[] {
          Method.MIDPOINT, Method.DORMAND_PRINCE, Method.TSITOURAS, Method.DOP853, Method.SDIRK4
        }) {
      assertThat(radius(none)).as(none.id()).isZero();
    }
  }

  /** The disc lies in the stability region, and for Euler and Heun is as large as one can. */
  @Test
  void theDiscLiesInTheStabilityRegion() {
    for (Method method : Method.values()) {
      if (method.tableau().isEmpty()) {
        continue;
      }
      double r = Math.min(radius(method), 1e3);
      for (int i = 1; i < 360; i++) {
        double angle = Math.toRadians(i);
        assertThat(method.tableau().get().stability(r * (Math.cos(angle) - 1), r * Math.sin(angle)))
            .isLessThanOrEqualTo(1 + 1e-12);
      }
    }
  }

  /**
   * A pair of states for which a larger disc would not do: one stage after the other may have its
   * own slope matrix, so the worst case over scalar problems with a slope per stage is 1 at r.
   */
  @Test
  void theRadiusCannotBeLarger() {
    for (Method method : new Method[] {Method.EULER, Method.HEUN, Method.RALSTON, Method.RK4}) {
      double r = radius(method);
      assertThat(worstExpansion(method, r)).isLessThanOrEqualTo(1 + 1e-9);
      assertThat(worstExpansion(method, 1.2 * r)).as(method.id()).isGreaterThan(1 + 1e-6);
    }
  }

  /** The largest factor over complex slopes z_i of the stages on the circle of radius r. */
  private double worstExpansion(Method method, double r) {
    ButcherTableau tableau = method.tableau().orElseThrow();
    int s = tableau.stages();
    double worst = 0;
    for (int start = 0; start < 60; start++) {
      double[] angles = new double[s];
      Arrays.setAll(angles, i -> random.nextDouble(0, 2 * Math.PI));
      double best = expansion(tableau, r, angles);
      for (double width = 1; width > 1e-4; width *= 0.97) {
        double[] trial = angles.clone();
        for (int i = 0; i < s; i++) {
          trial[i] += width * random.nextGaussian();
        }
        double value = expansion(tableau, r, trial);
        if (value > best) {
          best = value;
          angles = trial;
        }
      }
      worst = Math.max(worst, best);
    }
    return worst;
  }

  private static double expansion(ButcherTableau tableau, double r, double[] angles) {
    int s = angles.length;
    double[] re = new double[s];
    double[] im = new double[s];
    double endRe = 1;
    double endIm = 0;
    for (int i = 0; i < s; i++) {
      double y = 1;
      double x = 0;
      for (int j = 0; j < i; j++) {
        y += tableau.a(i, j) * re[j];
        x += tableau.a(i, j) * im[j];
      }
      double zRe = r * (Math.cos(angles[i]) - 1);
      double zIm = r * Math.sin(angles[i]);
      re[i] = zRe * y - zIm * x;
      im[i] = zRe * x + zIm * y;
      endRe += tableau.b(i) * re[i];
      endIm += tableau.b(i) * im[i];
    }
    return Math.hypot(endRe, endIm);
  }

  /** {@code δ(A) ≤ 1 · (shift below 0)}: A = S − cI with a bound of max μ₂(DA) by norms. */
  @Test
  void contractiveFlowsStayContractiveUpToTheStep() {
    for (Method method : Method.values()) {
      if (method.tableau().isEmpty() || !(radius(method) > 0)) {
        continue;
      }
      for (int trial = 0; trial < 20; trial++) {
        int d = 2 + trial % 5;
        Matrix noise = Matrix.generate(d, d, (i, j) -> random.nextGaussian());
        double size = SymmetricEigen.spectralNorm(noise);
        Matrix a = noise.times(0.09 / size).minus(Matrix.identity(d));
        double delta = 0.09 - 0.1;
        double lipschitz = SymmetricEigen.spectralNorm(a);
        Matrix b = Matrix.generate(1, d, (i, j) -> random.nextGaussian());
        LayeredField field = LayeredField.of(new Layer(a, b, new SmoothLeakyRelu(0.1)));
        double h =
            Math.min(10, CircleContractivity.largestStep(method.tableau().get(), delta, lipschitz));
        Solver solver = new Solver(method, StepControl.fixed(4));
        for (int pair = 0; pair < 20; pair++) {
          double[] u = random.doubles(d, -2, 2).toArray();
          double[] v = random.doubles(d, -2, 2).toArray();
          double before = distance(u, v);
          double after =
              distance(
                  solver.solve(field, u, 0, 4 * h).last(), solver.solve(field, v, 0, 4 * h).last());
          assertThat(after).as(method.id()).isLessThanOrEqualTo(before * (1 + 1e-10));
        }
      }
    }
  }

  @Test
  void refusesWhatIsNoBound() {
    ButcherTableau euler = Method.EULER.tableau().orElseThrow();
    assertThat(CircleContractivity.largestStep(euler, 0.5, 1)).isZero();
    assertThat(CircleContractivity.largestStep(euler, -0.5, 2)).isEqualTo(0.25);
    assertThatThrownBy(() -> CircleContractivity.largestStep(euler, Double.NaN, 1))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> CircleContractivity.largestStep(euler, -1, 0))
        .hasMessageContaining("0.0");
  }
}
