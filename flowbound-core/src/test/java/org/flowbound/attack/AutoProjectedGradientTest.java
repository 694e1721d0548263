package org.flowbound.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.flowbound.data.LabeledImages;
import org.flowbound.network.Classifier;
import org.flowbound.network.DirectEvaluation;
import org.flowbound.parallel.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AutoProjectedGradientTest {
  private static final int PIXELS = AttackNetworks.PIXELS;

  @Test
  void checkpointsAreThoseOfThePaper() {
    assertThat(AutoProjectedGradient.checkpoints(100))
        .containsExactly(0, 22, 41, 57, 70, 80, 87, 93, 99);
    assertThat(AutoProjectedGradient.checkpoints(1)).containsExactly(0, 1);
  }

  @ParameterizedTest
  @EnumSource(PerturbationNorm.class)
  void theBestPointIsNoWorseThanTheStart(PerturbationNorm norm) {
    SplittableRandom random = new SplittableRandom(3);
    Classifier classifier = AttackNetworks.random(4, random);
    LabeledImages images = AttackNetworks.imagesOf(classifier, 100, random);
    float[] original = AttackNetworks.values(images.pixels());
    double eps = norm == PerturbationNorm.LINF ? 0.02 : 0.06;
    int unbroken = 0;
    try (Workers workers = new Workers(1)) {
      RobustnessEvaluation evaluation = new RobustnessEvaluation(classifier, images, workers);
      for (int iterations : new int[] {1, 5, 30}) {
        float[] found =
            evaluation.perturb(Apgd.crossEntropy(norm, 5).withIterations(iterations), eps);
        float[] start = original.clone();
        for (int i = 0; i < images.count(); i++) {
          norm.sample(
              start, original, i * PIXELS, eps, PIXELS, new SplittableRandom(Streams.of(5, i, 0)));
          if (margin(classifier, found, i, images.label(i)) > 0) {
            unbroken++;
            assertThat(loss(classifier, found, i, images.label(i)))
                .isGreaterThanOrEqualTo(loss(classifier, start, i, images.label(i)) - 1e-6);
          }
        }
      }
    }
    assertThat(unbroken).isGreaterThan(100);
  }

  private static double loss(Classifier classifier, float[] pixels, int i, int label) {
    return AttackLoss.CROSS_ENTROPY.differentiate(
        DirectEvaluation.logits(classifier, pixels, i), label, -1);
  }

  private static double margin(Classifier classifier, float[] pixels, int i, int label) {
    double[] z = DirectEvaluation.logits(classifier, pixels, i);
    return z[label] - z[AttackLoss.rival(z, label)];
  }

  @Test
  void theTargetedRatioAndItsGradientAreThoseOfTheDefinition() {
    SplittableRandom random = new SplittableRandom(2);
    TargetedDlr loss = new TargetedDlr();
    for (int trial = 0; trial < 100; trial++) {
      double[] z = random.doubles(6, -4, 4).toArray();
      int label = random.nextInt(6);
      int target = (label + 1 + random.nextInt(5)) % 6;
      double[] sorted = z.clone();
      Arrays.sort(sorted);
      double denominator = sorted[5] - (sorted[3] + sorted[2]) / 2;
      double[] gradient = z.clone();
      assertThat(loss.differentiate(gradient, label, target))
          .isCloseTo((z[target] - z[label]) / denominator, within(1e-12));
      for (int k = 0; k < 6; k++) {
        double[] moved = z.clone();
        moved[k] += 1e-6;
        double plus = loss.differentiate(moved, label, target);
        moved = z.clone();
        moved[k] -= 1e-6;
        double slope = (plus - loss.differentiate(moved, label, target)) / 2e-6;
        assertThat(gradient[k]).isCloseTo(slope * denominator, within(1e-5));
      }
    }
  }
}
