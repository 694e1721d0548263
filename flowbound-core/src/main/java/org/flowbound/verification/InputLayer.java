package org.flowbound.verification;

import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;

/** The map {@code u(0) = B(x − mean)/deviation + β} from pixels to states. */
final class InputLayer {
  private final int d;
  private final int pixels;
  private final double mean;
  private final double deviation;
  private final double[] columns;
  private final double[] bias;

  InputLayer(Classifier classifier) {
    Architecture architecture = classifier.architecture();
    this.d = architecture.width();
    this.pixels = architecture.pixels();
    this.mean = architecture.normalization().mean();
    this.deviation = architecture.normalization().deviation();
    this.columns = classifier.inputWeight().transpose().toArray();
    this.bias = classifier.inputBias().toArray();
  }

  int pixels() {
    return pixels;
  }

  double deviation() {
    return deviation;
  }

  /**
   * The state of the ball's center.
   *
   * @param center overwritten with it
   * @param error overwritten with how far each entry is off at most
   */
  void evaluate(ImageBall ball, double[] center, double[] error) {
    for (int i = 0; i < d; i++) {
      center[i] = bias[i];
      error[i] = Math.abs(bias[i]);
    }
    for (int p = 0; p < pixels; p++) {
      double pixel = ball.center(p);
      double x = (pixel - mean) / deviation;
      double size = (Math.abs(pixel) + Math.abs(mean)) / deviation;
      for (int i = 0; i < d; i++) {
        double entry = columns[p * d + i];
        center[i] += x * entry;
        error[i] += size * Math.abs(entry);
      }
    }
    for (int i = 0; i < d; i++) {
      error[i] = Rounding.inflate(Rounding.twice(pixels + 8) * error[i] + Rounding.TINY);
    }
  }

  /** Writes {@code factor} times column p of B. */
  void column(int p, double factor, float[] target) {
    for (int i = 0; i < d; i++) {
      target[i] = (float) (factor * columns[p * d + i]);
    }
  }

  /** As {@link #column(int, double, float[])}, in double precision. */
  void column(int p, double factor, double[] target) {
    for (int i = 0; i < d; i++) {
      target[i] = factor * columns[p * d + i];
    }
  }
}
