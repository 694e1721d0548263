package org.flowbound.verification;

import java.util.Map;

/**
 * What is known of one image.
 *
 * @param index of the image in its data set
 * @param label its class
 * @param lipschitzRadius the radius by the global bound, see {@link
 *     org.flowbound.certification.RadiusCertificate}
 * @param certified for each method that was tried, the largest budget that it, or one before it,
 *     proved; NaN if there is none
 * @param counterexample what the attacks found
 */
public record SampleVerdict(
    int index,
    int label,
    double lipschitzRadius,
    Map<VerificationMethod, Double> certified,
    Counterexample counterexample) {
  public SampleVerdict {
    certified = Map.copyOf(certified);
  }

  /**
   * The perturbed image of the smallest budget, among those asked for, at which an attack
   * succeeded.
   *
   * @param eps the budget; infinite if there is none
   * @param label what the network takes the perturbed image for; −1 if there is none
   * @param image its pixels; empty if there is none
   */
  public record Counterexample(double eps, int label, float[] image) {
    /** No attack succeeded. */
    public static final Counterexample NONE =
        new Counterexample(Double.POSITIVE_INFINITY, -1, new float[0]);
  }

  /** Whether a method, or one before it, proved the prediction correct within {@code eps}. */
  public boolean isCertified(VerificationMethod method, double eps) {
    return certified.getOrDefault(method, Double.NaN) >= eps;
  }

  /** What is known at one budget. */
  public Answer at(double eps) {
    if (certified.values().stream().anyMatch(largest -> largest >= eps)) {
      return Answer.ROBUST;
    }
    return counterexample.eps() <= eps ? Answer.NOT_ROBUST : Answer.UNKNOWN;
  }
}
