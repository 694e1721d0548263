package org.flowbound.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.flowbound.certification.LipschitzBounds;
import org.flowbound.certification.RadiusCertificate;
import org.flowbound.data.Dataset;
import org.flowbound.data.LabeledImages;
import org.flowbound.data.StrokeDigits;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.Discretization;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.DirectEvaluation;
import org.flowbound.network.Normalization;
import org.flowbound.parallel.Workers;
import org.flowbound.stability.Expansivity;
import org.flowbound.training.Trainer;
import org.flowbound.training.TrainingListener;
import org.flowbound.training.TrainingOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** No attack may find an example within a certified radius: hunts for one that does. */
class CertifiedRadiusTest {
  private static double[] radii(Classifier classifier, LabeledImages images, Workers workers) {
    double delta =
        Expansivity.of(classifier.odeWeight(), classifier.architecture().activation().slopes())
            .bound()
            .upper();
    return new RadiusCertificate(classifier, LipschitzBounds.of(classifier, delta))
        .radii(images, workers);
  }

  /** Returns by how much the closest example of all exceeds its radius: the ratio, at least 1. */
  private static double hunt(
      Classifier classifier, LabeledImages images, List<? extends Attack> attacks, double[] eps) {
    double closest = Double.POSITIVE_INFINITY;
    try (Workers workers = new Workers(2)) {
      double[] radii = radii(classifier, images, workers);
      RobustnessEvaluation evaluation = new RobustnessEvaluation(classifier, images, workers);
      for (Attack attack : attacks) {
        List<AttackedImages> all = new ArrayList<>();
        if (attack instanceof MinimumNormAttack) {
          all.add(evaluation.attack(attack, 100, point -> {}));
        } else {
          for (double budget : eps) {
            all.add(evaluation.attack(attack, budget, point -> {}));
          }
        }
        for (AttackedImages attacked : all) {
          for (int i = 0; i < images.count(); i++) {
            if (radii[i] > 0 && !attacked.correct()[i]) {
              double[] z = DirectEvaluation.logits(classifier, attacked.pixels(), i);
              if (z[images.label(i)] <= z[AttackLoss.rival(z, images.label(i))]) {
                double distance = attacked.distance(PerturbationNorm.L2, i);
                assertThat(distance).as(attack.id() + ", image " + i).isGreaterThan(radii[i]);
                closest = Math.min(closest, distance / radii[i]);
              }
            }
          }
        }
      }
    }
    return closest;
  }

  private static List<Attack> all(long seed) {
    List<Attack> attacks = new ArrayList<>();
    for (AttackKind kind : AttackKind.values()) {
      if (kind.norms().contains(PerturbationNorm.L2) && kind != AttackKind.AUTOATTACK) {
        attacks.add(
            kind == AttackKind.SQUARE
                ? Square.of(PerturbationNorm.L2, seed).withQueries(200)
                : kind == AttackKind.CW
                    ? CarliniWagner.defaults().withIterations(60)
                    : kind.of(PerturbationNorm.L2, AttackSettings.defaults(seed)));
      }
    }
    return attacks;
  }

  @Test
  void noAttackOnSmallNetworksFindsAnExampleWithinTheRadius() {
    double closest = Double.POSITIVE_INFINITY;
    for (long seed = 1; seed <= 3; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Classifier classifier = AttackNetworks.random(4, random);
      LabeledImages images = AttackNetworks.imagesOf(classifier, 100, random);
      closest =
          Math.min(closest, hunt(classifier, images, all(seed), new double[] {0.05, 0.1, 0.2}));
    }
    // The hunt comes close enough to mean something.
    assertThat(closest).isLessThan(2);
  }

  @Test
  @Tag("slow")
  void noAttackOnTrainedNetworksFindsAnExampleWithinTheRadius() {
    Dataset strokes = StrokeDigits.generate(6000, 1000, 1);
    Architecture architecture =
        new Architecture(
            28,
            28,
            10,
            64,
            new SmoothLeakyRelu(0.1),
            Discretization.defaults(),
            Normalization.NONE);
    for (double target : new double[] {0.5, -0.5}) {
      TrainingOptions options =
          TrainingOptions.defaults().withEpochs(4).withTarget(target).withLinearNorm(2.0);
      Classifier classifier =
          new Trainer(architecture, strokes.training(), null, options, TrainingListener.SILENT)
              .train()
              .classifier();
      List<Attack> attacks = new ArrayList<>(all(1));
      attacks.removeIf(attack -> attack instanceof Square || attack instanceof CarliniWagner);
      hunt(classifier, strokes.test(), attacks, new double[] {0.2, 0.5, 1, 2});
      hunt(
          classifier,
          strokes.test().take(200),
          List.of(CarliniWagner.defaults(), Square.of(PerturbationNorm.L2, 1).withQueries(500)),
          new double[] {0.5, 1, 2});
      // Gradients beat a single step on trained networks too.
      try (Workers workers = new Workers(2)) {
        RobustnessEvaluation evaluation =
            new RobustnessEvaluation(classifier, strokes.test(), workers);
        for (PerturbationNorm norm : PerturbationNorm.values()) {
          double[] eps = {norm == PerturbationNorm.LINF ? 0.05 : 0.7};
          int fgsm = evaluation.run(new Fgsm(norm), eps, point -> {}).results().get(0).correct();
          int pgd = evaluation.run(Pgd.of(norm, 1), eps, point -> {}).results().get(0).correct();
          int auto =
              evaluation.run(Apgd.targeted(norm, 1), eps, point -> {}).results().get(0).correct();
          assertThat(pgd).isLessThanOrEqualTo(fgsm);
          assertThat(auto).isLessThanOrEqualTo(pgd);
        }
      }
    }
  }
}
