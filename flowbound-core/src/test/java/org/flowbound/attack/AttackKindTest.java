package org.flowbound.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Scale;
import org.flowbound.data.LabeledImages;
import org.flowbound.linalg.Matrix;
import org.flowbound.network.Classifier;
import org.flowbound.network.DirectEvaluation;
import org.flowbound.parallel.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for all attacks. */
class AttackKindTest {
  private static final int PIXELS = AttackNetworks.PIXELS;

  /** The attack with few steps, so that tests are quick. */
  private static Attack quick(AttackKind kind, PerturbationNorm norm, long seed) {
    return switch (kind) {
      case CW -> kind.of(null, new AttackSettings(30, null, null, null, null, seed));
      case PGD, BIM, MI_FGSM, DEEPFOOL, APGD_CE, APGD_DLR, APGD_T, FAB, FAB_T ->
          kind.of(norm, new AttackSettings(15, null, null, null, null, seed));
      case SQUARE, NOISE, BOUNDARY_NOISE ->
          kind.of(norm, new AttackSettings(null, null, null, 30, null, seed));
      case AUTOATTACK ->
          new Ensemble(
              "autoattack",
              List.of(
                  Apgd.crossEntropy(norm, seed).withIterations(10),
                  Fab.targeted(norm, seed).withIterations(5),
                  Square.of(norm, seed).withQueries(20)));
      default -> kind.of(kind.norms().isEmpty() ? null : norm, AttackSettings.defaults(seed));
    };
  }

  @Property(tries = 150)
  void examplesLieInTheBallAndAreWhatTheyAreCalled(
      @ForAll AttackKind kind,
      @ForAll PerturbationNorm norm,
      @ForAll @Scale(3) @DoubleRange(min = 0.001, max = 1) double eps,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Classifier classifier = AttackNetworks.random(4, random);
    LabeledImages images = AttackNetworks.imagesOf(classifier, 70, random);
    float[] original = AttackNetworks.values(images.pixels());
    Attack attack = quick(kind, norm, seed);
    List<AttackedImages> all = new ArrayList<>();
    try (Workers workers = new Workers(2)) {
      RobustnessEvaluation.Listener keep =
          new RobustnessEvaluation.Listener() {
            @Override
            public void point(RobustnessCurve.Point point) {
              assertThat(point.total()).isEqualTo(70);
            }

            @Override
            public void attacked(AttackedImages result) {
              all.add(result);
            }
          };
      new RobustnessEvaluation(classifier, images, workers).run(attack, new double[] {eps}, keep);
    }
    AttackedImages attacked = all.get(0);
    for (int i = 0; i < images.count(); i++) {
      for (int k = i * PIXELS; k < (i + 1) * PIXELS; k++) {
        assertThat(attacked.pixels()[k]).isBetween(0f, 1f);
      }
      double[] z = DirectEvaluation.logits(classifier, attacked.pixels(), i);
      double margin = z[images.label(i)] - z[AttackLoss.rival(z, images.label(i))];
      if (!attacked.correct()[i]) {
        assertThat(margin).isLessThan(1e-5);
      } else if (!(attack instanceof MinimumNormAttack)) {
        assertThat(margin).isGreaterThan(-1e-5);
      }
      if (attack instanceof BoundedAttack bounded) {
        double distance = bounded.norm().distance(attacked.pixels(), original, i * PIXELS, PIXELS);
        assertThat(attacked.distance(bounded.norm(), i)).isEqualTo(distance);
        if (!(attack instanceof MinimumNormAttack) || !attacked.correct()[i]) {
          assertThat(distance).isLessThanOrEqualTo(eps + 1e-6);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(AttackKind.class)
  void resultsDependOnTheSeedAloneAndNotOnTheThreads(AttackKind kind) {
    SplittableRandom random = new SplittableRandom(8);
    Classifier classifier = AttackNetworks.random(4, random);
    LabeledImages images = AttackNetworks.imagesOf(classifier, 150, random);
    Attack attack = quick(kind, PerturbationNorm.L2, 5);
    float[] byOne;
    try (Workers workers = new Workers(1)) {
      byOne = new RobustnessEvaluation(classifier, images, workers).perturb(attack, 0.3);
    }
    try (Workers workers = new Workers(3)) {
      RobustnessEvaluation evaluation = new RobustnessEvaluation(classifier, images, workers);
      assertThat(evaluation.perturb(attack, 0.3)).isEqualTo(byOne);
      assertThat(evaluation.perturb(attack, 0)).isEqualTo(AttackNetworks.values(images.pixels()));
    }
  }

  /** The distance of an image to the boundary of an affine network has a closed form. */
  @ParameterizedTest
  @EnumSource(PerturbationNorm.class)
  void smallestPerturbationsOfAnAffineNetworkAreFound(PerturbationNorm norm) {
    SplittableRandom random = new SplittableRandom(6);
    double[] w = random.doubles(PIXELS, -1, 1).toArray();
    byte[] pixels = new byte[70 * PIXELS];
    for (int k = 0; k < pixels.length; k++) {
      pixels[k] = (byte) random.nextInt(100, 156);
    }
    float[] values = AttackNetworks.values(pixels);
    double centre = 0.5 * Arrays.stream(w).sum();
    Classifier affine =
        AttackNetworks.affine(
            Matrix.generate(2, PIXELS, (i, j) -> i == 0 ? w[j] : 0),
            Matrix.of(1, 2, -centre + 0.3, 0));
    byte[] labels = new byte[70];
    double[] margins = new double[70];
    for (int i = 0; i < 70; i++) {
      double[] z = DirectEvaluation.logits(affine, values, i);
      labels[i] = (byte) (z[1] > z[0] ? 1 : 0);
      margins[i] = Math.abs(z[0] - z[1]);
    }
    double dual =
        norm == PerturbationNorm.LINF
            ? Arrays.stream(w).map(Math::abs).sum()
            : Math.sqrt(Arrays.stream(w).map(x -> x * x).sum());
    LabeledImages images =
        new LabeledImages(AttackNetworks.ROWS, AttackNetworks.COLUMNS, 2, pixels, labels);
    List<BoundedAttack> attacks =
        new ArrayList<>(
            List.of(DeepFool.of(norm), Fab.of(norm, 1), Fab.targeted(norm, 1).withRestarts(2)));
    if (norm == PerturbationNorm.L2) {
      attacks.add(CarliniWagner.defaults());
    }
    try (Workers workers = new Workers(2)) {
      RobustnessEvaluation evaluation = new RobustnessEvaluation(affine, images, workers);
      for (BoundedAttack attack : attacks) {
        AttackedImages attacked = evaluation.attack(attack, 2, point -> {});
        for (int i = 0; i < 70; i++) {
          double exact = margins[i] / dual;
          double slack =
              attack instanceof CarliniWagner ? 0.2 : attack instanceof DeepFool ? 0.03 : 0.002;
          assertThat(attacked.correct()[i]).as(attack.id()).isFalse();
          assertThat(attacked.distance(norm, i))
              .as(attack.id())
              .isBetween(exact - 1e-6, exact * (1 + slack) + 1e-4);
        }
      }
    }
  }

  @Test
  void strongerAttacksLeaveFewerImages() {
    SplittableRandom random = new SplittableRandom(9);
    Classifier classifier = AttackNetworks.random(5, random);
    LabeledImages images = AttackNetworks.imagesOf(classifier, 300, random);
    try (Workers workers = new Workers(2)) {
      RobustnessEvaluation evaluation = new RobustnessEvaluation(classifier, images, workers);
      for (PerturbationNorm norm : PerturbationNorm.values()) {
        double eps = norm == PerturbationNorm.LINF ? 0.05 : 0.15;
        int fgsm = correct(evaluation, new Fgsm(norm), eps);
        int auto = correct(evaluation, Ensemble.autoAttack(norm, 1), eps);
        assertThat(fgsm).isBetween(20, 290);
        for (AttackKind kind : AttackKind.values()) {
          if (kind.norms().contains(norm)) {
            int left = correct(evaluation, kind.of(norm, AttackSettings.defaults(1)), eps);
            assertThat(auto).as(kind.id()).isLessThanOrEqualTo(left);
            if (kind.id().contains("noise")) {
              assertThat(left).isGreaterThan(fgsm);
            } else if (kind.id().startsWith("apgd") || kind.id().startsWith("fab")) {
              assertThat(left).as(kind.id()).isLessThanOrEqualTo(fgsm);
            }
          }
        }
      }
    }
  }

  private static int correct(RobustnessEvaluation evaluation, Attack attack, double eps) {
    return evaluation.attack(attack, eps, point -> {}).countCorrect();
  }

  @Test
  void aTransferFromTheNetworkItselfIsTheAttack() {
    SplittableRandom random = new SplittableRandom(10);
    Classifier classifier = AttackNetworks.random(4, random);
    Classifier other = AttackNetworks.random(4, random);
    LabeledImages images = AttackNetworks.imagesOf(classifier, 100, random);
    BoundedAttack pgd = AttackKind.PGD.onSource(PerturbationNorm.LINF, AttackSettings.defaults(2));
    try (Workers workers = new Workers(2)) {
      RobustnessEvaluation evaluation = new RobustnessEvaluation(classifier, images, workers);
      assertThat(evaluation.perturb(new Transfer(pgd, classifier), 0.1))
          .isEqualTo(evaluation.perturb(pgd, 0.1));
      assertThat(correct(evaluation, new Transfer(pgd, other), 0.1))
          .isGreaterThan(correct(evaluation, pgd, 0.1));
    }
  }

  @Test
  void refusesWhatDoesNotGoTogether() {
    AttackSettings iterations = new AttackSettings(5, null, null, null, null, 1);
    assertThatThrownBy(() -> AttackKind.FGSM.of(null, iterations))
        .hasMessageContaining("iterations does not apply to fgsm, only to bim, pgd");
    assertThatThrownBy(() -> AttackKind.CW.of(PerturbationNorm.LINF, AttackSettings.defaults(1)))
        .hasMessage("The attack cw does not know the norm linf, only l2.");
    assertThatThrownBy(() -> AttackKind.BLUR.of(PerturbationNorm.LINF, AttackSettings.defaults(1)))
        .hasMessageContaining("severity");
    assertThatThrownBy(() -> AttackKind.SQUARE.onSource(null, AttackSettings.defaults(1)))
        .hasMessageContaining("cannot be made on a source");
    Classifier two = AttackNetworks.random(2, new SplittableRandom(1));
    LabeledImages images = AttackNetworks.imagesOf(two, 5, new SplittableRandom(1));
    try (Workers workers = new Workers(1)) {
      RobustnessEvaluation evaluation = new RobustnessEvaluation(two, images, workers);
      for (AttackKind kind :
          new AttackKind[] {AttackKind.APGD_DLR, AttackKind.APGD_T, AttackKind.AUTOATTACK}) {
        assertThatThrownBy(
                () ->
                    evaluation.run(
                        kind.of(null, AttackSettings.defaults(1)), new double[] {0.1}, point -> {}))
            .as(kind.id())
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("there are 2");
      }
    }
  }

  @Test
  void corruptionsDoWhatTheyAreCalled() {
    SplittableRandom random = new SplittableRandom(3);
    Classifier classifier = AttackNetworks.random(3, random);
    LabeledImages images = AttackNetworks.imagesOf(classifier, 64, random);
    float[] original = AttackNetworks.values(images.pixels());
    try (Workers workers = new Workers(1)) {
      RobustnessEvaluation evaluation = new RobustnessEvaluation(classifier, images, workers);
      float[] bright = evaluation.perturb(new Corruption(Corruption.Kind.BRIGHTNESS, 1), 0.2);
      float[] flat = evaluation.perturb(new Corruption(Corruption.Kind.CONTRAST, 1), 1);
      float[] turned = evaluation.perturb(new Corruption(Corruption.Kind.ROTATION, 1), Math.PI);
      float[] noisy = evaluation.perturb(new Corruption(Corruption.Kind.SHOT_NOISE, 1), 0.01);
      double squares = 0;
      for (int k = 0; k < original.length; k++) {
        assertThat(bright[k]).isCloseTo(Math.min(1, original[k] + 0.2f), within(1e-6f));
        assertThat(flat[k]).isCloseTo(flat[k / PIXELS * PIXELS], within(1e-6f));
        int mirrored = k / PIXELS * PIXELS + PIXELS - 1 - k % PIXELS;
        assertThat(turned[k]).isCloseTo(original[mirrored], within(1e-5f));
        squares += original[k] < 0.8 ? Math.pow(noisy[k] - original[k], 2) / original.length : 0;
      }
      // Of variance ε x, x uniform.
      assertThat(Math.sqrt(squares)).isBetween(0.03, 0.08);
    }
  }
}
