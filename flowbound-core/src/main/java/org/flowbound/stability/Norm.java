package org.flowbound.stability;

/** A vector norm of which logarithmic norms are taken. */
public enum Norm {
  ONE,
  TWO,
  INFINITY
}
