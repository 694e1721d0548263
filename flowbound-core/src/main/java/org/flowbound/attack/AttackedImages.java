package org.flowbound.attack;

import java.util.Arrays;
import org.flowbound.data.LabeledImages;

/**
 * What an attack makes of a set of images at one budget.
 *
 * @param originals the images that were attacked
 * @param eps the budget
 * @param pixels the perturbed images, image by image, row by row, in [0, 1]; those of a {@link
 *     MinimumNormAttack} are the closest examples found, whatever the budget
 * @param predictions what the network makes of them
 * @param correct whether each image withstood: no misclassified twin within the budget was found
 */
public record AttackedImages(
    LabeledImages originals, double eps, float[] pixels, int[] predictions, boolean[] correct) {
  /** How many images withstood. */
  public int countCorrect() {
    int count = 0;
    for (boolean withstood : correct) {
      count += withstood ? 1 : 0;
    }
    return count;
  }

  /** The norm of the perturbation of image i, in pixel units. */
  public double distance(PerturbationNorm norm, int i) {
    int n = originals.size();
    float[] original = new float[n];
    originals.copyPixels(new int[] {i}, 0, 1, original);
    float[] perturbed = Arrays.copyOfRange(pixels, i * n, (i + 1) * n);
    return norm.distance(perturbed, original, 0, n);
  }
}
