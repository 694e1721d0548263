package org.flowbound.flow;

import java.util.Locale;

/**
 * What the backward pass through N steps is computed from. The derivatives are the same to the last
 * bit.
 */
public enum Backward {
  /** The states and slopes of all steps, stored: memory grows like N. */
  STORE,
  /**
   * Every ⌈√N⌉-th state, from which the states and slopes of the steps in between are computed
   * again when they are needed: memory grows like √N, for one more forward pass.
   */
  CHECKPOINT;

  /** The name on the command line. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
