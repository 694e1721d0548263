package org.flowbound.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.data.LabeledImages;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.DirectEvaluation;
import org.flowbound.network.Normalization;
import org.flowbound.network.Parameters;
import org.flowbound.parallel.Workers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttackTest {
  private static final int PIXELS = 20;
  private static final int COUNT = 150;
  private final RandomGenerator random = new SplittableRandom(4);
  private final Workers workers = new Workers(2);
  private final Classifier classifier =
      Parameters.random(
              new Architecture(
                  4,
                  5,
                  3,
                  6,
                  new SmoothLeakyRelu(0.1),
                  new Discretization(RungeKutta.EULER, 10, 1),
                  new Normalization(0.3, 0.6)),
              Precision.FLOAT64,
              random)
          .toClassifier();
  private final LabeledImages images = images();
  private final RobustnessEvaluation evaluation =
      new RobustnessEvaluation(classifier, images, workers);

  @AfterEach
  void close() {
    workers.close();
  }

  private LabeledImages images() {
    byte[] pixels = new byte[COUNT * PIXELS];
    byte[] labels = new byte[COUNT];
    random.nextBytes(pixels);
    for (int i = 0; i < COUNT; i++) {
      labels[i] = (byte) random.nextInt(3);
    }
    return new LabeledImages(4, 5, 3, pixels, labels);
  }

  private float[] original() {
    float[] pixels = new float[COUNT * PIXELS];
    for (int k = 0; k < pixels.length; k++) {
      pixels[k] = Byte.toUnsignedInt(images.pixels()[k]) / 255f;
    }
    return pixels;
  }

  private double loss(float[] pixels, int image) {
    double[] logits = DirectEvaluation.logits(classifier, pixels, image);
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit);
    }
    return Math.log(sum) - logits[images.label(image)];
  }

  @ParameterizedTest
  @EnumSource(PerturbationNorm.class)
  void perturbationsStayWithinTheirBudgetAndInTheRangeOfPixels(PerturbationNorm norm) {
    float[] original = original();
    for (Attack attack : new Attack[] {new Fgsm(norm), new Noise(norm, 3)}) {
      float[] perturbed = evaluation.perturb(attack, 0.2);
      for (int i = 0; i < COUNT; i++) {
        double largest = 0;
        double squares = 0;
        for (int k = i * PIXELS; k < (i + 1) * PIXELS; k++) {
          assertThat(perturbed[k]).isBetween(0f, 1f);
          double change = perturbed[k] - original[k];
          largest = Math.max(largest, Math.abs(change));
          squares += change * change;
        }
        double size = norm == PerturbationNorm.LINF ? largest : Math.sqrt(squares);
        assertThat(size).isLessThanOrEqualTo(0.2 + 1e-6).isGreaterThan(0.01);
      }
    }
  }

  @Test
  void fgsmFollowsTheSignOfTheLossGradient() {
    float[] original = original();
    float[] perturbed = evaluation.perturb(new Fgsm(PerturbationNorm.LINF), 1e-3);
    float h = 1e-3f;
    for (int i = 0; i < 20; i++) {
      for (int k = i * PIXELS; k < (i + 1) * PIXELS; k++) {
        float[] moved = original.clone();
        moved[k] += h;
        double plus = loss(moved, i);
        moved[k] -= 2 * h;
        double slope = (plus - loss(moved, i)) / (2 * h);
        if (Math.abs(slope) > 1e-4 && original[k] > 0.01 && original[k] < 0.99) {
          assertThat(Math.signum(perturbed[k] - original[k])).isEqualTo((float) Math.signum(slope));
        }
      }
    }
  }

  @Test
  void countsAreThoseOfADirectEvaluation() {
    Attack attack = new Fgsm(PerturbationNorm.LINF);
    double[] budgets = {0, 0.05, 0.3};
    RobustnessCurve curve = evaluation.run(attack, budgets, point -> {});
    for (int b = 0; b < budgets.length; b++) {
      float[] pixels = budgets[b] == 0 ? original() : evaluation.perturb(attack, budgets[b]);
      int correct = 0;
      for (int i = 0; i < COUNT; i++) {
        double[] logits = DirectEvaluation.logits(classifier, pixels, i);
        int best = 0;
        for (int k = 1; k < logits.length; k++) {
          best = logits[k] > logits[best] ? k : best;
        }
        correct += best == images.label(i) ? 1 : 0;
      }
      assertThat(curve.results().get(b).correct()).isEqualTo(correct);
      assertThat(curve.results().get(b).total()).isEqualTo(COUNT);
    }
    assertThat(curve.results().get(2).correct()).isLessThan(curve.results().get(0).correct());
  }

  @Test
  void noiseIsReproducibleAndCentred() {
    Noise noise = new Noise(PerturbationNorm.LINF, 7);
    float[] once = evaluation.perturb(noise, 0.1);
    assertThat(evaluation.perturb(noise, 0.1)).isEqualTo(once);
    assertThat(evaluation.perturb(new Noise(PerturbationNorm.LINF, 8), 0.1)).isNotEqualTo(once);
    float[] original = original();
    double sum = 0;
    for (int k = 0; k < once.length; k++) {
      sum += Math.signum(once[k] - original[k]);
    }
    assertThat(sum / once.length).isCloseTo(0, within(0.06));
  }

  @Test
  void refusesEmptySetsAndWrongSizes() {
    assertThatThrownBy(() -> new RobustnessEvaluation(classifier, images.take(0), workers))
        .hasMessageContaining("no images");
    LabeledImages small = new LabeledImages(2, 2, 3, new byte[4], new byte[1]);
    RobustnessEvaluation unfit = new RobustnessEvaluation(classifier, small, workers);
    assertThatThrownBy(
            () -> unfit.run(new Fgsm(PerturbationNorm.L2), new double[] {0.1}, point -> {}))
        .hasMessageContaining("2 x 2");
  }
}
