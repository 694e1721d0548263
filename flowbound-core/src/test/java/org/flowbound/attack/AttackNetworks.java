package org.flowbound.attack;

import java.util.random.RandomGenerator;
import org.flowbound.data.LabeledImages;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.DirectEvaluation;
import org.flowbound.network.Normalization;
import org.flowbound.network.Parameters;

/** Small networks and images to attack. */
final class AttackNetworks {
  static final int ROWS = 4;
  static final int COLUMNS = 5;
  static final int PIXELS = ROWS * COLUMNS;

  private AttackNetworks() {}

  static Architecture architecture(int classes) {
    return new Architecture(
        ROWS,
        COLUMNS,
        classes,
        6,
        new SmoothLeakyRelu(0.1),
        new Discretization(RungeKutta.EULER, 10, 1),
        new Normalization(0.3, 0.6));
  }

  /** A network with random weights. */
  static Classifier random(int classes, RandomGenerator random) {
    return Parameters.random(architecture(classes), Precision.FLOAT64, random).toClassifier();
  }

  /** A network whose logits are the affine map {@code x ↦ Wx + c} of the pixels: A = 0, b = 0. */
  static Classifier affine(Matrix weight, Matrix bias) {
    int classes = weight.rows();
    return new Classifier(
        new Architecture(
            ROWS,
            COLUMNS,
            classes,
            classes,
            new SmoothLeakyRelu(0.1),
            Discretization.defaults(),
            Normalization.NONE),
        weight,
        Matrix.zeros(1, classes),
        Matrix.zeros(classes, classes),
        Matrix.zeros(1, classes),
        Matrix.identity(classes),
        bias);
  }

  /** Random images, each with the class that the network gives it. */
  static LabeledImages imagesOf(Classifier classifier, int count, RandomGenerator random) {
    byte[] pixels = new byte[count * PIXELS];
    random.nextBytes(pixels);
    float[] values = values(pixels);
    byte[] labels = new byte[count];
    for (int i = 0; i < count; i++) {
      double[] logits = DirectEvaluation.logits(classifier, values, i);
      for (int k = 1; k < logits.length; k++) {
        labels[i] = logits[k] > logits[labels[i]] ? (byte) k : labels[i];
      }
    }
    return new LabeledImages(ROWS, COLUMNS, classifier.architecture().classes(), pixels, labels);
  }

  /** The pixels in [0, 1]. */
  static float[] values(byte[] pixels) {
    float[] values = new float[pixels.length];
    for (int k = 0; k < values.length; k++) {
      values[k] = Byte.toUnsignedInt(pixels[k]) / 255f;
    }
    return values;
  }
}
