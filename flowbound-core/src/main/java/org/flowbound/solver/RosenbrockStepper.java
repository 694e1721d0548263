package org.flowbound.solver;

/**
 * The Rosenbrock method RODAS of order 4(3), six stages, stiffly accurate and L-stable (Hairer and
 * Wanner, <em>Solving Ordinary Differential Equations II</em>, 1996, IV.7): one LU decomposition
 * and six linear systems a step, no iteration. The Jacobian is formed at every step.
 */
final class RosenbrockStepper extends Stepper {
  private static final int STAGES = 6;
  static final int ORDER = 4;
  private static final double GAMMA = 0.25;
  private static final double[] NODES = {0, 0.386, 0.21, 0.63, 1, 1};
  private static final double[] TIME_WEIGHTS = {0.25, -0.1043, 0.1035, -0.0362, 0, 0};
  private static final double[][] A = {
    {},
    {1.544},
    {0.9466785280815826, 0.2557011698983284},
    {3.314825187068521, 2.896124015972201, 0.9986419139977817},
    {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895},
    {1.221224509226641, 6.019134481288629, 12.53708332932087, -0.687886036105895, 1}
  };
  private static final double[][] C = {
    {},
    {-5.6688},
    {-2.430093356833875, -0.2063599157091915},
    {-0.1073529058151375, -9.594562251023355, -20.47028614809616},
    {7.496443313967647, -10.24680431464352, -33.99990352819905, 11.7089089320616},
    {
      8.083246795921522,
      -7.981132988064893,
      -31.52159432874371,
      16.31930543123136,
      -6.058818238834054
    }
  };

  private final IterationMatrix matrix;
  private final double[][] increments;
  private final double[] timeDerivative;
  private final double[] value;
  private boolean differentiated;

  RosenbrockStepper(VectorField field, StepControl control) {
    super(field, control);
    this.matrix = new IterationMatrix(this);
    this.increments = new double[STAGES][d];
    this.timeDerivative = new double[d];
    this.value = new double[d];
  }

  @Override
  int errorOrder() {
    return ORDER;
  }

  @Override
  void start(double t, double[] u, double direction) {
    super.start(t, u, direction);
    differentiated = false;
  }

  private void differentiate(double h) {
    matrix.differentiate(stageTime(0), state);
    double shift = Math.sqrt(Math.ulp(1.0) * Math.max(1e-5, Math.abs(time)));
    shift = Math.copySign(Math.min(shift, Math.abs(h)), h);
    double t = stageTime(0);
    double shifted = t + shift;
    evaluate(shifted, state, timeDerivative);
    for (int i = 0; i < d; i++) {
      timeDerivative[i] = (timeDerivative[i] - slope[i]) / (shifted - t);
    }
    differentiated = true;
  }

  @Override
  double attempt(double end) {
    nextTime = end;
    nextSlopeReady = false;
    double h = end - time;
    if (!differentiated) {
      differentiate(h);
    }
    if (!matrix.decompose(1 / (h * GAMMA), 1)) {
      return Double.NaN;
    }
    for (int i = 0; i < STAGES; i++) {
      double[] increment = increments[i];
      if (i == 0) {
        System.arraycopy(slope, 0, increment, 0, d);
      } else {
        combine(state, 1, A[i], increments, i, value);
        evaluate(stageTime(NODES[i]), value, increment);
      }
      addCombination(1 / h, C[i], increments, i, increment);
      for (int e = 0; e < d; e++) {
        increment[e] += h * TIME_WEIGHTS[i] * timeDerivative[e];
      }
      matrix.solve(increment);
    }
    for (int e = 0; e < d; e++) {
      nextState[e] = value[e] + increments[STAGES - 1][e];
    }
    return tolerance == null ? 0 : scaledNorm(increments[STAGES - 1]);
  }

  @Override
  void advance() {
    super.advance();
    differentiated = false;
  }

  @Override
  Statistics statistics(long steps, long rejected) {
    return matrix.statistics(steps, rejected);
  }
}
