package org.flowbound.solver;

import java.util.Arrays;
import org.flowbound.linalg.Matrix;

/**
 * Solves initial value problems with one method and one way to choose steps.
 *
 * @param method the method
 * @param control how long the steps are
 */
public record Solver(Method method, StepControl control) {
  /**
   * @throws IllegalArgumentException if the method cannot choose its steps, but is to
   */
  public Solver {
    if (control instanceof StepControl.Adaptive && !method.estimatesError()) {
      throw new IllegalArgumentException(
          "The method %s does not estimate its error: it needs fixed steps. Methods that do: %s."
              .formatted(
                  method.id(),
                  String.join(
                      ", ",
                      Arrays.stream(Method.values())
                          .filter(Method::estimatesError)
                          .map(Method::id)
                          .toList())));
    }
  }

  /**
   * Solves from {@code start} to {@code end}, which may be the earlier one.
   *
   * @param initial u(start), d numbers
   * @return the states at both times
   * @throws IllegalArgumentException if a time or an entry of u is not finite, or the times are
   *     equal
   * @throws IntegrationException if the integration cannot go on
   */
  public Solution solve(VectorField field, double[] initial, double start, double end) {
    return solve(field, initial, new double[] {start, end});
  }

  /**
   * Solves from the first time to the last, and evaluates the solution at all of them by the dense
   * output of the method, which does not change its steps.
   *
   * @param initial the state at the first time, d numbers
   * @param times at least two, either increasing or decreasing
   * @throws IllegalArgumentException if a number is not finite, or the times are not ordered
   * @throws IntegrationException if the integration cannot go on
   */
  public Solution solve(VectorField field, double[] initial, double[] times) {
    check(field, initial, times);
    int d = field.dimension();
    double[] states = new double[Math.multiplyExact(times.length, d)];
    System.arraycopy(initial, 0, states, 0, d);
    Sampler sampler = new Sampler(times, states);
    double end = times[times.length - 1];
    Integration integration =
        new Integration(method, control, field, times[0], initial, end, sampler);
    integration.advanceTo(end);
    return new Solution(Matrix.of(times.length, d, states), integration.statistics());
  }

  /** Writes down the states at given times. */
  private static final class Sampler implements Integration.Listener {
    private final double[] times;
    private final double[] states;
    private double[] coefficients = new double[0];
    private double[] point = new double[0];
    private int next = 1;

    Sampler(double[] times, double[] states) {
      this.times = times;
      this.states = states;
    }

    @Override
    public void accepted(Stepper stepper) {
      double direction = Math.signum(stepper.nextTime - stepper.time);
      int d = stepper.d;
      boolean interpolated = false;
      while (next < times.length && direction * times[next] <= direction * stepper.nextTime) {
        if (times[next] == stepper.nextTime) {
          System.arraycopy(stepper.nextState, 0, states, next * d, d);
        } else {
          if (!interpolated) {
            interpolate(stepper);
            interpolated = true;
          }
          double theta = (times[next] - stepper.time) / (stepper.nextTime - stepper.time);
          DensePolynomial.evaluate(
              stepper.state, 0, coefficients, 0, stepper.degree(), theta, point);
          System.arraycopy(point, 0, states, next * d, d);
        }
        next++;
      }
    }

    private void interpolate(Stepper stepper) {
      if (coefficients.length == 0) {
        coefficients = new double[stepper.degree() * stepper.d];
        point = new double[stepper.d];
      }
      stepper.interpolate(coefficients, 0);
    }
  }

  /**
   * Solves from {@code start} to {@code end}, which may be the earlier one, and keeps every step.
   *
   * @param initial u(start), d numbers
   * @throws IllegalArgumentException if a time or an entry of u is not finite, or the times are
   *     equal
   * @throws IntegrationException if the integration cannot go on
   */
  public Trajectory trajectory(VectorField field, double[] initial, double start, double end) {
    check(field, initial, start, end);
    Trajectory.Recorder recorder = new Trajectory.Recorder(start);
    Integration integration =
        new Integration(method, control, field, start, initial, end, recorder);
    integration.advanceTo(end);
    return recorder.finish(field.dimension(), integration.statistics());
  }

  static void check(VectorField field, double[] initial, double... times) {
    if (initial.length != field.dimension()) {
      throw new IllegalArgumentException(
          "The initial state has %d entries, the field %d."
              .formatted(initial.length, field.dimension()));
    }
    for (double entry : initial) {
      if (!Double.isFinite(entry)) {
        throw new IllegalArgumentException(
            "The initial state must be finite; one entry is %s.".formatted(entry));
      }
    }
    if (times.length < 2) {
      throw new IllegalArgumentException(
          "A start and an end are needed, not %d times.".formatted(times.length));
    }
    double direction = Math.signum(times[1] - times[0]);
    for (int i = 0; i < times.length; i++) {
      if (!Double.isFinite(times[i])
          || (i > 0 && !(direction * times[i] > direction * times[i - 1]))) {
        throw new IllegalArgumentException(
            "Times must be finite and all increase or all decrease; number %d is %s."
                .formatted(i + 1, times[i]));
      }
    }
  }
}
