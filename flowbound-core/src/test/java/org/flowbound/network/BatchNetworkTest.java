package org.flowbound.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.Precision;
import org.junit.jupiter.api.Test;

class BatchNetworkTest {
  private static final int M = 4;
  private static final Architecture ARCHITECTURE =
      new Architecture(
          3,
          4,
          5,
          6,
          new SmoothLeakyRelu(0.1),
          new Discretization(RungeKutta.EULER, 20, 1),
          new Normalization(0.2, 0.5));
  private static final int[] LABELS = {9, 1, 4, 0, 2};

  private final RandomGenerator random = new SplittableRandom(5);
  private final Parameters parameters = Parameters.random(ARCHITECTURE, Precision.FLOAT64, random);
  private final BatchNetwork network = new BatchNetwork(parameters, M + 3);
  private final float[] images = new float[M * ARCHITECTURE.pixels()];

  BatchNetworkTest() {
    for (int k = 0; k < images.length; k++) {
      images[k] = random.nextFloat();
    }
  }

  private double loss() {
    network.forward();
    return network.loss(LABELS, 1, 1).loss();
  }

  @Test
  void parameterGradientAgreesWithFiniteDifferences() {
    network.load(images, M);
    Parameters gradient = new Parameters(ARCHITECTURE, Precision.FLOAT64);
    loss();
    network.gradient(gradient);
    double h = 1e-6;
    NativeMatrix theta = parameters.vector();
    for (int k = 0; k < theta.size(); k++) {
      double value = theta.get(0, k);
      theta.set(0, k, value + h);
      double plus = loss();
      theta.set(0, k, value - h);
      double minus = loss();
      theta.set(0, k, value);
      assertThat(gradient.vector().get(0, k))
          .as("parameter %d", k)
          .isCloseTo((plus - minus) / (2 * h), within(1e-8));
    }
  }

  @Test
  void pixelGradientAgreesWithFiniteDifferences() {
    network.load(images, M);
    loss();
    NativeMatrix gradient = network.pixelGradient();
    NativeMatrix inputs = network.inputs(M);
    double h = 1e-6 / ARCHITECTURE.normalization().deviation();
    for (int row = 0; row < M; row++) {
      for (int k = 0; k < ARCHITECTURE.pixels(); k++) {
        double value = inputs.get(row, k);
        inputs.set(row, k, value + h);
        double plus = loss();
        inputs.set(row, k, value - h);
        double minus = loss();
        inputs.set(row, k, value);
        assertThat(gradient.get(row, k)).isCloseTo((plus - minus) / 2e-6, within(1e-8));
      }
    }
  }

  @Test
  void agreesWithADirectEvaluation() {
    Classifier classifier = parameters.toClassifier();
    network.load(images, M);
    NativeMatrix logits = network.forward();
    for (int row = 0; row < M; row++) {
      double[] expected = DirectEvaluation.logits(classifier, images, row);
      for (int k = 0; k < expected.length; k++) {
        assertThat(logits.get(row, k)).isCloseTo(expected[k], within(1e-12));
      }
    }
  }

  @Test
  void singlePrecisionStaysClose() {
    Classifier classifier = parameters.toClassifier();
    BatchNetwork single = new BatchNetwork(Parameters.of(classifier, Precision.FLOAT32), M);
    single.load(images, M);
    NativeMatrix logits = single.forward();
    for (int row = 0; row < M; row++) {
      double[] expected = DirectEvaluation.logits(classifier, images, row);
      for (int k = 0; k < expected.length; k++) {
        assertThat(logits.get(row, k)).isCloseTo(expected[k], within(1e-5));
      }
    }
  }

  @Test
  void lossCountsAndSumsCrossEntropy() {
    network.load(images, M);
    NativeMatrix logits = network.forward();
    double expected = 0;
    int correct = 0;
    for (int row = 0; row < M; row++) {
      double sum = 0;
      int best = 0;
      for (int k = 0; k < 5; k++) {
        sum += Math.exp(logits.get(row, k));
        best = logits.get(row, k) > logits.get(row, best) ? k : best;
      }
      int label = LABELS[1 + row];
      expected -= Math.log(Math.exp(logits.get(row, label)) / sum);
      correct += best == label ? 1 : 0;
    }
    BatchNetwork.Loss loss = network.loss(LABELS, 1, 1);
    assertThat(loss.loss()).isCloseTo(expected, within(1e-12));
    assertThat(loss.correct()).isEqualTo(correct);
  }

  @Test
  void aTieOrNanIsNotCorrect() {
    assertThat(Logits.isCorrect(new double[] {1, 1, 0}, 0)).isFalse();
    assertThat(Logits.isCorrect(new double[] {Double.NaN, 0, 0}, 0)).isFalse();
    assertThat(Logits.isCorrect(new double[] {2, 1, 0}, 0)).isTrue();
    assertThat(Logits.softmax(new double[] {1000, 0}, 1)).isEqualTo(-1000);
  }
}
