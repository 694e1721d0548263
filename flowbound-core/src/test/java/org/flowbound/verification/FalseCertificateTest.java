package org.flowbound.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.flowbound.attack.Attack;
import org.flowbound.attack.Fgsm;
import org.flowbound.attack.PerturbationNorm;
import org.flowbound.attack.Pgd;
import org.flowbound.certification.LipschitzBounds;
import org.flowbound.certification.RadiusCertificate;
import org.flowbound.data.Dataset;
import org.flowbound.data.LabeledImages;
import org.flowbound.data.StrokeDigits;
import org.flowbound.field.Activation;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.parallel.Workers;
import org.flowbound.stability.Expansivity;
import org.flowbound.training.Trainer;
import org.flowbound.training.TrainingListener;
import org.flowbound.training.TrainingOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A certified radius larger than the distance of an adversarial example is a bug: the hunt. */
@Tag("slow")
class FalseCertificateTest {
  private static final int IMAGES = 1000;
  private static final Dataset DIGITS = StrokeDigits.generate(4000, IMAGES, 3);

  private record Example(int image, double distance) {}

  @ParameterizedTest
  @CsvSource({"EULER, smooth-leaky-relu", "MIDPOINT, tanh", "RK4, gelu"})
  void noAdversarialExampleLiesWithinACertifiedRadius(RungeKutta method, String activation) {
    Classifier classifier =
        new Trainer(
                new Architecture(
                    28,
                    28,
                    10,
                    12,
                    Activation.of(activation, 0.1),
                    new Discretization(method, 6, 1),
                    Normalization.NONE),
                DIGITS.training(),
                DIGITS.test(),
                TrainingOptions.defaults().withEpochs(6),
                TrainingListener.SILENT)
            .train()
            .classifier();
    double delta =
        Expansivity.of(classifier.odeWeight(), classifier.architecture().activation().slopes())
            .bound()
            .upper();
    LabeledImages images = DIGITS.test();
    LocalVerifier verifier = new LocalVerifier(classifier);
    int proved = 0;
    int refuted = 0;
    try (Workers workers = new Workers(2)) {
      RadiusCertificate global =
          new RadiusCertificate(classifier, LipschitzBounds.of(classifier, delta));
      for (PerturbationNorm norm : PerturbationNorm.values()) {
        double[] radii = global.radii(images, norm, workers);
        double[] budgets =
            norm == PerturbationNorm.L2 ? new double[] {0.1, 0.5} : new double[] {0.004, 0.02};
        for (double eps : budgets) {
          boolean[] certified = new boolean[IMAGES];
          for (int i = 0; i < IMAGES; i++) {
            float[] pixels = pixels(images, i);
            int label = images.label(i);
            certified[i] =
                radii[i] > eps
                    || verifier.proves(VerificationMethod.LOCAL, pixels, label, norm, eps)
                    || verifier.proves(VerificationMethod.REACH, pixels, label, norm, eps);
            proved += certified[i] ? 1 : 0;
          }
          for (Attack attack : List.of(new Fgsm(norm), Pgd.of(norm, 1))) {
            for (Example example : examples(classifier, images, attack, eps, workers)) {
              refuted++;
              // Single precision may overstep the budget by its rounding, which is no bug.
              if (example.distance() <= eps) {
                assertThat(certified[example.image()]).as("image %d", example.image()).isFalse();
              }
              assertThat(radii[example.image()]).isLessThan(example.distance());
            }
          }
        }
      }
    }
    assertThat(proved).isGreaterThan(IMAGES);
    assertThat(refuted).isGreaterThan(IMAGES / 2);
  }

  private static float[] pixels(LabeledImages images, int image) {
    float[] pixels = new float[images.size()];
    images.copyPixels(new int[] {image}, 0, 1, pixels);
    return pixels;
  }

  /** The attack's successes, confirmed in double precision. */
  private static List<Example> examples(
      Classifier classifier, LabeledImages images, Attack attack, double eps, Workers workers) {
    List<Example> examples = new ArrayList<>();
    int size = images.size();
    ParallelNetwork.of(classifier, workers)
        .forEachBatch(
            images,
            batch -> {
              float[] original = batch.pixels().clone();
              float[] perturbed = new float[batch.size() * size];
              attack.perturb(batch, eps, perturbed);
              for (int i = 0; i < batch.size(); i++) {
                double[] moved = new double[size];
                double squares = 0;
                double largest = 0;
                for (int p = 0; p < size; p++) {
                  moved[p] = perturbed[i * size + p];
                  double change = moved[p] - original[i * size + p];
                  squares += change * change;
                  largest = Math.max(largest, Math.abs(change));
                }
                double[] logits = ReferenceNetwork.logits(classifier, moved, (k, z) -> {});
                if (ReferenceNetwork.argmax(logits) != batch.labels()[i]) {
                  Example example =
                      new Example(
                          batch.first() + i,
                          attack.measure().equals(PerturbationNorm.L2.id()) ? Math.sqrt(squares) : largest);
                  synchronized (examples) {
                    examples.add(example);
                  }
                }
              }
            });
    return examples;
  }
}
