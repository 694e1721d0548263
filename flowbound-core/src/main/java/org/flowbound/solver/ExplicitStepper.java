package org.flowbound.solver;

/** Explicit Runge–Kutta steps. */
class ExplicitStepper extends Stepper {
  private final ExplicitPair pair;
  private final int stages;
  private final double[][] rows;
  private final double[] weights;

  /** k_1, …, k_s and f at the step's end, which is k_1 of the next. */
  final double[][] k;

  final double[] work;

  ExplicitStepper(ExplicitPair pair, VectorField field, StepControl control) {
    this(pair, field, control, 0);
  }

  ExplicitStepper(ExplicitPair pair, VectorField field, StepControl control, int extraStages) {
    super(field, control);
    this.pair = pair;
    ButcherTableau tableau = pair.tableau();
    this.stages = tableau.stages();
    this.rows = new double[stages][stages];
    this.weights = new double[stages];
    for (int i = 0; i < stages; i++) {
      weights[i] = tableau.b(i);
      for (int j = 0; j < i; j++) {
        rows[i][j] = tableau.a(i, j);
      }
    }
    this.k = new double[stages + 1 + extraStages][d];
    this.work = new double[d];
  }

  @Override
  int errorOrder() {
    return pair.errorOrder();
  }

  @Override
  double attempt(double end) {
    nextTime = end;
    double h = end - time;
    k[0] = slope;
    k[stages] = nextSlope;
    for (int i = 1; i < stages; i++) {
      combine(state, h, rows[i], k, i, work);
      evaluate(stageTime(pair.tableau().c(i)), work, k[i]);
    }
    combine(state, h, weights, k, stages, nextState);
    nextSlopeReady = false;
    return tolerance == null ? 0 : error(h);
  }

  /** The scaled norm of the error estimate. */
  double error(double h) {
    double[] differences = pair.error();
    if (differences == null) {
      return 0;
    }
    if (differences[stages] != 0) {
      complete();
    }
    combination(h, differences, k, stages + 1, work);
    return scaledNorm(work);
  }

  @Override
  int degree() {
    return pair.dense() == null ? 3 : 4;
  }

  @Override
  void interpolate(double[] target, int offset) {
    super.interpolate(target, offset);
    double[] dense = pair.dense();
    if (dense != null) {
      combination(nextTime - time, dense, k, stages + 1, work);
      System.arraycopy(work, 0, target, offset + 3 * d, d);
    }
  }
}
