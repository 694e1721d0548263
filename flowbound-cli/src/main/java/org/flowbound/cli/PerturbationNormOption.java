package org.flowbound.cli;

import org.flowbound.attack.PerturbationNorm;

/** The norm of a perturbation as it is named on the command line. */
enum PerturbationNormOption {
  LINF(PerturbationNorm.LINF),
  L2(PerturbationNorm.L2);

  private final PerturbationNorm norm;

  PerturbationNormOption(PerturbationNorm norm) {
    this.norm = norm;
  }

  PerturbationNorm norm() {
    return norm;
  }

  @Override
  public String toString() {
    return norm.id();
  }
}
