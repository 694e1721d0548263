package org.flowbound.optimization;

/**
 * Unconstrained minimisation by the limited-memory BFGS method with a weak Wolfe line search.
 *
 * <p>The search brackets by bisection and expansion, which also copes with kinks (Nocedal and
 * Wright, <em>Numerical Optimization</em>, 2006, algorithm 7.4; Lewis and Overton, Math. Program.
 * 2013, for the line search). An instance owns its workspace, is reused for problems of up to the
 * given dimension, and allocates nothing while it runs. Not safe for concurrent use.
 */
public final class Lbfgs {
  private static final double SUFFICIENT_DECREASE = 1e-4;
  private static final double CURVATURE = 0.9;
  private static final int MAX_LINE_SEARCH = 25;

  private final int memory;
  private final double[][] steps;
  private final double[][] differences;
  private final double[] rho;
  private final double[] coefficients;
  private final double[] gradient;
  private final double[] trial;
  private final double[] trialGradient;
  private final double[] direction;

  /**
   * @param maxDimension the largest number of variables
   * @param memory the number of correction pairs kept, at least 1
   */
  public Lbfgs(int maxDimension, int memory) {
    this.memory = memory;
    this.steps = new double[memory][maxDimension];
    this.differences = new double[memory][maxDimension];
    this.rho = new double[memory];
    this.coefficients = new double[memory];
    this.gradient = new double[maxDimension];
    this.trial = new double[maxDimension];
    this.trialGradient = new double[maxDimension];
    this.direction = new double[maxDimension];
  }

  /** A differentiable function of several variables. */
  @FunctionalInterface
  public interface Objective {
    /** The value at {@code x}, whose gradient is written into {@code gradient}. */
    double evaluate(double[] x, double[] gradient);
  }

  /** When to stop. */
  @FunctionalInterface
  public interface Stopping {
    /**
     * Whether an iterate with this value and this Euclidean norm of the gradient is good enough.
     */
    boolean accepts(double value, double gradientNorm);
  }

  /**
   * Where the minimisation ended.
   *
   * @param value the value at the last iterate
   * @param gradientNorm the Euclidean norm of the gradient there
   * @param evaluations the number of evaluations of the objective
   */
  public record Result(double value, double gradientNorm, int evaluations) {}

  /**
   * Minimises {@code objective} from {@code x}, which is overwritten with the last iterate.
   *
   * @param n the number of variables: the first n entries of x
   * @param maxEvaluations stop after about this many evaluations
   */
  public Result minimize(
      Objective objective, double[] x, int n, int maxEvaluations, Stopping stopping) {
    double value = objective.evaluate(x, gradient);
    double gradientNorm = norm(gradient, n);
    int evaluations = 1;
    int stored = 0;
    int newest = -1;
    double firstStep = 1 / Math.max(gradientNorm, 1e-300);
    while (evaluations < maxEvaluations && !stopping.accepts(value, gradientNorm)) {
      twoLoopRecursion(n, stored, newest);
      double slope = dot(direction, gradient, n);
      if (!(slope < 0)) {
        stored = 0;
        for (int i = 0; i < n; i++) {
          direction[i] = -gradient[i];
        }
        slope = -gradientNorm * gradientNorm;
        if (!(slope < 0)) {
          break;
        }
      }
      double step = stored == 0 ? Math.min(1, firstStep) : 1;
      double low = 0;
      double high = Double.POSITIVE_INFINITY;
      double trialValue = Double.NaN;
      boolean found = false;
      for (int k = 0; k < MAX_LINE_SEARCH; k++) {
        for (int i = 0; i < n; i++) {
          trial[i] = x[i] + step * direction[i];
        }
        trialValue = objective.evaluate(trial, trialGradient);
        evaluations++;
        if (!(trialValue <= value + SUFFICIENT_DECREASE * step * slope)) {
          high = step;
        } else if (dot(direction, trialGradient, n) < CURVATURE * slope) {
          low = step;
          found = true;
        } else {
          found = true;
          break;
        }
        if (evaluations >= maxEvaluations && found) {
          break;
        }
        step = Double.isInfinite(high) ? 2 * step : 0.5 * (low + high);
      }
      if (!found || !(trialValue <= value)) {
        if (stored == 0) {
          break;
        }
        stored = 0;
        continue;
      }
      newest = (newest + 1) % memory;
      double[] s = steps[newest];
      double[] y = differences[newest];
      for (int i = 0; i < n; i++) {
        s[i] = trial[i] - x[i];
        y[i] = trialGradient[i] - gradient[i];
        x[i] = trial[i];
        gradient[i] = trialGradient[i];
      }
      double curvature = dot(s, y, n);
      if (curvature > 1e-14 * dot(y, y, n)) {
        rho[newest] = 1 / curvature;
        stored = Math.min(stored + 1, memory);
      } else {
        newest = (newest + memory - 1) % memory;
        stored = Math.min(stored, memory - 1);
      }
      value = trialValue;
      gradientNorm = norm(gradient, n);
    }
    return new Result(value, gradientNorm, evaluations);
  }

  private void twoLoopRecursion(int n, int stored, int newest) {
    for (int i = 0; i < n; i++) {
      direction[i] = -gradient[i];
    }
    if (stored == 0) {
      return;
    }
    for (int k = 0; k < stored; k++) {
      int j = (newest - k + memory) % memory;
      coefficients[j] = rho[j] * dot(steps[j], direction, n);
      axpy(-coefficients[j], differences[j], direction, n);
    }
    double[] y = differences[newest];
    double scale = 1 / (rho[newest] * dot(y, y, n));
    for (int i = 0; i < n; i++) {
      direction[i] *= scale;
    }
    for (int k = stored - 1; k >= 0; k--) {
      int j = (newest - k + memory) % memory;
      double beta = rho[j] * dot(differences[j], direction, n);
      axpy(coefficients[j] - beta, steps[j], direction, n);
    }
  }

  private static double dot(double[] x, double[] y, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      s0 += x[i] * y[i];
      s1 += x[i + 1] * y[i + 1];
      s2 += x[i + 2] * y[i + 2];
      s3 += x[i + 3] * y[i + 3];
    }
    for (; i < n; i++) {
      s0 += x[i] * y[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  private static double norm(double[] x, int n) {
    return Math.sqrt(dot(x, x, n));
  }

  private static void axpy(double factor, double[] x, double[] y, int n) {
    for (int i = 0; i < n; i++) {
      y[i] += factor * x[i];
    }
  }
}
