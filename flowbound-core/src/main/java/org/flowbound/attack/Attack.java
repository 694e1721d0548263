package org.flowbound.attack;

import org.flowbound.network.ParallelNetwork;

/** A way to perturb images, within a budget, so that a network misclassifies them. */
public interface Attack {
  /** The name on the command line and in results. */
  String id();

  /** What the budget ε measures, such as {@code linf}. */
  String measure();

  /**
   * Refuses networks that the attack is not defined for.
   *
   * @throws IllegalArgumentException if it needs more classes
   */
  default void requireClasses(int classes) {}

  /**
   * Perturbs a batch of images.
   *
   * @param batch the original images, loaded into the batch's network, whose state may be changed
   * @param eps the largest perturbation, as {@link #measure} says
   * @param target overwritten with the perturbed images, pixels in [0, 1], image by image; an image
   *     that the network already misclassifies may be left as it is
   */
  void perturb(ParallelNetwork.Batch batch, double eps, float[] target);
}
