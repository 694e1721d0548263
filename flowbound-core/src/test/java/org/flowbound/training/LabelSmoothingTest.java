package org.flowbound.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.Backward;
import org.flowbound.flow.Discretization;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.BatchNetwork;
import org.flowbound.network.Normalization;
import org.flowbound.network.Parameters;
import org.junit.jupiter.api.Test;

class LabelSmoothingTest {
  private static final int IMAGES = 3;
  private static final double SMOOTHING = 0.2;
  private static final Architecture ARCHITECTURE =
      new Architecture(
          2, 3, 4, 5, new SmoothLeakyRelu(0.1), Discretization.defaults(), Normalization.NONE);

  private final int[] labels = {2, 0, 3};
  private final float[] pixels = new float[6 * IMAGES];
  private final Parameters parameters;

  LabelSmoothingTest() {
    SplittableRandom random = new SplittableRandom(1);
    this.parameters = Parameters.random(ARCHITECTURE, Precision.FLOAT64, random);
    for (int k = 0; k < pixels.length; k++) {
      pixels[k] = (float) random.nextDouble();
    }
  }

  private double evaluate(double smoothing, Parameters gradient) {
    Objective objective =
        new Objective(parameters, ObjectiveOptions.crossEntropy(), smoothing, Backward.STORE);
    System.arraycopy(pixels, 0, objective.images(), 0, pixels.length);
    return objective.evaluate(IMAGES, labels, 0, 1, new SplittableRandom(1), null, gradient).loss();
  }

  @Test
  void isTheCrossEntropyWithTheSmoothedDistribution() {
    BatchNetwork network = new BatchNetwork(parameters, IMAGES);
    network.load(pixels, IMAGES);
    NativeMatrix logits = network.forward();
    double expected = 0;
    for (int i = 0; i < IMAGES; i++) {
      double sum = 0;
      for (int k = 0; k < 4; k++) {
        sum += Math.exp(logits.get(i, k));
      }
      for (int k = 0; k < 4; k++) {
        double q = SMOOTHING / 4 + (k == labels[i] ? 1 - SMOOTHING : 0);
        expected -= q * (logits.get(i, k) - Math.log(sum));
      }
    }
    Parameters gradient = new Parameters(ARCHITECTURE, Precision.FLOAT64);
    assertThat(evaluate(SMOOTHING, gradient)).isCloseTo(expected, within(1e-12));
    assertThat(evaluate(0, gradient)).isNotCloseTo(expected, within(1e-3));
  }

  @Test
  void gradientsAgreeWithFiniteDifferences() {
    Parameters gradient = new Parameters(ARCHITECTURE, Precision.FLOAT64);
    evaluate(SMOOTHING, gradient);
    Parameters unused = new Parameters(ARCHITECTURE, Precision.FLOAT64);
    double h = 1e-6;
    for (int k = 0; k < parameters.vector().size(); k++) {
      double at = parameters.vector().get(0, k);
      parameters.vector().set(0, k, at + h);
      double plus = evaluate(SMOOTHING, unused);
      parameters.vector().set(0, k, at - h);
      double minus = evaluate(SMOOTHING, unused);
      parameters.vector().set(0, k, at);
      assertThat(gradient.vector().get(0, k)).isCloseTo((plus - minus) / (2 * h), within(1e-7));
    }
  }
}
