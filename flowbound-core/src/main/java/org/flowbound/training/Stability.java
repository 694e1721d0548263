package org.flowbound.training;

import java.util.Locale;

/** How δ(A) is kept at most its target during a training. */
public enum Stability {
  /** A is projected after every few steps and at the end of every epoch. */
  PROJECT,
  /**
   * What δ exceeds the target by is penalised; A is projected at the end of an epoch if need be.
   */
  PENALTY,
  /** A is a function of variables without constraints, and stable whatever these are. */
  PARAMETRIZED;

  /** The name on the command line and in model files. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
