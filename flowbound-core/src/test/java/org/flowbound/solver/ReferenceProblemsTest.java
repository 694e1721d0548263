package org.flowbound.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;
import static org.flowbound.solver.Problem.distance;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.flowbound.field.StandardActivation;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Problems that solver libraries are tried on, with published or analytic answers. */
class ReferenceProblemsTest {
  private static Solver adaptive(Method method, double tolerance) {
    return new Solver(method, StepControl.adaptive(tolerance, tolerance));
  }

  static Stream<Method> pairs() {
    return Arrays.stream(Method.values()).filter(Method::estimatesError);
  }

  static Stream<Method> highOrderPairs() {
    return Stream.of(Method.DORMAND_PRINCE, Method.TSITOURAS, Method.DOP853);
  }

  static Stream<Method> stiffPairs() {
    return Stream.of(Method.TR_BDF2, Method.SDIRK4, Method.RODAS4);
  }

  /**
   * The error follows the tolerance, over four orders of magnitude, and so does the work.
   * Tolerances are per step, which a method of low order takes many of.
   */
  @ParameterizedTest
  @MethodSource("pairs")
  void theErrorFollowsTheTolerance(Method method) {
    double[] start = Problem.solution().apply(0);
    double[] expected = Problem.solution().apply(1.4);
    double last = Double.POSITIVE_INFINITY;
    long lastSteps = 0;
    for (double tolerance : new double[] {1e-4, 1e-6, 1e-8}) {
      double perStep = method.order() < 3 ? method.order() / (method.order() + 1.0) : 1;
      Solution solution = adaptive(method, tolerance).solve(Problem.known(), start, 0, 1.4);
      double error = distance(solution.last(), expected);
      assertThat(error)
          .as(method.id())
          .isLessThan(300 * Math.pow(tolerance, perStep))
          .isLessThan(last / 4);
      assertThat(solution.statistics().steps()).isGreaterThan(lastSteps);
      last = error;
      lastSteps = solution.statistics().steps();
    }
  }

  @ParameterizedTest
  @MethodSource("highOrderPairs")
  void theArenstorfOrbitCloses(Method method) {
    double[] end =
        adaptive(method, 1e-11)
            .solve(Problem.arenstorf(), Problem.ARENSTORF_START, 0, Problem.ARENSTORF_PERIOD)
            .last();
    assertThat(distance(end, Problem.ARENSTORF_START)).isLessThan(2e-4);
  }

  /** DETEST A1 to A4: e^{−x}, and three more with closed forms (T. E. Hull and others, 1972). */
  @ParameterizedTest
  @MethodSource("pairs")
  void detestClassA(Method method) {
    double tolerance = method.order() < 3 ? 1e-7 : 1e-9;
    Solver solver = adaptive(method, tolerance);
    double bound = method.order() == 1 ? 2e-2 : method.order() == 2 ? 1e-4 : 2e-6;
    VectorField a1 = Problem.field(1, (t, u, du) -> du[0] = -u[0]);
    assertThat(solver.solve(a1, new double[] {1}, 0, 20).last()[0])
        .isCloseTo(Math.exp(-20), within(bound));
    VectorField a2 = Problem.field(1, (t, u, du) -> du[0] = -0.5 * u[0] * u[0] * u[0]);
    assertThat(solver.solve(a2, new double[] {1}, 0, 20).last()[0])
        .isCloseTo(1 / Math.sqrt(21), within(bound));
    VectorField a3 = Problem.field(1, (t, u, du) -> du[0] = u[0] * Math.cos(t));
    assertThat(solver.solve(a3, new double[] {1}, 0, 20).last()[0])
        .isCloseTo(Math.exp(Math.sin(20)), within(bound));
    VectorField a4 = Problem.field(1, (t, u, du) -> du[0] = u[0] / 4 * (1 - u[0] / 20));
    assertThat(solver.solve(a4, new double[] {1}, 0, 20).last()[0])
        .isCloseTo(20 / (1 + 19 * Math.exp(-5)), within(20 * bound));
  }

  /** DETEST D1, the two-body problem with eccentricity 0.1: after a period at the start again. */
  @ParameterizedTest
  @MethodSource("highOrderPairs")
  void detestOrbitCloses(Method method) {
    VectorField orbit =
        Problem.field(
            4,
            (t, u, du) -> {
              double r2 = u[0] * u[0] + u[1] * u[1];
              double r3 = r2 * Math.sqrt(r2);
              du[0] = u[2];
              du[1] = u[3];
              du[2] = -u[0] / r3;
              du[3] = -u[1] / r3;
            });
    double[] start = {0.9, 0, 0, Math.sqrt(1.1 / 0.9)};
    double[] end = adaptive(method, 1e-10).solve(orbit, start, 0, 2 * Math.PI).last();
    assertThat(distance(end, start)).isLessThan(1e-7);
  }

  /** The end state at t = 2, μ = 1000 in the fast time scale of Hairer and Wanner, IV.10. */
  @ParameterizedTest
  @MethodSource("stiffPairs")
  void vanDerPolStiff(Method method) {
    VectorField field =
        Problem.field(
            2,
            (t, u, du) -> {
              du[0] = u[1];
              du[1] = ((1 - u[0] * u[0]) * u[1] - u[0]) / 1e-6;
            });
    double tolerance = method.order() < 3 ? 1e-6 : 1e-8;
    Solution solution = adaptive(method, tolerance).solve(field, new double[] {2, -0.66}, 0, 2);
    assertThat(solution.last()[0]).isCloseTo(1.706167732170483, within(1e3 * tolerance));
    assertThat(solution.statistics().steps()).isLessThan(10_000);
  }

  /** Published end states (Hairer and Wanner, IV.10; mass is conserved). */
  @ParameterizedTest
  @MethodSource("stiffPairs")
  void robertson(Method method) {
    Solver solver =
        new Solver(method, StepControl.adaptive(method.order() < 3 ? 1e-6 : 1e-8, 1e-12));
    Solution solution = solver.solve(Problem.robertson(), new double[] {1, 0, 0}, 0, 40);
    double[] end = solution.last();
    double accuracy = method.order() < 3 ? 1e-4 : 1e-6;
    assertThat(end[0]).isCloseTo(0.715827068719394, within(accuracy));
    assertThat(end[1]).isCloseTo(9.185534764557863e-6, within(1e-5 * accuracy));
    assertThat(end[2]).isCloseTo(0.2841637457458413, within(accuracy));
    double[] late = solver.solve(Problem.robertson(), new double[] {1, 0, 0}, 0, 1e11).last();
    assertThat(late[0]).isCloseTo(0.2083340149701255e-7, within(1e-3 * 0.21e-7));
    assertThat(late[0] + late[1] + late[2]).isCloseTo(1, within(accuracy));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void backwardsItReturns(Method method) {
    Solver solver = adaptive(method, method.order() < 3 ? 1e-7 : 1e-10);
    double[] start = {2, 0};
    double[] end = solver.solve(Problem.vanDerPol(1), start, 0, 1.5).last();
    assertThat(distance(solver.solve(Problem.vanDerPol(1), end, 1.5, 0).last(), start))
        .isLessThan(method.order() == 1 ? 1e-2 : 1e-5);
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void statesAtGivenTimesAreThoseOfTheTrajectory(Method method) {
    Solver solver = adaptive(method, 1e-6);
    double[] start = Problem.solution().apply(0);
    double[] times = {0, 0.3, 0.31, 0.9, 1.4};
    Solution solution = solver.solve(Problem.known(), start, times);
    Trajectory trajectory = solver.trajectory(Problem.known(), start, 0, 1.4);
    for (int i = 0; i < times.length; i++) {
      assertThat(solution.state(i)).containsExactly(trajectory.at(times[i]));
      assertThat(distance(solution.state(i), Problem.solution().apply(times[i])))
          .isLessThan(method.order() == 1 ? 1e-2 : 1e-3);
    }
    assertThat(solution.statistics().steps()).isEqualTo(trajectory.statistics().steps());
    assertThatThrownBy(() -> trajectory.at(1.5)).hasMessageContaining("1.5");
  }

  @Test
  void steppingRoundAJumpKeepsTheOrder() {
    Layer up = new Layer(Matrix.of(1, 1, 0.5), Matrix.of(1, 1, 1), StandardActivation.IDENTITY);
    Layer down = new Layer(Matrix.of(1, 1, -2), Matrix.of(1, 1, 0), StandardActivation.IDENTITY);
    PiecewiseField field =
        new PiecewiseField(
            new double[] {1 / 3.0}, List.of(LayeredField.of(up), LayeredField.of(down)));
    double middle = 3 * Math.exp(0.5 / 3) - 2;
    double expected = middle * Math.exp(-2 * (1 - 1 / 3.0));
    for (Method method : Method.values()) {
      Solver solver = new Solver(method, StepControl.fixed(300));
      double tolerance = method.order() == 1 ? 1e-2 : method.order() == 2 ? 2e-5 : 1e-7;
      assertThat(solver.solve(field, new double[] {1}, 0, 1).last()[0])
          .as(method.id())
          .isCloseTo(expected, within(tolerance));
      assertThat(solver.solve(field, new double[] {expected}, 1, 0).last()[0])
          .as(method.id())
          .isCloseTo(1, within(10 * tolerance));
    }
    Solution solution = adaptive(Method.DORMAND_PRINCE, 1e-9).solve(field, new double[] {1}, 0, 1);
    assertThat(solution.statistics().rejected()).isLessThan(3);
  }

  @Test
  void blowUpIsDiagnosed() {
    VectorField field = Problem.field(1, (t, u, du) -> du[0] = u[0] * u[0]);
    for (Method method : new Method[] {Method.DORMAND_PRINCE, Method.DOP853, Method.RODAS4}) {
      IntegrationException failure =
          catchThrowableOfType(
              IntegrationException.class,
              () -> adaptive(method, 1e-8).solve(field, new double[] {1}, 0, 2));
      assertThat(failure.diagnosis().cause()).isEqualTo(Diagnosis.Cause.DIVERGENCE);
      assertThat(failure.diagnosis().time()).isCloseTo(1, within(1e-5));
      assertThat(failure.diagnosis().logarithmicNorm()).isGreaterThan(1e5);
      assertThat(failure).hasMessageContaining("diverges").hasMessageContaining(method.id());
    }
    assertThatThrownBy(
            () ->
                new Solver(Method.RK4, StepControl.fixed(50)).solve(field, new double[] {1}, 0, 2))
        .isInstanceOf(IntegrationException.class)
        .hasMessageContaining("no longer finite");
  }

  @Test
  void stiffnessIsDiagnosed() {
    Solver solver =
        new Solver(Method.DORMAND_PRINCE, StepControl.adaptive(1e-6, 1e-9).withMaxSteps(20_000));
    IntegrationException failure =
        catchThrowableOfType(
            IntegrationException.class,
            () -> solver.solve(Problem.robertson(), new double[] {1, 0, 0}, 0, 1e5));
    assertThat(failure.diagnosis().cause()).isEqualTo(Diagnosis.Cause.STIFFNESS);
    assertThat(failure).hasMessageContaining("rodas4").hasMessageContaining("stiff");
  }

  @Test
  void anUnnamedJumpOrTooFewStepsAreAMatterOfAccuracy() {
    Solver solver = new Solver(Method.DOP853, StepControl.adaptive(1e-10, 1e-10).withMaxSteps(5));
    IntegrationException failure =
        catchThrowableOfType(
            IntegrationException.class,
            () -> solver.solve(Problem.lorenz(), new double[] {1, 1, 1}, 0, 10));
    assertThat(failure.diagnosis().symptom()).isEqualTo(Diagnosis.Symptom.TOO_MANY_STEPS);
    assertThat(failure.diagnosis().cause()).isEqualTo(Diagnosis.Cause.ACCURACY);
  }

  @Test
  void aFieldThatIsNotANumberIsNamedAtOnce() {
    VectorField field = Problem.field(1, (t, u, du) -> du[0] = Math.sqrt(0.5 - t));
    assertThatThrownBy(() -> adaptive(Method.TSITOURAS, 1e-8).solve(field, new double[] {1}, 0, 1))
        .isInstanceOf(IntegrationException.class)
        .hasMessageContaining("At t = 0.5");
    assertThatThrownBy(
            () -> adaptive(Method.TSITOURAS, 1e-8).solve(field, new double[] {1}, 0.6, 1))
        .isInstanceOf(IntegrationException.class)
        .hasMessageContaining("At t = 0.6");
  }

  @Test
  void refusesWhatIsNoProblem() {
    Solver solver = adaptive(Method.DOP853, 1e-6);
    VectorField field = Problem.lorenz();
    assertThatThrownBy(() -> solver.solve(field, new double[2], 0, 1)).hasMessageContaining("2");
    assertThatThrownBy(() -> solver.solve(field, new double[] {1, Double.NaN, 0}, 0, 1))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> solver.solve(field, new double[3], 1, 1))
        .hasMessageContaining("number 2");
    assertThatThrownBy(() -> solver.solve(field, new double[3], new double[] {0, 1, 0.5}))
        .hasMessageContaining("0.5");
    assertThatThrownBy(() -> StepControl.adaptive(0, 1e-6)).hasMessageContaining("0.0");
    assertThatThrownBy(() -> StepControl.adaptive(1e-6, -1)).hasMessageContaining("-1.0");
    assertThatThrownBy(() -> StepControl.fixed(0)).hasMessageContaining("0");
    assertThatThrownBy(() -> Method.of("gauss")).hasMessageContaining("dop853");
  }

  /** A single state may be constant, and an interval may be short. */
  @ParameterizedTest
  @MethodSource("pairs")
  void theTrivialIsTrivial(Method method) {
    VectorField field = Problem.field(1, (t, u, du) -> du[0] = 0);
    assertThat(adaptive(method, 1e-6).solve(field, new double[] {0}, 0, 1e6).last()[0]).isZero();
    VectorField steady = Problem.field(1, (t, u, du) -> du[0] = 1);
    double next = Math.nextUp(1.0);
    assertThat(adaptive(method, 1e-6).solve(steady, new double[] {0}, 1, next).last()[0])
        .isCloseTo(next - 1, within(1e-20));
  }
}
