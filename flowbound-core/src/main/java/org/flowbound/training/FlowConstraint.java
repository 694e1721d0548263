package org.flowbound.training;

import org.flowbound.field.SlopeBox;
import org.flowbound.network.Architecture;
import org.flowbound.network.Parameters;

/**
 * Keeps δ(A) at most a target, in one of the ways of {@link Stability}, while an optimiser moves
 * the parameters. An instance serves one epoch; the next one starts from its memory.
 */
interface FlowConstraint {
  /**
   * The constraint that the options ask for.
   *
   * @param memory of the epoch before, empty if there was none
   * @throws IllegalArgumentException if no weights satisfy the target
   */
  static FlowConstraint of(Architecture architecture, StabilityOptions options, double[] memory) {
    Double bound = options.target();
    if (bound == null) {
      return new FreeFlow();
    }
    int d = architecture.width();
    SlopeBox slopes = architecture.activation().slopes();
    if (bound == 0 && slopes.lower() <= 0 && slopes.upper() >= 0) {
      throw new IllegalArgumentException(
          "The target (0) must be positive where slopes reach 0, in [%s, %s]: only diagonal weights have an expansivity of 0."
              .formatted(slopes.lower(), slopes.upper()));
    }
    double target = below(bound, 1e-6, slopes);
    return switch (options.method()) {
      case PROJECT -> new FlowProjection(d, slopes, target, memory);
      case PENALTY -> new FlowPenalty(d, slopes, target, options.penaltyWeight(), memory);
      case PARAMETRIZED ->
          new FlowParametrization(d, slopes, target, below(bound, 1e-5, slopes), memory);
    };
  }

  /**
   * A little less than the target, so that a bound that is computed anew, to its own tolerance, is
   * below the target too. Where slopes reach 0, no target below 0 is feasible.
   */
  private static double below(double target, double margin, SlopeBox slopes) {
    boolean mayBeNegative = slopes.lower() > 0 || slopes.upper() < 0;
    double absolute = margin * Math.max(1, Math.abs(target));
    return target - (mayBeNegative ? absolute : Math.min(absolute, margin * target));
  }

  /** How many variables the optimiser moves beside the parameters. */
  default int further() {
    return 0;
  }

  /**
   * Called before every step of the optimiser, for which it turns the gradients with respect to the
   * parameters into those with respect to the variables.
   *
   * @param variables hold the parameters; the constraint may put its variables in their place
   * @param gradients whose sum is the gradient
   */
  default void beforeStep(Variables variables, Variables[] gradients) {}

  /** Called after every step: the variables hold the parameters again afterwards. */
  default void afterStep(Variables variables) {}

  /** Called after every few steps, and before {@link #endEpoch}. */
  default void enforce(Parameters parameters) {}

  /** Makes sure that the certified δ is at most the target. */
  void endEpoch(Parameters parameters);

  /** The certified upper bound of δ(A) at the end of the epoch; infinite without a target. */
  double deltaUpper();

  /** How often A was moved by a projection in this epoch. */
  int projections();

  /** How far it was moved by them in all, the sum of the Frobenius norms. */
  double projectedDistance();

  /** What the next epoch starts from; not empty once there was an epoch with a target. */
  double[] memory();
}
