package org.flowbound.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import org.flowbound.solver.Method;
import org.flowbound.solver.Solution;
import org.flowbound.solver.Solver;
import org.flowbound.solver.StepControl;
import org.flowbound.solver.VectorField;

/**
 * Lorenz's equations over [0, 100] with both tolerances 1e-8, with each method that is named; one
 * line each for {@code solver-speed.sh}: the median of many, the first of them (in a fresh JVM for
 * the first method), and the mean processor time, compilation included.
 */
public final class SolverSpeed {
  private static final int ROUNDS = 400;

  private SolverSpeed() {}

  /** Lorenz's equations. */
  private static final class Lorenz implements VectorField {
    @Override
    public int dimension() {
      return 3;
    }

    @Override
    public void evaluate(double t, double[] u, double[] du) {
      du[0] = 10 * (u[1] - u[0]);
      du[1] = u[0] * (28 - u[2]) - u[1];
      du[2] = u[0] * u[1] - 8.0 / 3 * u[2];
    }
  }

  public static void main(String[] ids) {
    for (String id : ids) {
      Solver solver = new Solver(Method.of(id), StepControl.adaptive(1e-8, 1e-8));
      double[] seconds = new double[ROUNDS];
      Solution solution = null;
      long cpuStart = cpuNanos();
      for (int round = 0; round < ROUNDS; round++) {
        long start = System.nanoTime();
        solution = solver.solve(new Lorenz(), new double[] {1, 1, 1}, 0, 100);
        seconds[round] = (System.nanoTime() - start) / 1e9;
      }
      double first = seconds[0];
      Arrays.sort(seconds);
      System.out.printf(
          Locale.ROOT,
          "%s %.6f %.6f %.6f %d %d%n",
          id,
          seconds[ROUNDS / 2],
          first,
          (cpuNanos() - cpuStart) / 1e9 / ROUNDS,
          solution == null ? 0 : solution.statistics().steps(),
          solution == null ? 0 : solution.statistics().evaluations());
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
