package org.flowbound.solver;

import org.flowbound.linalg.Matrix;

/**
 * A solution at the times that were asked for.
 *
 * @param states one state in each row, in the order of the times
 * @param statistics what it took
 */
public record Solution(Matrix states, Statistics statistics) {
  /** The state at the time with the given index. */
  public double[] state(int index) {
    double[] state = new double[states.columns()];
    for (int i = 0; i < state.length; i++) {
      state[i] = states.get(index, i);
    }
    return state;
  }

  /** The state at the last time. */
  public double[] last() {
    return state(states.rows() - 1);
  }
}
