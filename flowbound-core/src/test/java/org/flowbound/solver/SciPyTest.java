package org.flowbound.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.flowbound.solver.Problem.distance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The same problems solved by SciPy's {@code solve_ivp}, where it is installed. */
class SciPyTest {
  private static final String INTERPRETER = "/usr/bin/python3";

  /** The numbers that a script prints; skips the test, visibly, where there is no SciPy. */
  private static double[] python(String script) throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of(INTERPRETER)) && start("import scipy.integrate").waitFor() == 0,
        INTERPRETER + " has no SciPy");
    Process process = start(script);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return Arrays.stream(output.strip().split("\\s+")).mapToDouble(Double::parseDouble).toArray();
  }

  private static Process start(String script) throws IOException {
    return new ProcessBuilder(INTERPRETER, "-c", script).redirectErrorStream(true).start();
  }

  private static double[] solveIvp(String field, String start, double end, String options)
      throws IOException, InterruptedException {
    return python(
        """
        from math import *
        from scipy.integrate import solve_ivp
        r = solve_ivp(lambda t, u: %s, (0, %s), %s, %s)
        assert r.success, r.message
        print(*[repr(float(x)) for x in r.y[:, -1]])
        """
            .formatted(field, end, start, options));
  }

  @Test
  void lorenz() throws IOException, InterruptedException {
    double[] expected =
        solveIvp(
            "(10*(u[1]-u[0]), u[0]*(28-u[2])-u[1], u[0]*u[1]-8/3*u[2])",
            "[1, 1, 1]",
            10,
            "method='DOP853', rtol=1e-13, atol=1e-13");
    for (Method method : new Method[] {Method.DOP853, Method.DORMAND_PRINCE, Method.TSITOURAS}) {
      double[] end =
          new Solver(method, StepControl.adaptive(1e-12, 1e-12))
              .solve(Problem.lorenz(), new double[] {1, 1, 1}, 0, 10)
              .last();
      assertThat(distance(end, expected)).as(method.id()).isLessThan(1e-5);
    }
  }

  @Test
  void robertson() throws IOException, InterruptedException {
    double[] expected =
        solveIvp(
            "(-0.04*u[0]+1e4*u[1]*u[2], 0.04*u[0]-1e4*u[1]*u[2]-3e7*u[1]**2, 3e7*u[1]**2)",
            "[1, 0, 0]",
            1e4,
            "method='Radau', rtol=1e-10, atol=1e-14");
    for (Method method : new Method[] {Method.RODAS4, Method.SDIRK4}) {
      double[] end =
          new Solver(method, StepControl.adaptive(1e-8, 1e-12))
              .solve(Problem.robertson(), new double[] {1, 0, 0}, 0, 1e4)
              .last();
      assertThat(distance(end, expected)).as(method.id()).isLessThan(1e-6);
    }
  }

  /** The same formulas, so one long step gives the same numbers. */
  @Test
  void dormandAndPrinceTakeTheSameSteps() throws IOException, InterruptedException {
    double[] expected =
        python(
            """
            from scipy.integrate import RK45, DOP853
            f = lambda t, u: (u[1], (1-u[0]**2)*u[1]-u[0])
            for m in (RK45, DOP853):
                s = m(f, 0, [2, 0], 0.2, first_step=0.2, rtol=0.5, atol=10)
                s.step()
                assert s.t == 0.2
                d = s.dense_output()
                print(*[repr(float(x)) for x in [*s.y, *d(0.13)]])
            """);
    double[] actual = new double[8];
    int k = 0;
    for (Method method : new Method[] {Method.DORMAND_PRINCE, Method.DOP853}) {
      Trajectory trajectory =
          new Solver(method, StepControl.fixed(1))
              .trajectory(Problem.vanDerPol(1), new double[] {2, 0}, 0, 0.2);
      for (double t : new double[] {0.2, 0.13}) {
        for (double entry : trajectory.at(t)) {
          actual[k++] = entry;
        }
      }
    }
    assertThat(distance(actual, expected)).isLessThan(1e-14);
  }
}
