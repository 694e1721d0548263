package org.flowbound.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import org.flowbound.field.StandardActivation;
import org.flowbound.linalg.Matrix;
import org.flowbound.solver.DifferentiableField;
import org.flowbound.solver.DiscreteAdjoint;
import org.flowbound.solver.Gradient;
import org.flowbound.solver.Layer;
import org.flowbound.solver.LayeredField;
import org.flowbound.solver.Method;
import org.flowbound.solver.Solution;
import org.flowbound.solver.Solver;
import org.flowbound.solver.StepControl;
import org.flowbound.solver.VectorField;

/**
 * Training the spiral neural ODE of Chen and others, 2018: {@code u' = A₂ tanh(A₁u³ + b₁) + b₂}
 * with 50 hidden units learns {@code u' = S u³} from 30 points over [0, 1.5]; Dormand–Prince with
 * tolerances 1e-7 and 1e-9, 500 steps of Adam. One line for {@code spiral-training.sh}.
 */
public final class SpiralTraining {
  private static final int HIDDEN = 50;
  private static final int POINTS = 30;
  private static final double END = 1.5;
  private static final double RATE = 0.01;

  private SpiralTraining() {}

  /** {@code f(u³)}. */
  private static final class CubedField implements DifferentiableField {
    private final LayeredField field;
    private final double[] cubes = new double[2];
    private final double[] direction = new double[2];

    CubedField(LayeredField field) {
      this.field = field;
    }

    private void cube(double[] u) {
      cubes[0] = u[0] * u[0] * u[0];
      cubes[1] = u[1] * u[1] * u[1];
    }

    @Override
    public int dimension() {
      return 2;
    }

    @Override
    public int parameterCount() {
      return field.parameterCount();
    }

    @Override
    public void evaluate(double t, double[] u, double[] du) {
      cube(u);
      field.evaluate(t, cubes, du);
    }

    @Override
    public void jacobianVector(double t, double[] u, double[] w, double[] result) {
      cube(u);
      direction[0] = 3 * u[0] * u[0] * w[0];
      direction[1] = 3 * u[1] * u[1] * w[1];
      field.jacobianVector(t, cubes, direction, result);
    }

    @Override
    public void vectorJacobian(
        double t, double[] u, double[] g, double[] result, double[] parameterGradient, int offset) {
      cube(u);
      field.vectorJacobian(t, cubes, g, result, parameterGradient, offset);
      result[0] *= 3 * u[0] * u[0];
      result[1] *= 3 * u[1] * u[1];
    }
  }

  /** {@code S u³} with S = (−0.1 2; −2 −0.1). */
  private static final class Spiral implements VectorField {
    @Override
    public int dimension() {
      return 2;
    }

    @Override
    public void evaluate(double t, double[] u, double[] du) {
      double x = u[0] * u[0] * u[0];
      double y = u[1] * u[1] * u[1];
      du[0] = -0.1 * x + 2 * y;
      du[1] = -2 * x - 0.1 * y;
    }
  }

  public static void main(String[] args) {
    int iterations = Integer.parseInt(args[0]);
    double[] times = new double[POINTS];
    for (int i = 0; i < POINTS; i++) {
      times[i] = END * i / (POINTS - 1);
    }
    double[] initial = {2, 0};
    Solver solver = new Solver(Method.DORMAND_PRINCE, StepControl.adaptive(1e-7, 1e-9));
    Solution data = solver.solve(new Spiral(), initial, times);
    long start = System.nanoTime();
    long cpuStart = cpuNanos();
    LayeredField layers =
        LayeredField.of(
            new Layer(
                Matrix.generate(HIDDEN, 2, (i, j) -> weight(2 * i + j)),
                Matrix.zeros(1, HIDDEN),
                StandardActivation.TANH),
            new Layer(
                Matrix.generate(2, HIDDEN, (i, j) -> weight(1000 + HIDDEN * i + j)),
                Matrix.zeros(1, 2),
                StandardActivation.IDENTITY));
    DifferentiableField field = new CubedField(layers);
    DiscreteAdjoint adjoint = new DiscreteAdjoint(solver);
    double[] parameters = layers.parameters();
    double[] mean = new double[parameters.length];
    double[] square = new double[parameters.length];
    double first = 0;
    double last = 0;
    long steps = 0;
    for (int n = 1; n <= iterations; n++) {
      Gradient gradient =
          adjoint.gradient(
              field,
              initial,
              times,
              (index, state, cotangent) -> {
                double sum = 0;
                for (int k = 0; k < 2; k++) {
                  double difference = state[k] - data.states().get(index, k);
                  sum += difference * difference;
                  cotangent[k] += 2 * difference / POINTS;
                }
                return sum / POINTS;
              });
      last = gradient.loss();
      first = n == 1 ? last : first;
      steps += gradient.forward().steps();
      double[] g = gradient.parameters();
      double firstScale = 1 - Math.pow(0.9, n);
      double secondScale = 1 - Math.pow(0.999, n);
      for (int k = 0; k < g.length; k++) {
        mean[k] = 0.9 * mean[k] + 0.1 * g[k];
        square[k] = 0.999 * square[k] + 0.001 * g[k] * g[k];
        parameters[k] -=
            RATE * (mean[k] / firstScale) / (Math.sqrt(square[k] / secondScale) + 1e-8);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%.4f %.4f %.10f %.10f %.1f%n",
        (System.nanoTime() - start) / 1e9,
        (cpuNanos() - cpuStart) / 1e9,
        first,
        last,
        (double) steps / iterations);
  }

  /** Of the whole process, compilation and garbage collection included. */
  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /** The same first weights on both sides. */
  private static double weight(int k) {
    return 0.1 * Math.sin(1.7 * k + 0.3);
  }
}
