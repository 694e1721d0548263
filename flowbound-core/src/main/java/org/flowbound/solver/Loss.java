package org.flowbound.solver;

/** A sum of terms, each of the state at one of the times of a solution. */
@FunctionalInterface
public interface Loss {
  /**
   * One term and its gradient.
   *
   * @param index of the time, in [0, number of times)
   * @param state u at that time, d numbers, not to be changed
   * @param cotangent the term's gradient with respect to u is added to it
   * @return the term
   */
  double add(int index, double[] state, double[] cotangent);
}
