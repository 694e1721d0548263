package org.flowbound.attack;

import org.flowbound.network.ParallelNetwork;

/**
 * An attack that looks for the smallest perturbation that a network misclassifies. One search tells
 * the accuracy at every ε: an image counts as broken where its perturbation is at most ε.
 */
public interface MinimumNormAttack extends BoundedAttack {
  /**
   * Looks for the smallest perturbation of every image of a batch.
   *
   * @param batch the original images, loaded into the batch's network, whose state may be changed
   * @param goal an image may be left once a perturbation of at most this norm is found
   * @param target overwritten with the closest misclassified images found, pixels in [0, 1], image
   *     by image; the original where none was found, or where it is misclassified itself
   */
  void search(ParallelNetwork.Batch batch, double goal, float[] target);

  @Override
  default void perturb(ParallelNetwork.Batch batch, double eps, float[] target) {
    search(batch, eps, target);
    int n = target.length / batch.size();
    for (int i = 0; i < batch.size(); i++) {
      if (norm().distance(target, batch.pixels(), i * n, n) > eps) {
        System.arraycopy(batch.pixels(), i * n, target, i * n, n);
      }
    }
  }
}
