package org.flowbound.nearness;

/**
 * A step of the two-level method.
 *
 * @param outer number of the outer iteration, from 1
 * @param epsilon the norm ε of the Δ that the inner level moves
 * @param value F_ε, 0 where no eigenvalue exceeds the target at the D found
 * @param gradientNorm {@code ‖G‖_F}, at the same D
 */
public record TwoLevelIterate(int outer, double epsilon, double value, double gradientNorm) {

  /** The same step for weights and a target that are {@code factor} times as large. */
  TwoLevelIterate times(double factor) {
    return new TwoLevelIterate(
        outer, factor * epsilon, factor * factor * value, factor * gradientNorm);
  }
}
