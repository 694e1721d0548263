package org.flowbound.solver;

/**
 * The method of Adams–Bashforth–Moulton of order 4 in the mode PECE, for equal steps; the first
 * three are those of the classical Runge–Kutta method (Hairer, Nørsett, Wanner, III.1).
 */
final class AdamsStepper extends Stepper {
  private static final double[] PREDICTOR = {55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24};
  private static final double[] CORRECTOR = {9.0 / 24, 19.0 / 24, -5.0 / 24, 1.0 / 24};

  /** How far step sizes that are meant to be equal may differ, relative to them. */
  private static final double ROUNDING = 1e-6;

  private final ExplicitStepper starter;
  private final double[][] history;
  private final double[][] slopes;
  private int known;
  private double lastStep;

  AdamsStepper(VectorField field, StepControl control) {
    super(field, control);
    this.starter = new ExplicitStepper(Method.classical(), field, control);
    this.history = new double[3][d];
    this.slopes = new double[4][];
  }

  @Override
  int errorOrder() {
    return 5;
  }

  @Override
  void start(double t, double[] u, double direction) {
    super.start(t, u, direction);
    known = 0;
  }

  @Override
  double attempt(double end) {
    nextTime = end;
    nextSlopeReady = false;
    double h = end - time;
    if (Math.abs(h - lastStep) > ROUNDING * Math.abs(h)) {
      known = 0;
      lastStep = h;
    }
    if (known < 3) {
      starter.time = time;
      System.arraycopy(state, 0, starter.state, 0, d);
      System.arraycopy(slope, 0, starter.slope, 0, d);
      long before = starter.evaluations;
      starter.attempt(end);
      evaluations += starter.evaluations - before;
      System.arraycopy(starter.nextState, 0, nextState, 0, d);
      return 0;
    }
    slopes[0] = slope;
    slopes[1] = history[0];
    slopes[2] = history[1];
    slopes[3] = history[2];
    combine(state, h, PREDICTOR, slopes, 4, nextState);
    evaluate(stageTime(1), nextState, nextSlope);
    slopes[0] = nextSlope;
    slopes[1] = slope;
    slopes[2] = history[0];
    slopes[3] = history[1];
    combine(state, h, CORRECTOR, slopes, 4, nextState);
    return 0;
  }

  @Override
  void advance() {
    double[] oldest = history[2];
    history[2] = history[1];
    history[1] = history[0];
    history[0] = oldest;
    System.arraycopy(slope, 0, oldest, 0, d);
    known++;
    super.advance();
  }
}
