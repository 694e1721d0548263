package org.flowbound.solver;

/**
 * Diagonally implicit Runge–Kutta steps: the stages {@code Y = u + h Σ_{j<i} a_ij k_j + hγ f(Y)},
 * one after the other, by the simplified Newton method (Hairer and Wanner, <em>Solving Ordinary
 * Differential Equations II</em>, 1996, IV.8). J and the decomposition of {@code I − hγJ} are kept
 * as long as the iterations converge fast.
 */
final class DiagonallyImplicitStepper extends Stepper {
  private static final int MAX_ITERATIONS = 10;

  /** How small the iteration error must be, in units of the error that is tolerated. */
  private static final double ITERATION_TOLERANCE = 0.01;

  /** Iterations that contract by no more than this, after the first two, ask for a new J. */
  private static final double SLOW = 1e-3;

  private static final double LARGEST_RATE = 0.99;

  private final ImplicitPair pair;
  private final ButcherTableau tableau;
  private final int stages;
  private final double gamma;
  private final boolean explicitStart;
  private final double[][] rows;
  private final double[] weights;
  private final double[][] k;
  private final double[] base;
  private final double[] stageState;
  private final double[] residual;
  private final IterationMatrix matrix;

  private boolean jacobianAtState;
  private boolean jacobianKnown;
  private double decomposedStep;
  private boolean slow;

  DiagonallyImplicitStepper(ImplicitPair pair, VectorField field, StepControl control) {
    super(field, control);
    this.pair = pair;
    this.tableau = pair.tableau();
    this.stages = tableau.stages();
    this.gamma = tableau.a(stages - 1, stages - 1);
    this.explicitStart = tableau.a(0, 0) == 0;
    this.rows = new double[stages][stages];
    this.weights = new double[stages];
    for (int i = 0; i < stages; i++) {
      weights[i] = tableau.b(i);
      for (int j = 0; j < i; j++) {
        rows[i][j] = tableau.a(i, j);
      }
    }
    this.k = new double[stages][d];
    this.base = new double[d];
    this.stageState = new double[d];
    this.residual = new double[d];
    this.matrix = new IterationMatrix(this);
  }

  @Override
  int errorOrder() {
    return pair.errorOrder();
  }

  @Override
  void start(double t, double[] u, double direction) {
    super.start(t, u, direction);
    jacobianAtState = false;
    jacobianKnown = false;
  }

  @Override
  double attempt(double end) {
    nextTime = end;
    nextSlopeReady = false;
    double h = end - time;
    if (slow || !jacobianKnown) {
      refresh();
    }
    while (true) {
      if (decomposedStep != h) {
        if (!matrix.decompose(1, h * gamma)) {
          return Double.NaN;
        }
        decomposedStep = h;
      }
      if (stages(h, false)) {
        break;
      }
      if (jacobianAtState) {
        if (tolerance == null && stages(h, true)) {
          break;
        }
        return Double.NaN;
      }
      refresh();
    }
    finish(h);
    return tolerance == null ? 0 : error(h);
  }

  private void refresh() {
    if (!jacobianAtState) {
      matrix.differentiate(stageTime(0), state);
      jacobianAtState = true;
      jacobianKnown = true;
      slow = false;
      decomposedStep = 0;
    }
  }

  /**
   * @param renewed whether J is formed at every iterate: for equal steps, which cannot be shortened
   */
  private boolean stages(double h, boolean renewed) {
    System.arraycopy(state, 0, stageState, 0, d);
    for (int i = 0; i < stages; i++) {
      if (i == 0 && explicitStart) {
        System.arraycopy(slope, 0, k[0], 0, d);
        continue;
      }
      combine(state, h, rows[i], k, i, base);
      if (!newton(h, stageTime(tableau.c(i)), renewed)) {
        return false;
      }
      for (int e = 0; e < d; e++) {
        k[i][e] = (stageState[e] - base[e]) / (h * gamma);
      }
    }
    return true;
  }

  /** Solves {@code Y = base + hγ f(Y)} from the Y of the stage before. */
  private boolean newton(double h, double t, boolean renewed) {
    double lastSize = 0;
    int limit = renewed ? 10 * MAX_ITERATIONS : MAX_ITERATIONS;
    for (int iteration = 0; iteration < limit; iteration++) {
      evaluate(t, stageState, residual);
      if (renewed) {
        matrix.differentiate(t, stageState);
        jacobianAtState = false;
        decomposedStep = 0;
        if (!matrix.decompose(1, h * gamma)) {
          return false;
        }
      }
      for (int e = 0; e < d; e++) {
        residual[e] = base[e] + h * gamma * residual[e] - stageState[e];
      }
      matrix.solve(residual);
      double size = scaledNorm(residual, stageState);
      if (!(size < Double.POSITIVE_INFINITY)) {
        return false;
      }
      for (int e = 0; e < d; e++) {
        stageState[e] += residual[e];
      }
      double rate = iteration == 0 ? 0.5 : size / lastSize;
      if (!renewed && iteration > 0 && rate >= 1 && size > ITERATION_TOLERANCE) {
        return false;
      }
      if (rate * size <= ITERATION_TOLERANCE * (1 - Math.min(rate, LARGEST_RATE))) {
        slow |= iteration > 1 && rate > SLOW;
        return true;
      }
      lastSize = size;
    }
    return false;
  }

  private void finish(double h) {
    if (tableau.isStifflyAccurate()) {
      System.arraycopy(stageState, 0, nextState, 0, d);
      System.arraycopy(k[stages - 1], 0, nextSlope, 0, d);
      nextSlopeReady = true;
    } else {
      combine(state, h, weights, k, stages, nextState);
    }
  }

  /** The estimate is filtered by {@code (I − hγJ)⁻¹}, as L. F. Shampine proposed, 1984. */
  private double error(double h) {
    double[] differences = pair.error();
    if (differences == null) {
      return 0;
    }
    combination(h, differences, k, stages, residual);
    matrix.solve(residual);
    return scaledNorm(residual);
  }

  @Override
  void advance() {
    super.advance();
    jacobianAtState = false;
  }

  @Override
  Statistics statistics(long steps, long rejected) {
    return matrix.statistics(steps, rejected);
  }
}
