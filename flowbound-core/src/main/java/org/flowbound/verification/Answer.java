package org.flowbound.verification;

/** What is known of a prediction within a ball. */
public enum Answer {
  /** Proved to be correct throughout. */
  ROBUST,
  /** Wrong for an image of the ball, which was found. */
  NOT_ROBUST,
  /** Neither proved nor refuted. */
  UNKNOWN
}
