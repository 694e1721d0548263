package org.flowbound.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.flowbound.solver.Problem.distance;

import org.flowbound.field.StandardActivation;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OrderTest {
  private static final double END = 1.4;

  private static double endError(Method method, int steps) {
    double[] start = Problem.solution().apply(0);
    double[] end =
        new Solver(method, StepControl.fixed(steps)).solve(Problem.known(), start, 0, END).last();
    return distance(end, Problem.solution().apply(END));
  }

  private static int fineSteps(Method method) {
    return switch (method) {
      case DOP853 -> 24;
      case SDIRK4 -> 100;
      case RODAS4 -> 100;
      case DORMAND_PRINCE, TSITOURAS -> 240;
      case IMPLICIT_EULER, EULER -> 4000;
      default -> 800;
    };
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void convergesWithItsOrder(Method method) {
    int steps = fineSteps(method);
    double order = Math.log(endError(method, steps / 2) / endError(method, steps)) / Math.log(2);
    double differences = method == Method.RODAS4 ? 0.4 : 0.25;
    assertThat(order).isCloseTo(method.order(), within(differences));
  }

  /** Divided differences for ∂f/∂u and ∂f/∂t disturb the order above; here they are exact. */
  @Test
  void rosenbrockStepsHaveTheirOrderWithExactJacobians() {
    LayeredField field =
        LayeredField.of(
            new Layer(
                Matrix.of(2, 2, -1, 3, -4, 0.5), Matrix.of(1, 2, 0.3, -1), StandardActivation.TANH),
            new Layer(
                Matrix.of(2, 2, 2, -1, 1, -3), Matrix.of(1, 2, 0, 1), StandardActivation.IDENTITY));
    double[] start = {1, -0.5};
    double[] expected = fixed(Method.DOP853, 400, field, start);
    double coarse = distance(fixed(Method.RODAS4, 100, field, start), expected);
    double fine = distance(fixed(Method.RODAS4, 200, field, start), expected);
    assertThat(Math.log(coarse / fine) / Math.log(2)).isCloseTo(4, within(0.25));
  }

  private static double[] fixed(Method method, int steps, VectorField field, double[] start) {
    return new Solver(method, StepControl.fixed(steps)).solve(field, start, 0, END).last();
  }

  /** The largest distance from the solution between the steps. */
  private static double denseError(Method method, int steps) {
    Trajectory trajectory =
        new Solver(method, StepControl.fixed(steps))
            .trajectory(Problem.known(), Problem.solution().apply(0), 0, END);
    double largest = 0;
    for (int i = 0; i <= 10 * steps; i++) {
      double t = Math.min(END, i * END / (10 * steps));
      largest = Math.max(largest, distance(trajectory.at(t), Problem.solution().apply(t)));
    }
    return largest;
  }

  /** Locally of order q + 1, so that the error over all times has order min(p, q + 1). */
  @ParameterizedTest
  @EnumSource(Method.class)
  void denseOutputConvergesWithItsOrder(Method method) {
    int degree =
        switch (method) {
          case DOP853 -> 7;
          case DORMAND_PRINCE, TSITOURAS -> 4;
          default -> 3;
        };
    int steps = fineSteps(method);
    double order =
        Math.log(denseError(method, steps / 2) / denseError(method, steps)) / Math.log(2);
    assertThat(order).isGreaterThan(Math.min(method.order(), degree + 1) - 0.3);
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void denseOutputMeetsTheSteps(Method method) {
    Trajectory trajectory =
        new Solver(method, StepControl.fixed(50))
            .trajectory(Problem.known(), Problem.solution().apply(0), 0, END);
    for (int n = 1; n < trajectory.steps(); n++) {
      double t = trajectory.time(n);
      assertThat(distance(trajectory.at(Math.nextDown(t)), trajectory.at(t))).isLessThan(1e-13);
    }
  }

  @Test
  void onlyMethodsThatEstimateErrorsChooseSteps() {
    for (Method method : Method.values()) {
      if (method.estimatesError()) {
        Solver solver = new Solver(method, StepControl.adaptive(1e-6, 1e-6));
        assertThat(solver.method()).isEqualTo(method);
      } else {
        assertThatThrownBy(() -> new Solver(method, StepControl.adaptive(1e-6, 1e-6)))
            .hasMessageContaining(method.id())
            .hasMessageContaining("dormand-prince");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Method.class)
  void linearFieldsFollowTheStabilityFunction(Method method) {
    double h = 0.3;
    for (double lambda : new double[] {-2.5, -0.4, 0.7}) {
      double z = lambda * h;
      double expected =
          switch (method) {
            case EULER -> 1 + z;
            case MIDPOINT, HEUN, RALSTON -> 1 + z + z * z / 2;
            case BOGACKI_SHAMPINE -> 1 + z + z * z / 2 + z * z * z / 6;
            case RK4, ADAMS -> 1 + z + z * z / 2 + z * z * z / 6 + z * z * z * z / 24;
            case DORMAND_PRINCE ->
                1
                    + z
                    + z * z / 2
                    + Math.pow(z, 3) / 6
                    + Math.pow(z, 4) / 24
                    + Math.pow(z, 5) / 120
                    + Math.pow(z, 6) / 600;
            case IMPLICIT_EULER -> 1 / (1 - z);
            case IMPLICIT_MIDPOINT, TRAPEZOIDAL -> (1 + z / 2) / (1 - z / 2);
            case TR_BDF2 -> {
              double g = 2 - Math.sqrt(2);
              yield (1 + (1 - g) * z) / (1 - g * z + g * g * z * z / 4);
            }
            default ->
                method.tableau().isPresent() ? method.tableau().get().stability(z, 0) : Double.NaN;
          };
      if (Double.isNaN(expected)) {
        continue;
      }
      VectorField linear = Problem.field(1, (t, u, du) -> du[0] = lambda * u[0]);
      double end =
          new Solver(method, StepControl.fixed(1)).solve(linear, new double[] {1}, 0, h).last()[0];
      assertThat(end).isCloseTo(expected, within(1e-11));
      if (method.tableau().isPresent()) {
        assertThat(method.tableau().get().stability(z, 0)).isCloseTo(Math.abs(end), within(1e-11));
      }
    }
  }

  /** End points of the real stability intervals (Hairer and Wanner, IV.2). */
  @Test
  void explicitMethodsHaveTheirStabilityIntervals() {
    assertInterval(Method.EULER, 2);
    assertInterval(Method.HEUN, 2);
    assertInterval(Method.BOGACKI_SHAMPINE, 2.5127453266);
    assertInterval(Method.RK4, 2.7852935634);
    assertInterval(Method.DORMAND_PRINCE, 3.3066);
  }

  private static void assertInterval(Method method, double end) {
    ButcherTableau tableau = method.tableau().orElseThrow();
    assertThat(tableau.stability(-end + 1e-3, 0)).isLessThan(1);
    assertThat(tableau.stability(-end - 1e-3, 0)).isGreaterThan(1);
  }

  @Test
  void implicitMethodsAreStableInTheLeftHalfPlane() {
    for (Method method :
        new Method[] {
          Method.IMPLICIT_EULER,
          Method.IMPLICIT_MIDPOINT,
          Method.TRAPEZOIDAL,
          Method.TR_BDF2,
          Method.SDIRK4
        }) {
      ButcherTableau tableau = method.tableau().orElseThrow();
      for (double y = 0; y < 1e4; y = 1.2 * y + 0.01) {
        assertThat(tableau.stability(0, y)).isLessThan(1 + 1e-12);
      }
      boolean lStable = method != Method.IMPLICIT_MIDPOINT && method != Method.TRAPEZOIDAL;
      assertThat(tableau.stability(-1e12, 0) < 1e-8).isEqualTo(lStable);
    }
  }
}
