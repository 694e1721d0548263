package org.flowbound.attack;

import org.flowbound.linalg.NativeMatrix;
import org.flowbound.network.BatchNetwork;
import org.flowbound.network.Logits;

/**
 * What an attack may ask of a network: the logits of chosen images of a batch, and gradients of
 * losses with respect to their pixels. Images are chosen by number, so that an attack can drop
 * those it has finished with and keep what it knows of the others where it is.
 *
 * <p>Owns its workspace and allocates nothing once constructed. Not safe for concurrent use.
 */
final class LossOracle {
  private final BatchNetwork network;
  private final int pixels;
  private final int classes;
  private final float[] input;
  private final double[] logits;
  private final double[] row;

  /**
   * @param largest the largest number of images asked about at once
   */
  LossOracle(BatchNetwork network, int largest) {
    this.network = network;
    this.pixels = network.architecture().pixels();
    this.classes = network.architecture().classes();
    this.input = new float[largest * pixels];
    this.logits = new double[largest * classes];
    this.row = new double[classes];
  }

  int pixels() {
    return pixels;
  }

  int classes() {
    return classes;
  }

  /**
   * Evaluates the network on some images. What is asked next speaks of them by their position in
   * {@code chosen}.
   *
   * @param images all images, one after the other
   * @param chosen the numbers of the images, in its first m entries
   */
  void evaluate(float[] images, int[] chosen, int m) {
    for (int r = 0; r < m; r++) {
      System.arraycopy(images, chosen[r] * pixels, input, r * pixels, pixels);
    }
    network.load(input, m);
    network.forward().read(0, logits, m * classes);
  }

  /** The logits of the r-th image, valid until the next call. */
  double[] logits(int r) {
    System.arraycopy(logits, r * classes, row, 0, classes);
    return row;
  }

  /** Whether the r-th image is classified as its label says. */
  boolean isCorrect(int r, int label) {
    return Logits.isCorrect(logits(r), label);
  }

  /** {@code z_y − max_{j≠y} z_j} of the r-th image, y its label. */
  double margin(int r, int label) {
    double[] z = logits(r);
    return z[label] - z[AttackLoss.rival(z, label)];
  }

  /**
   * Drops the images that are misclassified from those last evaluated.
   *
   * @param chosen as it was given; what is left moves to the front, in the same order
   * @param labels that of image i is at {@code from + i}
   * @return how many are left
   */
  int dropBroken(int[] chosen, int m, int[] labels, int from) {
    int left = 0;
    for (int r = 0; r < m; r++) {
      if (isCorrect(r, labels[from + chosen[r]])) {
        chosen[left++] = chosen[r];
      }
    }
    return left;
  }

  /**
   * The classes other than the label with the largest logits of those last evaluated.
   *
   * @param chosen as it was given
   * @param labels one per image
   * @return the t-th row holds, at each chosen image's number, the class with the t-th largest
   *     logit
   */
  int[][] rivals(int[] chosen, int m, int[] labels, int count) {
    int[][] ranked = new int[count][labels.length];
    for (int r = 0; r < m; r++) {
      int i = chosen[r];
      double[] z = logits(r);
      z[labels[i]] = Double.NEGATIVE_INFINITY;
      for (int[] places : ranked) {
        int largest = labels[i] == 0 ? 1 : 0;
        for (int k = 0; k < classes; k++) {
          largest = z[k] > z[largest] ? k : largest;
        }
        places[i] = largest;
        z[largest] = Double.NEGATIVE_INFINITY;
      }
    }
    return ranked;
  }

  /** Writes the gradients of one loss per image. */
  @FunctionalInterface
  interface Gradients {
    /** Overwrites the r-th image's logits with the gradient of its loss with respect to them. */
    void differentiate(int r, double[] logits);
  }

  /**
   * The gradients of the losses with respect to the pixels.
   *
   * @param m the number of images last evaluated
   * @return m × pixels, valid until the next call
   */
  NativeMatrix pixelGradients(int m, Gradients gradients) {
    NativeMatrix cotangents = network.logits();
    for (int r = 0; r < m; r++) {
      gradients.differentiate(r, logits(r));
      cotangents.write(r * classes, row, classes);
    }
    return network.pixelGradient();
  }
}
