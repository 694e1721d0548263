package org.flowbound.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.flowbound.data.LabeledImages;
import org.flowbound.field.Activation;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.Backward;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.Precision;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.network.Parameters;
import org.flowbound.parallel.Workers;
import org.flowbound.stability.Enumeration;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.LogarithmicNorm;
import org.flowbound.stability.Norm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TrainerTest {
  private static final LabeledImages TRAINING = quadrants(700, 1);
  private static final LabeledImages VALIDATION = quadrants(200, 2);
  private static final TrainingOptions OPTIONS =
      TrainingOptions.defaults().withEpochs(4).withBatchSize(100).withLearningRate(5e-3);

  private static final OptimizerOptions OPTIMIZER = OptimizerOptions.defaults();

  /** Images that are brighter in one quadrant, which is their class. */
  private static LabeledImages quadrants(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] pixels = new byte[count * 36];
    byte[] labels = new byte[count];
    for (int i = 0; i < count; i++) {
      int label = random.nextInt(4);
      labels[i] = (byte) label;
      for (int row = 0; row < 6; row++) {
        for (int column = 0; column < 6; column++) {
          int quadrant = 2 * (row / 3) + column / 3;
          int bright = quadrant == label ? 120 : 60;
          pixels[i * 36 + row * 6 + column] = (byte) (bright + random.nextInt(120));
        }
      }
    }
    return new LabeledImages(6, 6, 4, pixels, labels);
  }

  private static Architecture architecture() {
    return new Architecture(
        6,
        6,
        4,
        8,
        new SmoothLeakyRelu(0.1),
        new Discretization(RungeKutta.EULER, 5, 1),
        Normalization.NONE);
  }

  private static Checkpoint train(TrainingOptions options, TrainingListener listener) {
    return new Trainer(architecture(), TRAINING, VALIDATION, options, listener).train();
  }

  @Test
  void learns() {
    Checkpoint trained = train(OPTIONS.withEpochs(25), TrainingListener.SILENT);
    try (Workers workers = new Workers(1)) {
      int correct = ParallelNetwork.of(trained.classifier(), workers).countCorrect(VALIDATION);
      assertThat(correct).isGreaterThan(190);
      TrainingHistory.Epoch last = trained.history().epochs().get(24);
      assertThat(last.validationAccuracy()).isEqualTo(correct / 200.0);
      assertThat(last.loss()).isLessThan(trained.history().epochs().get(0).loss());
    }
  }

  private static TrainingOptions everything() {
    return OPTIONS
        .withSamples(new SampleOptions(1, 0.1))
        .withOptimizer(
            OPTIMIZER
                .withMethod(OptimizerMethod.SGD)
                .withNesterov(true)
                .withLearningRate(0.1)
                .withSchedule(LearningRateSchedule.ONE_CYCLE)
                .withWarmup(0.5)
                .withWeightDecay(1e-3)
                .withClip(0.5))
        .withTarget(0.2)
        .withLinearNorm(1.5)
        .withSelection(new SelectionOptions(true, 3));
  }

  private static void assertSame(Checkpoint actual, Checkpoint expected) {
    assertThat(vector(actual.classifier())).isEqualTo(vector(expected.classifier()));
    assertThat(vector(actual.kept())).isEqualTo(vector(expected.kept()));
    assertThat(actual.optimizer().steps()).isEqualTo(expected.optimizer().steps());
    assertThat(actual.optimizer().vectors().toArray(float[][]::new))
        .isDeepEqualTo(expected.optimizer().vectors().toArray(float[][]::new));
    assertThat(actual.projectionMemory()).isEqualTo(expected.projectionMemory());
    assertThat(actual.history().epochs().stream().map(TrainerTest::timeless))
        .isEqualTo(expected.history().epochs().stream().map(TrainerTest::timeless).toList());
  }

  private static float[] vector(Classifier classifier) {
    NativeMatrix vector = Parameters.of(classifier, Precision.FLOAT32).vector();
    float[] entries = new float[vector.size()];
    vector.read(0, entries, entries.length);
    return entries;
  }

  private static TrainingHistory.Epoch timeless(TrainingHistory.Epoch epoch) {
    return new TrainingHistory.Epoch(
        epoch.epoch(),
        epoch.loss(),
        epoch.trainAccuracy(),
        epoch.validationAccuracy(),
        epoch.delta(),
        epoch.learningRate(),
        epoch.norms(),
        epoch.projections(),
        epoch.projectedDistance(),
        0);
  }

  @Test
  void neitherThreadsNorMemoryChangeTheResultOfAnyOption() {
    Checkpoint one = train(everything().withThreads(1), TrainingListener.SILENT);
    Checkpoint three =
        train(
            everything().withThreads(3).withBackward(Backward.CHECKPOINT), TrainingListener.SILENT);
    assertSame(three, one);
  }

  @Test
  void goesOnFromEveryCheckpointWithAnyOption() {
    List<Checkpoint> kept = new ArrayList<>();
    Checkpoint whole = train(everything(), keepIn(kept));
    for (Checkpoint checkpoint : kept) {
      assertSame(
          new Trainer(architecture(), TRAINING, VALIDATION, everything(), TrainingListener.SILENT)
              .resume(checkpoint),
          whole);
    }
  }

  private static TrainingListener keepIn(List<Checkpoint> kept) {
    return new TrainingListener() {
      @Override
      public void epoch(TrainingHistory.Epoch epoch, Checkpoint checkpoint) {
        kept.add(checkpoint);
      }
    };
  }

  @Test
  void keepsTheBestClassifierAndStopsWhenItsPatienceEnds() {
    TrainingOptions options =
        OPTIONS
            .withEpochs(60)
            .withOptimizer(OPTIMIZER.withLearningRate(0.05))
            .withSelection(new SelectionOptions(true, 2));
    List<Checkpoint> kept = new ArrayList<>();
    Checkpoint last = train(options, keepIn(kept));
    List<Double> accuracies =
        last.history().epochs().stream().map(TrainingHistory.Epoch::validationAccuracy).toList();
    double best = Collections.max(accuracies);
    int first = accuracies.indexOf(best);
    assertThat(accuracies).hasSize(Math.min(60, first + 3)).hasSizeLessThan(60);
    assertThat(vector(last.kept())).isEqualTo(vector(kept.get(first).classifier()));
    assertThat(vector(last.kept())).isNotEqualTo(vector(last.classifier()));
    assertThatThrownBy(
            () ->
                new Trainer(architecture(), TRAINING, null, options, TrainingListener.SILENT)
                    .train())
        .hasMessageContaining("validation images");
  }

  @ParameterizedTest
  @EnumSource(OptimizerMethod.class)
  void everyMethodLearns(OptimizerMethod method) {
    TrainingOptions options =
        OPTIONS
            .withEpochs(25)
            .withSamples(new SampleOptions(0, 0.05))
            .withOptimizer(
                OPTIMIZER
                    .withMethod(method)
                    .withLearningRate(method == OptimizerMethod.SGD ? 0.05 : 5e-3));
    List<TrainingHistory.Epoch> epochs = train(options, TrainingListener.SILENT).history().epochs();
    assertThat(epochs.get(24).validationAccuracy()).isGreaterThan(0.95);
    assertThat(epochs.get(0).norms().gradient()).isPositive();
  }

  @Test
  void theNumberOfThreadsDoesNotChangeTheResult() {
    Classifier one = train(OPTIONS.withThreads(1), TrainingListener.SILENT).classifier();
    Classifier three = train(OPTIONS.withThreads(3), TrainingListener.SILENT).classifier();
    assertThat(three.inputWeight()).isEqualTo(one.inputWeight());
    assertThat(three.odeWeight()).isEqualTo(one.odeWeight());
    assertThat(three.outputBias()).isEqualTo(one.outputBias());
    Classifier other = train(OPTIONS.withSeed(2), TrainingListener.SILENT).classifier();
    assertThat(other.odeWeight()).isNotEqualTo(one.odeWeight());
  }

  private static final ObjectiveOptions EVERYTHING =
      new ObjectiveOptions(
          0.05, AdversarialTraining.of(AdversarialTraining.Method.TRADES, 0.02), 0.02, 1e-3, 1e-3);

  private static TrainingOptions constrained(Stability method, LinearLayers layers) {
    return OPTIONS.withStability(
        StabilityOptions.none()
            .withTarget(-0.2)
            .withMethod(method)
            .withProjectEvery(3)
            .withLinearNorm(1.5)
            .withLinearLayers(layers));
  }

  @ParameterizedTest
  @EnumSource(Stability.class)
  void goesOnFromACheckpointAsIfItHadNeverStopped(Stability method) {
    TrainingOptions options =
        constrained(method, LinearLayers.ORTHOGONAL).withObjective(EVERYTHING);
    List<Checkpoint> kept = new ArrayList<>();
    Checkpoint whole =
        train(
            options,
            new TrainingListener() {
              @Override
              public void epoch(TrainingHistory.Epoch epoch, Checkpoint checkpoint) {
                kept.add(checkpoint);
              }
            });
    assertThat(kept).hasSize(4);
    Checkpoint resumed =
        new Trainer(
                architecture(),
                TRAINING,
                VALIDATION,
                options.withThreads(3),
                TrainingListener.SILENT)
            .resume(kept.get(1));
    assertThat(resumed.classifier().odeWeight()).isEqualTo(whole.classifier().odeWeight());
    assertThat(resumed.classifier().inputWeight()).isEqualTo(whole.classifier().inputWeight());
    assertSame(resumed, whole);
    assertThat(resumed.epochs()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({
    "PROJECT, -0.5", "PENALTY, -0.5", "PARAMETRIZED, -0.5",
    "PROJECT, 0", "PENALTY, 0", "PARAMETRIZED, 0",
    "PROJECT, 0.4", "PENALTY, 0.4", "PARAMETRIZED, 0.4"
  })
  void keepsTheConstraintsAtTheEndOfEveryEpoch(Stability method, double target) {
    double kappa = 0.8;
    TrainingOptions options =
        OPTIONS.withStability(
            StabilityOptions.none().withMethod(method).withTarget(target).withLinearNorm(kappa));
    Checkpoint last =
        train(
            options,
            new TrainingListener() {
              @Override
              public void epoch(TrainingHistory.Epoch epoch, Checkpoint checkpoint) {
                Classifier classifier = checkpoint.classifier();
                assertThat(epoch.delta().upper()).isLessThanOrEqualTo(target);
                assertThat(
                        Expansivity.of(
                                classifier.odeWeight(),
                                classifier.architecture().activation().slopes())
                            .bound()
                            .upper())
                    .isLessThanOrEqualTo(target);
                assertThat(SymmetricEigen.spectralNorm(classifier.inputWeight()))
                    .isLessThanOrEqualTo(kappa * (1 + 1e-6));
                assertThat(SymmetricEigen.spectralNorm(classifier.outputWeight()))
                    .isLessThanOrEqualTo(kappa * (1 + 1e-6));
              }
            });
    if (method == Stability.PARAMETRIZED) {
      assertThat(last.history().projections()).isZero();
      assertThat(last.history().projectedDistance()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tanh, PROJECT, 0.3",
    "tanh, PENALTY, 0.3",
    "tanh, PARAMETRIZED, 0.3",
    "tanh, PROJECT, 0.001",
    "tanh, PARAMETRIZED, 0.001",
    "silu, PROJECT, 0.3",
    "silu, PENALTY, 0.3",
    "silu, PARAMETRIZED, 0.3",
    "identity, PROJECT, -0.5",
    "identity, PENALTY, -0.5",
    "identity, PARAMETRIZED, -0.5",
    "sigmoid, PARAMETRIZED, 0.1",
    "gelu, PARAMETRIZED, 0.5"
  })
  void keepsTheConstraintWithEveryKindOfSlopes(String id, Stability method, double target) {
    Architecture architecture =
        new Architecture(
            6,
            6,
            4,
            5,
            Activation.of(id, 0.1),
            new Discretization(RungeKutta.EULER, 5, 1),
            Normalization.NONE);
    Checkpoint trained =
        new Trainer(
                architecture,
                TRAINING,
                null,
                OPTIONS
                    .withEpochs(2)
                    .withStability(StabilityOptions.none().withMethod(method).withTarget(target)),
                TrainingListener.SILENT)
            .train();
    assertThat(
            Enumeration.maximum(
                trained.classifier().odeWeight(), architecture.activation().slopes(), Norm.TWO))
        .isLessThanOrEqualTo(target);
    assertThat(trained.history().epochs())
        .allMatch(epoch -> epoch.delta().upper() <= target && Double.isFinite(epoch.loss()));
  }

  @Test
  void orthogonalLayersHaveOneSingularValue() {
    Classifier classifier =
        train(constrained(Stability.PROJECT, LinearLayers.ORTHOGONAL), TrainingListener.SILENT)
            .classifier();
    for (Matrix weight : List.of(classifier.inputWeight(), classifier.outputWeight())) {
      Matrix gram = Blas.multiply(weight, weight.transpose());
      assertThat(gram.minus(Matrix.identity(gram.rows()).times(1.5 * 1.5)).maxAbs())
          .isLessThan(1e-5);
    }
  }

  @Test
  void everyObjectiveLearns() {
    for (ObjectiveOptions objective :
        List.of(
            ObjectiveOptions.crossEntropy().withMarginEps(0.02),
            ObjectiveOptions.crossEntropy()
                .withAdversarial(AdversarialTraining.of(AdversarialTraining.Method.FGSM, 0.02)),
            ObjectiveOptions.crossEntropy()
                .withAdversarial(AdversarialTraining.of(AdversarialTraining.Method.PGD, 0.02)),
            ObjectiveOptions.crossEntropy()
                .withAdversarial(AdversarialTraining.of(AdversarialTraining.Method.TRADES, 0.02)),
            ObjectiveOptions.crossEntropy().withNoiseDeviation(0.1))) {
      Checkpoint trained =
          train(
              OPTIONS.withEpochs(12).withObjective(objective).withLinearNorm(5.0).withTarget(1.0),
              TrainingListener.SILENT);
      assertThat(trained.history().epochs().get(11).validationAccuracy())
          .as("%s", objective)
          .isGreaterThan(0.8);
    }
  }

  @Test
  void regularisersLowerWhatTheyPenalise() {
    TrainingOptions options = OPTIONS.withEpochs(10);
    Classifier plain = train(options, TrainingListener.SILENT).classifier();
    Classifier contractive =
        train(
                options.withObjective(
                    ObjectiveOptions.crossEntropy().withContractivityWeight(0.05)),
                TrainingListener.SILENT)
            .classifier();
    assertThat(LogarithmicNorm.of(contractive.odeWeight(), Norm.INFINITY))
        .isLessThan(0.5 * LogarithmicNorm.of(plain.odeWeight(), Norm.INFINITY));
    Classifier flat =
        train(
                options.withObjective(ObjectiveOptions.crossEntropy().withJacobianWeight(0.1)),
                TrainingListener.SILENT)
            .classifier();
    assertThat(flat.inputWeight().frobeniusNorm() * flat.outputWeight().frobeniusNorm())
        .isLessThan(
            0.8 * plain.inputWeight().frobeniusNorm() * plain.outputWeight().frobeniusNorm());
  }

  @Test
  void weightsDecayAndBiasesDoNot() {
    // With a learning rate of nearly zero, decay is all that happens.
    TrainingOptions options =
        OPTIONS
            .withEpochs(1)
            .withOptimizer(
                OPTIMIZER
                    .withLearningRate(1e-9)
                    .withSchedule(LearningRateSchedule.CONSTANT)
                    .withWeightDecay(1e8));
    Classifier start = train(options.withEpochs(0), TrainingListener.SILENT).classifier();
    Classifier end = train(options, TrainingListener.SILENT).classifier();
    double factor = Math.pow(0.9, 7);
    assertThat(end.odeWeight().minus(start.odeWeight().times(factor)).maxAbs()).isLessThan(1e-6);
    assertThat(end.outputWeight().minus(start.outputWeight().times(factor)).maxAbs())
        .isLessThan(1e-6);
    assertThat(end.odeBias().minus(start.odeBias()).maxAbs()).isLessThan(1e-6);
  }

  @Test
  void stopsWhenTheLossIsNotFinite() {
    TrainingOptions wild = OPTIONS.withLearningRate(1e30);
    assertThatThrownBy(() -> train(wild, TrainingListener.SILENT))
        .isInstanceOf(DivergenceException.class)
        .hasMessageContaining("learning rate");
  }

  @Test
  void refusesWhatDoesNotFit() {
    TrainingOptions unbounded =
        OPTIONS
            .withObjective(ObjectiveOptions.crossEntropy().withMarginEps(0.5))
            .withLinearNorm(1.0);
    assertThatThrownBy(() -> train(unbounded, TrainingListener.SILENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("margin (0.5)");
    LabeledImages none = TRAINING.take(0);
    assertThatThrownBy(
            () -> new Trainer(architecture(), none, null, OPTIONS, TrainingListener.SILENT))
        .hasMessageContaining("no training images");
    LabeledImages large = new LabeledImages(7, 6, 4, new byte[42], new byte[1]);
    assertThatThrownBy(
            () -> new Trainer(architecture(), large, null, OPTIONS, TrainingListener.SILENT))
        .hasMessageContaining("42");
    assertThatThrownBy(() -> OPTIONS.withBatchSize(0)).hasMessageContaining("batch size (0)");
    assertThatThrownBy(() -> OPTIONS.withTarget(Double.NaN)).hasMessageContaining("NaN");
  }
}
