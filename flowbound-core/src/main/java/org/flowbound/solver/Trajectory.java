package org.flowbound.solver;

import java.util.Arrays;
import java.util.Locale;

/**
 * A solution over an interval, as a polynomial on every step. Safe for concurrent use.
 *
 * <p>It keeps {@code (q + 1) d + 1} numbers a step, q the degree of the polynomials.
 */
public final class Trajectory {
  private final double[] times;
  private final double[] coefficients;
  private final int degree;
  private final int d;
  private final Statistics statistics;

  private Trajectory(Recorder recorder, int d, Statistics statistics) {
    this.times = Arrays.copyOf(recorder.times, recorder.count + 1);
    this.degree = recorder.degree;
    this.d = d;
    this.coefficients = Arrays.copyOf(recorder.coefficients, recorder.count * recorder.stride(d));
    this.statistics = statistics;
  }

  /** Collects the steps of an integration. */
  static final class Recorder implements Integration.Listener {
    private double[] times = new double[64];
    private double[] coefficients = new double[0];
    private int degree = 3;
    private int count;

    Recorder(double start) {
      times[0] = start;
    }

    private int stride(int d) {
      return Math.multiplyExact(degree + 1, d);
    }

    @Override
    public void accepted(Stepper stepper) {
      degree = stepper.degree();
      int stride = stride(stepper.d);
      if (count + 1 == times.length) {
        times = Arrays.copyOf(times, 2 * times.length);
      }
      int from = Math.multiplyExact(count, stride);
      if (from + stride > coefficients.length) {
        coefficients = Arrays.copyOf(coefficients, Math.multiplyExact(times.length, stride));
      }
      System.arraycopy(stepper.state, 0, coefficients, from, stepper.d);
      stepper.interpolate(coefficients, from + stepper.d);
      count++;
      times[count] = stepper.nextTime;
    }

    Trajectory finish(int d, Statistics statistics) {
      return new Trajectory(this, d, statistics);
    }
  }

  /** The number of steps. */
  public int steps() {
    return times.length - 1;
  }

  /** The time at which step {@code n} starts; for n = {@link #steps} the end. */
  public double time(int n) {
    return times[n];
  }

  /** What the integration took. */
  public Statistics statistics() {
    return statistics;
  }

  /** How many numbers are kept. */
  public long storedNumbers() {
    return (long) times.length + coefficients.length;
  }

  /**
   * The solution at time t.
   *
   * @throws IllegalArgumentException if t lies outside the interval
   */
  public double[] at(double t) {
    double[] u = new double[d];
    at(t, u);
    return u;
  }

  /**
   * Writes the solution at time t.
   *
   * @param u overwritten, d numbers
   * @throws IllegalArgumentException if t lies outside the interval
   */
  public void at(double t, double[] u) {
    int n = stepAt(t);
    int stride = (degree + 1) * d;
    double theta = (t - times[n]) / (times[n + 1] - times[n]);
    DensePolynomial.evaluate(
        coefficients, n * stride, coefficients, n * stride + d, degree, theta, u);
  }

  private int stepAt(double t) {
    double start = times[0];
    double end = times[times.length - 1];
    double direction = Math.signum(end - start);
    if (!(direction * t >= direction * start && direction * t <= direction * end)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "The time (%s) must lie between %s and %s.", t, start, end));
    }
    int low = 0;
    int high = times.length - 2;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (direction * times[middle] <= direction * t) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
