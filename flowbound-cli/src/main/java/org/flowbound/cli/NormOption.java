package org.flowbound.cli;

import org.flowbound.stability.Norm;

/** A norm as it is named on the command line. */
enum NormOption {
  TWO("2", Norm.TWO),
  ONE("1", Norm.ONE),
  INFINITY("inf", Norm.INFINITY);

  private final String label;
  private final Norm norm;

  NormOption(String label, Norm norm) {
    this.label = label;
    this.norm = norm;
  }

  Norm norm() {
    return norm;
  }

  @Override
  public String toString() {
    return label;
  }
}
