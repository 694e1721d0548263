package org.flowbound.solver;

import org.flowbound.solver.Diagnosis.Symptom;

/** One integration: steps from the start to the end, each shown to a listener once accepted. */
final class Integration {
  private static final double SAFETY = 0.9;
  private static final double SMALLEST_FACTOR = 0.2;
  private static final double LARGEST_FACTOR = 10;
  private static final double MEMORY = 0.2;

  /** Of a step that could not be computed. */
  private static final double FAILURE_FACTOR = 0.25;

  /** Implicit methods keep step size and decomposition if the step could grow by less. */
  private static final double KEPT_FACTOR = 1.2;

  /** By how much the last step may be longer than chosen. */
  private static final double STRETCH = 0.01;

  private static final double SMALLEST_ERROR = 1e-4;
  private static final double ROUNDING = 1e-9;

  /** How many units in the last place of t a step must have. */
  private static final double SMALLEST_STEP = 4;

  /** What is told of accepted steps. */
  interface Listener {
    /** The step was completed and is about to be taken. */
    void accepted(Stepper stepper);
  }

  private final Method method;
  private final StepControl control;
  private final Stepper stepper;
  private final double end;
  private final double span;
  private final Listener listener;

  private long steps;
  private long rejected;
  private double size;
  private double lastError = 1;

  Integration(
      Method method,
      StepControl control,
      VectorField field,
      double start,
      double[] initial,
      double end,
      Listener listener) {
    this.method = method;
    this.control = control;
    this.stepper = method.stepper(field, control);
    this.end = end;
    this.span = end - start;
    this.listener = listener;
    stepper.time = start;
    System.arraycopy(initial, 0, stepper.state, 0, stepper.d);
  }

  /** Steps to {@code target}, which then is where a step ends. */
  void advanceTo(double target) {
    while (stepper.time != target) {
      double from = stepper.time;
      double to = stepper.breakpoints.next(from, target);
      if (steps == 0 || stepper.breakpoints.contains(from)) {
        stepper.start(from, stepper.state, to);
        requireFinite(stepper.slope);
      }
      if (control instanceof StepControl.Adaptive adaptive) {
        controlledSteps(adaptive, to);
      } else if (control instanceof StepControl.Fixed fixed) {
        equalSteps(fixed.steps(), to);
      }
    }
  }

  private void equalSteps(int perSpan, double to) {
    double from = stepper.time;
    long n = Math.max(1, (long) Math.ceil(perSpan * ((to - from) / span) - ROUNDING));
    double h = (to - from) / n;
    for (long i = 1; i <= n; i++) {
      if (Double.isNaN(stepper.attempt(i == n ? to : from + i * h))) {
        throw failure(Symptom.NO_CONVERGENCE, h);
      }
      stepper.complete();
      if (!isFinite(stepper.nextState) || !isFinite(stepper.nextSlope)) {
        throw failure(Symptom.NOT_FINITE, h);
      }
      accept();
    }
  }

  private void controlledSteps(StepControl.Adaptive limits, double to) {
    double direction = Math.signum(to - stepper.time);
    if (size == 0) {
      size = limits.initialStep() > 0 ? limits.initialStep() : initialStep(to);
    }
    boolean afterRejection = false;
    boolean computed = true;
    while (stepper.time != to) {
      double remaining = Math.abs(to - stepper.time);
      double h = Math.min(size, limits.largestStep());
      boolean last = h * (1 + STRETCH) >= remaining;
      h = last ? remaining : h;
      if (h <= SMALLEST_STEP * Math.ulp(stepper.time) && (!last || afterRejection)) {
        throw failure(
            computed
                ? Symptom.STEP_SIZE_UNDERFLOW
                : method.isImplicit() ? Symptom.NO_CONVERGENCE : Symptom.NOT_FINITE,
            direction * h);
      }
      if (steps + rejected >= limits.maxSteps()) {
        throw failure(Symptom.TOO_MANY_STEPS, direction * h);
      }
      double error = stepper.attempt(last ? to : stepper.time + direction * h);
      computed = !Double.isNaN(error);
      if (error <= 1) {
        stepper.complete();
        computed = isFinite(stepper.nextSlope);
      }
      if (!computed || error > 1) {
        rejected++;
        afterRejection = true;
        size =
            h
                * (computed
                    ? Math.max(
                        SMALLEST_FACTOR, SAFETY * Math.pow(error, -1.0 / stepper.errorOrder()))
                    : FAILURE_FACTOR);
        continue;
      }
      double factor = growth(error, afterRejection ? 1 : LARGEST_FACTOR);
      size = last ? Math.max(size, h * factor) : h * factor;
      lastError = Math.max(error, SMALLEST_ERROR);
      afterRejection = false;
      accept();
    }
  }

  private double growth(double error, double largest) {
    double k = stepper.errorOrder();
    double factor =
        SAFETY * Math.pow(error, -(1 - 0.75 * MEMORY) / k) * Math.pow(lastError, MEMORY / k);
    factor = Math.max(SMALLEST_FACTOR, Math.min(largest, factor));
    return method.isImplicit() && factor >= 1 && factor < KEPT_FACTOR ? 1 : factor;
  }

  private void accept() {
    steps++;
    listener.accepted(stepper);
    stepper.advance();
  }

  /** The first step size by Hairer, Nørsett, Wanner, II.4. */
  private double initialStep(double to) {
    double remaining = Math.abs(to - stepper.time);
    double u = stepper.scaledNorm(stepper.state, stepper.state);
    double f = stepper.scaledNorm(stepper.slope, stepper.state);
    double guess = u < 1e-5 || f < 1e-5 ? 1e-6 : 0.01 * u / f;
    guess = Math.min(guess, remaining);
    double h = Math.copySign(guess, to - stepper.time);
    double[] trial = stepper.nextState;
    double[] slope = stepper.nextSlope;
    for (int i = 0; i < stepper.d; i++) {
      trial[i] = stepper.state[i] + h * stepper.slope[i];
    }
    stepper.evaluate(stepper.time + 0.5 * h, trial, slope);
    for (int i = 0; i < stepper.d; i++) {
      slope[i] -= stepper.slope[i];
    }
    double second = stepper.scaledNorm(slope, stepper.state) / guess;
    double largest = Math.max(f, second);
    double refined =
        largest <= 1e-15
            ? Math.max(1e-6, guess * 1e-3)
            : Math.pow(0.01 / largest, 1.0 / stepper.errorOrder());
    double chosen = Math.min(100 * guess, refined);
    return Math.min(Double.isFinite(chosen) ? chosen : guess, remaining);
  }

  private void requireFinite(double[] slope) {
    if (!isFinite(slope)) {
      throw failure(Symptom.NOT_FINITE, 0);
    }
  }

  private static boolean isFinite(double[] x) {
    for (double entry : x) {
      if (!Double.isFinite(entry)) {
        return false;
      }
    }
    return true;
  }

  private IntegrationException failure(Symptom symptom, double h) {
    return new IntegrationException(Diagnosis.of(symptom, method, stepper, h, end - stepper.time));
  }

  double[] state() {
    return stepper.state;
  }

  Statistics statistics() {
    return stepper.statistics(steps, rejected);
  }
}
