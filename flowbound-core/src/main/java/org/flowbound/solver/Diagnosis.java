package org.flowbound.solver;

import java.util.Locale;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;

/**
 * Why an integration could not go on.
 *
 * @param symptom what stopped it
 * @param cause the likeliest reason
 * @param method the method in use
 * @param time t where it stopped
 * @param stepSize the last step size tried there
 * @param stateNorm ‖u‖₂ there
 * @param logarithmicNorm μ₂(J) of the Jacobian J there, times −1 when integrating backwards; NaN if
 *     J is not finite or too large to be formed
 * @param jacobianNorm ‖J‖₂; NaN if J is not finite or too large to be formed
 */
public record Diagnosis(
    Symptom symptom,
    Cause cause,
    Method method,
    double time,
    double stepSize,
    double stateNorm,
    double logarithmicNorm,
    double jacobianNorm) {

  /** What stopped the integration. */
  public enum Symptom {
    STEP_SIZE_UNDERFLOW("the step size underflowed"),
    TOO_MANY_STEPS("the limit of steps was reached"),
    NOT_FINITE("the solution or the field is no longer finite"),
    NO_CONVERGENCE("the implicit equations of a step could not be solved");

    private final String text;

    Symptom(String text) {
      this.text = text;
    }
  }

  /** The likeliest reason. */
  public enum Cause {
    /** The solution grows without bound, or the field is not defined there. */
    DIVERGENCE,
    /** The step size is bounded by stability, not by accuracy. */
    STIFFNESS,
    /** The tolerance asks for more than the field's smoothness or the arithmetic gives. */
    ACCURACY
  }

  /** From this multiple of 1/‖J‖ on, explicit steps are taken to be at their stability bound. */
  private static final double STABILITY_BOUND = 0.2;

  private static final double LARGE = 1e3;

  private static final int MAX_DIMENSION = 1000;

  static Diagnosis of(Symptom symptom, Method method, Stepper stepper, double h, double remaining) {
    double[] u = stepper.state;
    int d = stepper.d;
    double norm = Double.NaN;
    double mu = Double.NaN;
    boolean finite = true;
    if (d <= MAX_DIMENSION) {
      Matrix j = jacobian(stepper).times(Math.signum(remaining));
      finite = j.isFinite();
      if (finite) {
        norm = SymmetricEigen.spectralNorm(j);
        mu = SymmetricEigen.largestOfSymmetricPart(j);
      }
    }
    double size = 0;
    for (double entry : u) {
      size = Math.hypot(size, entry);
    }
    Cause cause =
        finite
            ? cause(symptom, method, norm, mu, Math.abs(h), Math.abs(remaining))
            : Cause.DIVERGENCE;
    return new Diagnosis(symptom, cause, method, stepper.time, h, size, mu, norm);
  }

  private static Matrix jacobian(Stepper stepper) {
    int d = stepper.d;
    double[] jacobian = new double[d * d];
    Jacobian.of(
        stepper,
        stepper.stageTime(0),
        stepper.state,
        jacobian,
        new double[d],
        new double[d],
        new double[d]);
    return Matrix.of(d, d, jacobian);
  }

  private static Cause cause(
      Symptom symptom, Method method, double norm, double mu, double h, double remaining) {
    boolean stiff =
        !method.isImplicit()
            && norm * remaining > LARGE
            && mu < 0.5 * norm
            && norm * h > STABILITY_BOUND;
    return switch (symptom) {
      case NOT_FINITE -> stiff ? Cause.STIFFNESS : Cause.DIVERGENCE;
      case TOO_MANY_STEPS -> stiff ? Cause.STIFFNESS : Cause.ACCURACY;
      case STEP_SIZE_UNDERFLOW, NO_CONVERGENCE ->
          mu * remaining > LARGE ? Cause.DIVERGENCE : stiff ? Cause.STIFFNESS : Cause.ACCURACY;
    };
  }

  /** One line: the finding, the evidence, the remedy. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "At t = %.6g %s (method %s, step size %.3g, |u| = %.3g; the Jacobian's logarithmic norm is"
            + " %.3g, its norm %.3g): %s",
        time,
        symptom.text,
        method.id(),
        stepSize,
        stateNorm,
        logarithmicNorm,
        jacobianNorm,
        advice());
  }

  private String advice() {
    return switch (cause) {
      case DIVERGENCE ->
          "the solution diverges there, or leaves where the field is defined. No solver can pass;"
              + " end before it, or keep the field's logarithmic norm small.";
      case STIFFNESS ->
          "the field is stiff, and stability bounds the steps of an explicit method. Try %s or %s."
              .formatted(Method.RODAS4.id(), Method.SDIRK4.id());
      case ACCURACY ->
          "the tolerance asks for more than the field's smoothness or the arithmetic gives, or the"
              + " steps allowed are too few. Loosen the tolerance, allow more steps, or name the"
              + " field's discontinuities.";
    };
  }
}
