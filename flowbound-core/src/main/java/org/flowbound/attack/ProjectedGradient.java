package org.flowbound.attack;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.network.BatchNetwork;

/**
 * The iteration of {@link Pgd} on one mini-batch, for evaluation and for adversarial training: one
 * evaluation of the network and one of its gradient each time, and nothing allocated.
 *
 * <p>Owns its workspace and changes the network's state. Not safe for concurrent use.
 */
public final class ProjectedGradient {
  private final Pgd pgd;
  private final LossOracle oracle;
  private final int n;
  private final float[] originals;
  private final float[] velocity;
  private final float[] gradient;
  private final int[] active;

  /**
   * @param network whose gradients are followed; its parameters may change between calls
   * @param largest the largest number of images in a batch
   * @throws IllegalArgumentException if the loss needs more classes than the network has
   */
  public ProjectedGradient(Pgd pgd, BatchNetwork network, int largest) {
    pgd.loss().requireClasses(network.architecture().classes());
    this.pgd = pgd;
    this.oracle = new LossOracle(network, largest);
    this.n = oracle.pixels();
    this.originals = new float[largest * n];
    this.velocity = new float[pgd.momentum() > 0 ? largest * n : 0];
    this.gradient = new float[n];
    this.active = new int[largest];
  }

  /**
   * Perturbs images in place. With {@link Pgd#untilBroken} an image is left as it is where it is
   * misclassified, be it at once; otherwise it is where the last iteration has brought it.
   *
   * @param images pixels in [0, 1], image by image
   * @param labels that of the i-th image is at {@code from + i}
   * @param m the number of images
   * @param eps the largest norm of a perturbation, in pixel units
   * @param stream together with the seed and i it determines the random start of the i-th image
   */
  public void perturb(float[] images, int[] labels, int from, int m, double eps, long stream) {
    System.arraycopy(images, 0, originals, 0, m * n);
    int left = m;
    for (int i = 0; i < m; i++) {
      active[i] = i;
    }
    if (pgd.untilBroken() && pgd.randomStart()) {
      oracle.evaluate(images, active, left);
      left = oracle.dropBroken(active, left, labels, from);
    }
    for (int restart = 0; restart < pgd.restarts() && left > 0; restart++) {
      if (restart > 0 && pgd.untilBroken()) {
        oracle.evaluate(images, active, left);
        left = oracle.dropBroken(active, left, labels, from);
      }
      start(images, left, eps, stream, restart);
      for (int k = 0; k < pgd.iterations() && left > 0; k++) {
        left = iterate(images, labels, from, left, eps);
      }
    }
  }

  private void start(float[] images, int left, double eps, long stream, int restart) {
    for (int r = 0; r < left; r++) {
      int offset = active[r] * n;
      if (pgd.randomStart()) {
        pgd.norm()
            .sample(
                images,
                originals,
                offset,
                eps,
                n,
                new SplittableRandom(Streams.of(pgd.seed(), stream + active[r], restart)));
      } else {
        System.arraycopy(originals, offset, images, offset, n);
      }
      if (velocity.length > 0) {
        Arrays.fill(velocity, offset, offset + n, 0);
      }
    }
  }

  /** One step of every active image that is not broken; returns how many these are. */
  private int iterate(float[] images, int[] labels, int from, int m, double eps) {
    oracle.evaluate(images, active, m);
    NativeMatrix gradients =
        oracle.pixelGradients(
            m, (r, logits) -> pgd.loss().differentiate(logits, labels[from + active[r]], -1));
    double step = eps * pgd.effectiveStepSize();
    int left = 0;
    for (int r = 0; r < m; r++) {
      int i = active[r];
      if (pgd.untilBroken() && !oracle.isCorrect(r, labels[from + i])) {
        continue;
      }
      gradients.read(r * n, gradient, n);
      if (velocity.length > 0) {
        accelerate(i * n);
      }
      pgd.norm().move(images, originals, i * n, gradient, step, eps, n);
      active[left++] = i;
    }
    return left;
  }

  /** {@code v ← μv + g/‖g‖₁}, {@code g ← v}. */
  private void accelerate(int offset) {
    double sum = 0;
    for (int k = 0; k < n; k++) {
      sum += Math.abs(gradient[k]);
    }
    float mu = (float) pgd.momentum();
    float factor = sum > 0 ? (float) (1 / sum) : 0;
    for (int k = 0; k < n; k++) {
      velocity[offset + k] = mu * velocity[offset + k] + factor * gradient[k];
      gradient[k] = velocity[offset + k];
    }
  }
}
