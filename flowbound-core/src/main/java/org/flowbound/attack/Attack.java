package org.flowbound.attack;

import org.flowbound.network.ParallelNetwork;

/** A way to perturb images, within a budget, so that a network misclassifies them. */
public interface Attack {
  /** The name on the command line and in results. */
  String id();

  /** The norm that the budget bounds. */
  PerturbationNorm norm();

  /**
   * Perturbs a batch of images. Images that the network already misclassifies are perturbed too.
   *
   * @param batch the original images, loaded into the batch's network, whose state may be changed
   * @param eps the largest norm of a perturbation, in pixel units
   * @param target overwritten with the perturbed images, pixels in [0, 1], image by image
   */
  void perturb(ParallelNetwork.Batch batch, double eps, float[] target);
}
