package org.flowbound.solver;

/**
 * What an integration took.
 *
 * @param steps accepted steps
 * @param rejected steps that were tried and not accepted
 * @param evaluations evaluations of the field, those for finite differences included
 * @param jacobians Jacobians formed
 * @param decompositions LU decompositions
 */
public record Statistics(
    long steps, long rejected, long evaluations, long jacobians, long decompositions) {
  static final Statistics NONE = new Statistics(0, 0, 0, 0, 0);

  Statistics plus(Statistics other) {
    return new Statistics(
        steps + other.steps,
        rejected + other.rejected,
        evaluations + other.evaluations,
        jacobians + other.jacobians,
        decompositions + other.decompositions);
  }
}
