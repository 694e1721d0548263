package org.flowbound.solver;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The backward pass of the discrete adjoint: with λ the cotangent of {@code u_{n+1}}, {@code g_i =
 * h (b_i λ + Σ_{j>i} a_ji ℓ_j)}, {@code ℓ_i = (∂f/∂u)(Y_i)ᵀ g_i}, and {@code λ + Σ ℓ_i} is the
 * cotangent of {@code u_n}.
 */
final class ReverseSweep {
  private final DifferentiableField field;
  private final Breakpoints breakpoints;
  private final ButcherTableau tableau;
  private final DiscreteAdjoint.StepTimes steps;
  private final double[] times;
  private final double direction;
  private final Loss loss;
  private final int d;
  private final int stages;
  private final double[][] rows;
  private final double[][] columns;
  private final double[] weights;

  /** The weights of the dense output's fourth coefficient; null for the cubic of Hermite. */
  private final double @Nullable [] dense;

  /** k_1, …, k_s and f at the step's end. */
  private final double[][] k;

  private final double[][] y;
  private final double[][] pulled;
  private final double[] cotangent;
  private final double[] next;
  private final double[] lambda;
  private final double[] parameters;

  /** What the loss's terms within a step add: to the cotangents of Δu, of h k_i and of u_n. */
  private final double[] differenceCotangent;

  private final double[][] slopeCotangents;
  private final double[] stateCotangent;
  private final double[] termCotangent;
  private final double[] coefficients;
  private final double[] value;

  private double total;
  private int term;
  private long evaluations;
  private long recomputed;
  private long products;
  private long kept;
  private long mostKept;

  ReverseSweep(
      Method method,
      DifferentiableField field,
      DiscreteAdjoint.StepTimes steps,
      double[] times,
      Loss loss) {
    this.field = field;
    this.breakpoints = new Breakpoints(field);
    this.tableau = method.tableau().orElseThrow();
    this.steps = steps;
    this.times = times;
    this.direction = Math.signum(times[1] - times[0]);
    this.dense = method.interpolatingPair().map(ExplicitPair::dense).orElse(null);
    this.loss = loss;
    this.d = field.dimension();
    this.stages = tableau.stages();
    this.rows = new double[stages][stages];
    this.columns = new double[stages][stages];
    this.weights = new double[stages];
    for (int i = 0; i < stages; i++) {
      weights[i] = tableau.b(i);
      for (int j = 0; j < i; j++) {
        rows[i][j] = tableau.a(i, j);
        columns[j][i] = tableau.a(i, j);
      }
    }
    this.k = new double[stages + 1][d];
    this.y = new double[stages][d];
    this.pulled = new double[stages][d];
    this.cotangent = new double[d];
    this.differenceCotangent = new double[d];
    this.slopeCotangents = new double[stages + 1][d];
    this.stateCotangent = new double[d];
    this.termCotangent = new double[d];
    this.coefficients = new double[4 * d];
    this.value = new double[d];
    this.next = new double[d];
    this.lambda = new double[d];
    this.parameters = new double[field.parameterCount()];
    this.term = times.length - 1;
  }

  Gradient run(double[] initial, int snapshots, Statistics forward) {
    if (steps.hasAllStates()) {
      double[] state = new double[d];
      mostKept = steps.stored();
      for (int n = steps.count - 1; n >= 0; n--) {
        steps.readState(n, state);
        reverse(n, state);
      }
    } else {
      kept = 1;
      mostKept = 1;
      reverse(0, steps.count, initial, snapshots);
    }
    total += loss.add(0, initial, lambda);
    return new Gradient(
        total,
        lambda,
        parameters,
        forward.plus(new Statistics(recomputed, 0, evaluations, 0, 0)),
        new Statistics(steps.count, 0, products, 0, 0),
        mostKept);
  }

  /** Reverses the steps from {@code from} to {@code to}, of which the first state is given. */
  private void reverse(int from, int to, double[] first, int snapshots) {
    if (to - from == 1) {
      reverse(from, first);
      return;
    }
    if (snapshots == 1) {
      double[] state = new double[d];
      for (int n = to - 1; n >= from; n--) {
        advance(from, n, first, state);
        reverse(n, state);
      }
      return;
    }
    int middle = from + firstPart(to - from, snapshots);
    double[] state = new double[d];
    advance(from, middle, first, state);
    kept++;
    mostKept = Math.max(mostKept, kept);
    reverse(middle, to, state, snapshots - 1);
    kept--;
    reverse(from, middle, first, snapshots);
  }

  /**
   * How many of {@code length ≥ 2} steps to go before the next snapshot: with r the least number
   * for which {@code β(s, r) = (s+r choose s) ≥ length}, any m with {@code β(s, r−2) ≤ m ≤ β(s,
   * r−1)} and {@code length − m ≤ β(s−1, r)} is optimal.
   */
  static int firstPart(int length, int snapshots) {
    int r = 1;
    while (binomial(snapshots, r) < length) {
      r++;
    }
    long least = r >= 2 ? binomial(snapshots, r - 2) : 1;
    return (int) Math.max(Math.max(1, least), length - binomial(snapshots - 1, r));
  }

  /** {@code (s+r choose s)}, or a large number. */
  private static long binomial(int s, int r) {
    long value = 1;
    int small = Math.min(s, r);
    int large = Math.max(s, r);
    for (int i = 1; i <= small; i++) {
      value = value * (large + i) / i;
      if (value > Integer.MAX_VALUE) {
        return Integer.MAX_VALUE;
      }
    }
    return value;
  }

  private void advance(int from, int to, double[] first, double[] state) {
    System.arraycopy(first, 0, state, 0, d);
    for (int n = from; n < to; n++) {
      step(n, state);
      System.arraycopy(next, 0, state, 0, d);
      recomputed++;
    }
  }

  /** Computes the stages of step n from u_n, and u_{n+1}. */
  private void step(int n, double[] state) {
    double start = steps.times[n];
    double end = steps.times[n + 1];
    double h = end - start;
    boolean known = steps.hasSlopes();
    if (known) {
      steps.readSlopes(n, k);
    }
    for (int i = 0; i < stages; i++) {
      Stepper.combine(state, h, rows[i], k, i, y[i]);
      if (!known) {
        field.evaluate(stageTime(start, end, i), y[i], k[i]);
        evaluations++;
      }
    }
    Stepper.combine(state, h, weights, k, stages, next);
  }

  /** Whether the loss has terms at times within step n, its end excluded. */
  private boolean hasTermsWithin(int n) {
    int first = direction * times[term] >= direction * steps.times[n + 1] ? term - 1 : term;
    return first > 0 && direction * times[first] > direction * steps.times[n];
  }

  private double stageTime(double start, double end, int i) {
    double c = tableau.c(i);
    if (c == 0) {
      return breakpoints.inside(start, end);
    }
    return c == 1 ? breakpoints.inside(end, start) : start + c * (end - start);
  }

  private void reverse(int n, double[] state) {
    double start = steps.times[n];
    double end = steps.times[n + 1];
    double h = end - start;
    boolean within = hasTermsWithin(n);
    step(n, state);
    if (times[term] == end) {
      total += loss.add(term, next, lambda);
      term--;
    }
    if (within) {
      addTermsWithin(n, state);
    }
    for (int i = stages - 1; i >= 0; i--) {
      double weight = h * weights[i];
      for (int e = 0; e < d; e++) {
        cotangent[e] = weight * lambda[e];
      }
      if (within) {
        for (int e = 0; e < d; e++) {
          cotangent[e] += weight * differenceCotangent[e] + h * slopeCotangents[i][e];
        }
      }
      Stepper.addCombination(h, columns[i], pulled, stages, cotangent);
      field.vectorJacobian(stageTime(start, end, i), y[i], cotangent, pulled[i], parameters, 0);
      products++;
    }
    for (int i = 0; i < stages; i++) {
      for (int e = 0; e < d; e++) {
        lambda[e] += pulled[i][e];
      }
    }
    for (int e = 0; within && e < d; e++) {
      lambda[e] += stateCotangent[e];
    }
  }

  /**
   * The terms at times within step n. With Δ = h Σ b_i k_i the state there is {@code u + θF_0 +
   * θ(1−θ)F_1 + θ²(1−θ)F_2 + θ²(1−θ)²F_3}, {@code F_0 = Δ}, {@code F_1 = hk_1 − Δ}, {@code F_2 = 2Δ
   * − h(k_1 + k_{s+1})}, {@code F_3 = h Σ d_i k_i}.
   */
  private void addTermsWithin(int n, double[] state) {
    double start = steps.times[n];
    double end = steps.times[n + 1];
    double h = end - start;
    double endTime = breakpoints.inside(end, start);
    if (!steps.hasSlopes()) {
      field.evaluate(endTime, next, k[stages]);
      evaluations++;
    }
    int degree = interpolate(h, state);
    Arrays.fill(differenceCotangent, 0);
    Arrays.fill(stateCotangent, 0);
    for (double[] slopeCotangent : slopeCotangents) {
      Arrays.fill(slopeCotangent, 0);
    }
    for (; term > 0 && direction * times[term] > direction * start; term--) {
      double theta = (times[term] - start) / h;
      DensePolynomial.evaluate(state, 0, coefficients, 0, degree, theta, value);
      Arrays.fill(termCotangent, 0);
      total += loss.add(term, value, termCotangent);
      double first = theta * (1 - theta);
      double second = theta * first;
      add(1, termCotangent, stateCotangent);
      add(theta - first + 2 * second, termCotangent, differenceCotangent);
      add(first - second, termCotangent, slopeCotangents[0]);
      add(-second, termCotangent, slopeCotangents[stages]);
      for (int i = 0; dense != null && i <= stages; i++) {
        add(first * first * dense[i], termCotangent, slopeCotangents[i]);
      }
    }
    for (int e = 0; e < d; e++) {
      cotangent[e] = h * slopeCotangents[stages][e];
    }
    field.vectorJacobian(endTime, next, cotangent, value, parameters, 0);
    products++;
    add(1, value, lambda);
  }

  private int interpolate(double h, double[] state) {
    for (int e = 0; e < d; e++) {
      double difference = next[e] - state[e];
      coefficients[e] = difference;
      coefficients[d + e] = h * k[0][e] - difference;
      coefficients[2 * d + e] = 2 * difference - h * (k[0][e] + k[stages][e]);
    }
    if (dense == null) {
      return 3;
    }
    Stepper.combination(h, dense, k, stages + 1, value);
    System.arraycopy(value, 0, coefficients, 3 * d, d);
    return 4;
  }

  private static void add(double factor, double[] x, double[] y) {
    for (int e = 0; e < y.length; e++) {
      y[e] += factor * x[e];
    }
  }
}
