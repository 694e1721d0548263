package org.flowbound.training;

import java.util.List;

/**
 * What an optimiser remembers from one step to the next.
 *
 * @param steps the number of steps so far
 * @param vectors one number per variable each: the momentum of gradient descent, the two moments of
 *     Adam; none before the first step; not copied
 */
public record OptimizerState(long steps, List<float[]> vectors) {
  /** Before the first step. */
  public static final OptimizerState START = new OptimizerState(0, List.of());

  public OptimizerState {
    vectors = List.copyOf(vectors);
  }
}
