package org.flowbound.stability;

import org.flowbound.field.SlopeBox;

/**
 * What is known of {@code δ(A) = max_D μ(DA)} over a slope box.
 *
 * <p>The interval speaks of the exact flow of {@code u' = σ(Au + b)}, not of its discretisation.
 * {@code lower} is attained at {@code vertex}; {@code upper} holds for every D in the box, up to
 * the rounding of its evaluation in floating point, for which a margin is added.
 *
 * @param dimension d
 * @param slopes the slope box
 * @param norm the norm whose logarithmic norm is bounded
 * @param lower a value attained
 * @param upper a value not exceeded
 * @param exact whether {@code upper − lower ≤ tolerance · max(1, |upper|)}
 * @param nodes number of nodes of the branch-and-bound tree that were bounded, and of states formed
 *     where the matrix is banded
 * @param seconds wall-clock time
 * @param vertex the slopes, one for each unit of the layer that they belong to, each at an end of
 *     the box, at which {@code lower} is attained
 */
public record ExpansivityBound(
    int dimension,
    SlopeBox slopes,
    Norm norm,
    double lower,
    double upper,
    boolean exact,
    long nodes,
    double seconds,
    double[] vertex) {
  /** The certified interval of δ(A). */
  public Interval interval() {
    return new Interval(lower, upper);
  }

  /** The bound e^{δT} of the Lipschitz constant of the flow over [0, T] in this norm. */
  public double lipschitz(double horizon) {
    return Math.exp(upper * horizon);
  }
}
