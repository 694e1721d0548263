package org.flowbound.training;

import java.util.SplittableRandom;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.network.BatchNetwork;
import org.flowbound.network.Logits;
import org.flowbound.training.AdversarialTraining.Method;

/** Perturbs a batch of training images against the network as it is. */
final class AdversarialImages {
  private static final double TRADES_START = 1e-3;
  private static final double STRIDE = 2.5;

  private final BatchNetwork network;
  private final AdversarialTraining options;
  private final int pixels;
  private final float[] gradient;
  private final double[] reference;
  private final double[] row;

  AdversarialImages(
      BatchNetwork network, AdversarialTraining options, int pixels, int classes, int batch) {
    this.network = network;
    this.options = options;
    this.pixels = pixels;
    this.gradient = new float[batch * pixels];
    this.reference = new double[batch * classes];
    this.row = new double[classes];
  }

  /**
   * Writes the perturbed images.
   *
   * @param images m images in [0, 1], or noisy ones
   * @param labels one per image, from {@code offset} on
   * @param target overwritten, m images
   */
  void perturb(
      float[] images, int m, int[] labels, int offset, SplittableRandom random, float[] target) {
    int n = m * pixels;
    float eps = (float) options.eps();
    boolean single = options.method() == Method.FGSM;
    int steps = single ? 1 : options.steps();
    float length = single ? eps : (float) (STRIDE * options.eps() / steps);
    if (options.method() == Method.TRADES) {
      network.load(images, m);
      readProbabilities(network.forward(), m);
    }
    for (int k = 0; k < n; k++) {
      float start =
          switch (options.method()) {
            case FGSM -> 0;
            case PGD -> (float) random.nextDouble(-eps, eps);
            case TRADES -> (float) (TRADES_START * random.nextGaussian());
          };
      target[k] = clip(images[k] + start, images[k], eps);
    }
    for (int step = 0; step < steps; step++) {
      network.load(target, m);
      NativeMatrix logits = network.forward();
      if (options.method() == Method.TRADES) {
        writeDivergenceGradient(logits, m);
      } else {
        network.loss(labels, offset, 1);
      }
      network.pixelGradient().read(0, gradient, n);
      for (int k = 0; k < n; k++) {
        target[k] = clip(target[k] + length * Math.signum(gradient[k]), images[k], eps);
      }
    }
  }

  private static float clip(float pixel, float original, float eps) {
    float inBall = Math.min(Math.max(pixel, original - eps), original + eps);
    return Math.min(Math.max(inBall, 0f), 1f);
  }

  private void readProbabilities(NativeMatrix logits, int m) {
    for (int i = 0; i < m; i++) {
      logits.read(i * row.length, row, row.length);
      Logits.softmax(row, 0);
      System.arraycopy(row, 0, reference, i * row.length, row.length);
    }
  }

  /** The gradient of KL(p ‖ q) with respect to the logits of q is q − p. */
  private void writeDivergenceGradient(NativeMatrix logits, int m) {
    for (int i = 0; i < m; i++) {
      logits.read(i * row.length, row, row.length);
      Logits.softmax(row, 0);
      for (int k = 0; k < row.length; k++) {
        row[k] -= reference[i * row.length + k];
      }
      logits.write(i * row.length, row, row.length);
    }
  }
}
