package org.flowbound.attack;

/** A loss that an attack increases, as a function of one image's logits. */
interface LogitLoss {
  /**
   * Overwrites the logits with a positive multiple of the loss's gradient with respect to them.
   * Attacks use the gradient's direction only, and a gradient that is scaled does not underflow
   * where the network is certain of itself.
   *
   * @param target the class that a targeted loss draws the image to; others ignore it
   * @return the loss
   */
  double differentiate(double[] logits, int label, int target);
}
