package org.flowbound.nearness;

/** The ways to find nearby stable weights. */
public enum NearnessMethod {
  /**
   * The nearest stable weights themselves, by projection onto the inequalities of the vertices that
   * are active at them, with a proven lower bound of their distance.
   */
  PROJECTION,
  /**
   * The two-level method of [3] (arXiv 2501.10740), a local optimisation without bounds of its own,
   * as baseline; what stability its point lacks is made up for on the way to a certified one.
   */
  TWO_LEVEL,
  /** The nearest weights whose stability diagonal scaling certifies: a little farther, and fast. */
  CERTIFIED,
  /** The smallest multiple of the identity that is enough: far away, and simple. */
  SHIFT
}
