package org.flowbound.verification;

import org.flowbound.attack.PerturbationNorm;
import org.flowbound.network.Classifier;

/**
 * Proves that a prediction is the same throughout a ball around an image.
 *
 * <p>A proof speaks of the network in real arithmetic, with all rounding errors of the proof itself
 * accounted for ({@link Reachability}, {@link EllipsoidTube}). What the network answers in single
 * precision may differ where a margin is as small as its rounding errors.
 *
 * <p>The input is not split: halving a few of hundreds of pixel ranges changes nothing, and the
 * sets are wide because of the activations' slopes, which depend on all pixels at once.
 *
 * <p>An instance owns its workspace; not safe for concurrent use.
 */
public final class LocalVerifier {
  private final Reachability reachability;
  private final EllipsoidTube tube;
  private final int pixels;
  private final int classes;

  public LocalVerifier(Classifier classifier) {
    this.reachability = new Reachability(classifier);
    this.tube = new EllipsoidTube(classifier);
    this.pixels = classifier.architecture().pixels();
    this.classes = classifier.architecture().classes();
  }

  /**
   * Whether the label's logit is proved to be the largest for every image within {@code eps}; no
   * says nothing.
   *
   * @param method one of the local methods, which is tried by itself
   * @param image the pixels, in [0, 1]
   * @param eps the radius, in pixel units
   * @throws IllegalArgumentException if the image or the label does not fit the network, a pixel is
   *     not in [0, 1], eps is negative or not finite, or the method is not a local one
   */
  public boolean proves(
      VerificationMethod method, float[] image, int label, PerturbationNorm norm, double eps) {
    check(image, label);
    ImageBall ball = new ImageBall(image, norm, eps);
    return switch (method) {
      case LIPSCHITZ ->
          throw new IllegalArgumentException("The method 'lipschitz' is not a local one.");
      case LOCAL -> positive(tube.margins(ball, label, PreactivationRanges.NONE));
      case REACH ->
          positive(reachability.margins(ball, label, PreactivationRanges.NONE))
              || positive(tube.margins(ball, label, reachability.ranges()));
    };
  }

  private void check(float[] image, int label) {
    if (image.length != pixels) {
      throw new IllegalArgumentException(
          "The image has %d pixels, the network takes %d.".formatted(image.length, pixels));
    }
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          "The label (%d) must lie in [0, %d].".formatted(label, classes - 1));
    }
    for (float pixel : image) {
      if (!(pixel >= 0 && pixel <= 1)) {
        throw new IllegalArgumentException("A pixel (%s) does not lie in [0, 1].".formatted(pixel));
      }
    }
  }

  private static boolean positive(double[] margins) {
    for (double margin : margins) {
      if (!(margin > 0)) {
        return false;
      }
    }
    return true;
  }
}
