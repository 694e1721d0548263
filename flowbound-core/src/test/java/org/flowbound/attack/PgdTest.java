package org.flowbound.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.flowbound.data.LabeledImages;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.Precision;
import org.flowbound.network.BatchNetwork;
import org.flowbound.network.Classifier;
import org.flowbound.network.DirectEvaluation;
import org.flowbound.network.Parameters;
import org.flowbound.parallel.Workers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PgdTest {
  private static final int PIXELS = AttackNetworks.PIXELS;
  private final SplittableRandom random = new SplittableRandom(4);
  private final Workers workers = new Workers(2);
  private final Classifier classifier = AttackNetworks.random(4, random);
  private final LabeledImages images = AttackNetworks.imagesOf(classifier, 150, random);
  private final RobustnessEvaluation evaluation =
      new RobustnessEvaluation(classifier, images, workers);

  @AfterEach
  void close() {
    workers.close();
  }

  private int correct(Attack attack, double eps) {
    return evaluation.run(attack, new double[] {eps}, point -> {}).results().get(0).correct();
  }

  /** With affine logits of two classes the worst perturbation has a closed form. */
  @ParameterizedTest
  @EnumSource(PerturbationNorm.class)
  void findsTheOptimumOfAnAffineNetwork(PerturbationNorm norm) {
    double[] w = random.doubles(PIXELS, -1, 1).toArray();
    Classifier affine =
        AttackNetworks.affine(
            Matrix.generate(2, PIXELS, (i, j) -> i == 0 ? 2 * w[j] : -w[j]), Matrix.of(1, 2, 9, 0));
    byte[] pixels = new byte[70 * PIXELS];
    for (int k = 0; k < pixels.length; k++) {
      pixels[k] = (byte) random.nextInt(100, 156);
    }
    LabeledImages inner =
        new LabeledImages(AttackNetworks.ROWS, AttackNetworks.COLUMNS, 2, pixels, new byte[70]);
    RobustnessEvaluation ofAffine = new RobustnessEvaluation(affine, inner, workers);
    double eps = 0.2;
    double length = Math.sqrt(Arrays.stream(w).map(x -> x * x).sum());
    float[] original = AttackNetworks.values(pixels);
    for (Attack attack :
        new Attack[] {
          new Fgsm(norm),
          Pgd.bim(norm).toTheEnd(),
          Pgd.of(norm, 1).toTheEnd().withIterations(400).withStepSize(0.2),
          Pgd.momentum(norm).toTheEnd()
        }) {
      float[] perturbed = ofAffine.perturb(attack, eps);
      for (int k = 0; k < perturbed.length; k++) {
        double direction =
            norm == PerturbationNorm.LINF ? Math.signum(w[k % PIXELS]) : w[k % PIXELS] / length;
        assertThat((double) perturbed[k])
            .as(attack.id())
            .isCloseTo(original[k] - eps * direction, within(attack instanceof Pgd ? 2e-4 : 1e-6));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(PerturbationNorm.class)
  void isAtLeastAsStrongAsOneStep(PerturbationNorm norm) {
    double eps = norm == PerturbationNorm.LINF ? 0.1 : 0.3;
    int oneStep = correct(new Fgsm(norm), eps);
    assertThat(oneStep).isBetween(1, 149);
    assertThat(correct(Pgd.of(norm, 1), eps)).isLessThanOrEqualTo(oneStep);
    assertThat(correct(Pgd.bim(norm), eps)).isLessThanOrEqualTo(oneStep);
    assertThat(correct(Pgd.momentum(norm), eps)).isLessThanOrEqualTo(oneStep);
  }

  @ParameterizedTest
  @EnumSource(PerturbationNorm.class)
  void removingBrokenImagesDoesNotChangeTheOthers(PerturbationNorm norm) {
    Pgd pgd = Pgd.of(norm, 3).withRestarts(3).withIterations(10);
    double eps = norm == PerturbationNorm.LINF ? 0.1 : 0.3;
    float[] together = evaluation.perturb(pgd, eps);
    BatchNetwork alone = new BatchNetwork(Parameters.of(classifier, Precision.FLOAT32), 1);
    ProjectedGradient iteration = new ProjectedGradient(pgd, alone, 1);
    float[] original = AttackNetworks.values(images.pixels());
    for (int i = 0; i < images.count(); i++) {
      float[] image = Arrays.copyOfRange(original, i * PIXELS, (i + 1) * PIXELS);
      iteration.perturb(image, new int[] {images.label(i)}, 0, 1, eps, i);
      for (int k = 0; k < PIXELS; k++) {
        assertThat(image[k]).isCloseTo(together[i * PIXELS + k], within(1e-4f));
      }
    }
  }

  @Test
  void doesNotDependOnTheNumberOfThreads() {
    Pgd pgd = Pgd.of(PerturbationNorm.L2, 3).withRestarts(2);
    float[] byTwo = evaluation.perturb(pgd, 0.3);
    try (Workers one = new Workers(1)) {
      assertThat(new RobustnessEvaluation(classifier, images, one).perturb(pgd, 0.3))
          .isEqualTo(byTwo);
    }
    assertThat(evaluation.perturb(Pgd.of(PerturbationNorm.L2, 4), 0.3)).isNotEqualTo(byTwo);
  }

  @Test
  void whatItCallsBrokenIsMisclassified() {
    float[] perturbed = evaluation.perturb(Pgd.of(PerturbationNorm.LINF, 1), 0.1);
    int right = 0;
    for (int i = 0; i < images.count(); i++) {
      double[] z = DirectEvaluation.logits(classifier, perturbed, i);
      int label = images.label(i);
      right += z[label] > z[AttackLoss.rival(z, label)] ? 1 : 0;
    }
    assertThat(correct(Pgd.of(PerturbationNorm.LINF, 1), 0.1)).isEqualTo(right);
  }

  @Test
  void moreRestartsAreNotWeaker() {
    Pgd weak = Pgd.of(PerturbationNorm.LINF, 1).withIterations(2).withStepSize(0.4);
    assertThat(correct(weak.withRestarts(10), 0.08)).isLessThanOrEqualTo(correct(weak, 0.08));
  }

  @Test
  void refusesSettingsOutOfTheirRange() {
    Pgd pgd = Pgd.of(PerturbationNorm.LINF, 1);
    assertThatThrownBy(() -> pgd.withIterations(0)).hasMessageContaining("iterations (0)");
    assertThatThrownBy(() -> pgd.withRestarts(0)).hasMessageContaining("restarts (0)");
    assertThatThrownBy(() -> pgd.withStepSize(Double.NaN)).hasMessageContaining("step size (NaN)");
    assertThatThrownBy(() -> Pgd.bim(PerturbationNorm.LINF).withRestarts(2))
        .hasMessageContaining("random start");
    Classifier two = AttackNetworks.random(2, random);
    assertThatThrownBy(
            () ->
                new ProjectedGradient(
                    pgd.withLoss(AttackLoss.DLR),
                    new BatchNetwork(Parameters.of(two, Precision.FLOAT32), 1),
                    1))
        .hasMessageContaining("at least 3 classes");
  }
}
