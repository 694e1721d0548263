package org.flowbound.attack;

/** An attack whose budget bounds a norm of the perturbation, in pixel units. */
public interface BoundedAttack extends Attack {
  /** The norm that the budget bounds. */
  PerturbationNorm norm();

  @Override
  default String measure() {
    return norm().id();
  }
}
