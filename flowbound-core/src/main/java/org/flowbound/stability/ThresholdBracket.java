package org.flowbound.stability;

/**
 * What is known of the contractivity threshold α*.
 *
 * <p>Below {@code alphaLower} some D is known with {@code μ₂(DA) > level}; from {@code alphaUpper}
 * on, every D has {@code μ₂(DA) ≤ level}. Both speak of the exact flow of {@code u' = σ(Au + b)},
 * not of its discretisation, and hold up to the rounding of their evaluation in floating point.
 *
 * @param level c
 * @param status what the bracket says
 * @param alphaLower not above α*; 0 where the status is {@code ALWAYS}, 1 where it is {@code NEVER}
 * @param alphaUpper not below α*; as {@code alphaLower} where there is no threshold
 * @param evaluations number of times that δ was bounded
 * @param seconds wall-clock time
 * @param vertex d slopes, each {@code alphaLower} or 1, whose logarithmic norm is the level, to
 *     rounding; empty if none was found
 */
public record ThresholdBracket(
    double level,
    Status status,
    double alphaLower,
    double alphaUpper,
    int evaluations,
    double seconds,
    double[] vertex) {
  /** What is known of α*. */
  public enum Status {
    /** {@code δ₀ ≤ level}: the level is kept with all slopes in [0, 1]. */
    ALWAYS,
    /** {@code μ₂(A) > level}: the level is exceeded even if all slopes are 1. */
    NEVER,
    /** The bracket is as narrow as was asked for. */
    EXACT,
    /** Time ran out, or rounding was reached, with a wider bracket. */
    BOUNDED
  }

  /** Whether nothing is left open to the tolerance asked for. */
  public boolean isExact() {
    return status != Status.BOUNDED;
  }

  /** The certified interval of α*. */
  public Interval interval() {
    return new Interval(alphaLower, alphaUpper);
  }
}
