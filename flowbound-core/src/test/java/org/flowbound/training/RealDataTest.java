package org.flowbound.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.flowbound.attack.Fgsm;
import org.flowbound.attack.PerturbationNorm;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.attack.RobustnessEvaluation;
import org.flowbound.data.Dataset;
import org.flowbound.data.IdxDataset;
import org.flowbound.data.LabeledImages;
import org.flowbound.data.SharedData;
import org.flowbound.data.StrokeDigits;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.Discretization;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.BatchNetwork;
import org.flowbound.network.Classifier;
import org.flowbound.network.DirectEvaluation;
import org.flowbound.network.Normalization;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.network.Parameters;
import org.flowbound.parallel.Workers;
import org.flowbound.stability.Expansivity;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The experiment on whole data sets: what classical and stabilised networks reach. */
@Tag("slow")
class RealDataTest {
  private static final TrainingOptions OPTIONS =
      TrainingOptions.defaults().withEpochs(10).withLearningRate(5e-3);

  private static Checkpoint train(LabeledImages images, TrainingOptions options) {
    Architecture architecture =
        new Architecture(
            28,
            28,
            10,
            64,
            new SmoothLeakyRelu(0.1),
            Discretization.defaults(),
            Normalization.NONE);
    LabeledImages.Split split = images.split(images.count() / 12, 1);
    return new Trainer(
            architecture, split.training(), split.validation(), options, TrainingListener.SILENT)
        .train();
  }

  private static RobustnessCurve fgsm(Classifier classifier, LabeledImages images) {
    try (Workers workers = new Workers(Runtime.getRuntime().availableProcessors())) {
      return new RobustnessEvaluation(classifier, images, workers)
          .run(new Fgsm(PerturbationNorm.LINF), new double[] {0, 0.05}, point -> {});
    }
  }

  @Test
  void stabilityBuysRobustnessOnMnist() throws Exception {
    Dataset mnist = IdxDataset.read(SharedData.folder("mnist"), "mnist");
    Checkpoint classical = train(mnist.training(), OPTIONS);
    Checkpoint stable = train(mnist.training(), OPTIONS.withTarget(-0.5).withLinearNorm(3.0));
    RobustnessCurve ofClassical = fgsm(classical.classifier(), mnist.test());
    RobustnessCurve ofStable = fgsm(stable.classifier(), mnist.test());

    assertThat(ofClassical.results().get(0).accuracy()).isGreaterThanOrEqualTo(0.975);
    assertThat(ofStable.results().get(0).accuracy()).isGreaterThanOrEqualTo(0.96);
    assertThat(ofStable.results().get(1).accuracy())
        .isGreaterThanOrEqualTo(ofClassical.results().get(1).accuracy() + 0.3);
    Classifier classifier = stable.classifier();
    assertThat(
            Expansivity.of(classifier.odeWeight(), classifier.architecture().activation().slopes())
                .bound()
                .upper())
        .isLessThanOrEqualTo(-0.5);
    assertThat(stable.history().epochs()).allMatch(epoch -> epoch.delta().upper() <= -0.5);
    logitsAgreeWithADirectEvaluation(classical.classifier(), mnist.test());
    logitsAgreeWithADirectEvaluation(classifier, mnist.test());
  }

  private static void logitsAgreeWithADirectEvaluation(
      Classifier classifier, LabeledImages images) {
    int m = ParallelNetwork.BATCH;
    int[] order = new int[m];
    for (int i = 0; i < m; i++) {
      order[i] = 100 * i;
    }
    float[] pixels = new float[m * images.size()];
    images.copyPixels(order, 0, m, pixels);
    BatchNetwork network = new BatchNetwork(Parameters.of(classifier, Precision.FLOAT32), m);
    network.load(pixels, m);
    NativeMatrix logits = network.forward();
    for (int i = 0; i < m; i++) {
      double[] expected = DirectEvaluation.logits(classifier, pixels, i);
      for (int k = 0; k < expected.length; k++) {
        assertThat(logits.get(i, k)).isCloseTo(expected[k], within(1e-4));
      }
    }
  }

  @Test
  void theEmbeddedDigitsAreEasyForANetwork() {
    Dataset strokes = StrokeDigits.generate();
    Checkpoint trained = train(strokes.training(), OPTIONS.withEpochs(20));
    assertThat(fgsm(trained.classifier(), strokes.test()).results().get(0).accuracy())
        .isGreaterThan(0.97);
  }
}
