package org.flowbound.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.flowbound.attack.AttackKind;
import org.flowbound.attack.PerturbationNorm;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.data.Dataset;
import org.flowbound.data.StrokeDigits;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.Discretization;
import org.flowbound.model.ModelFile;
import org.flowbound.network.Normalization;
import org.flowbound.training.Checkpoint;
import org.flowbound.training.TrainingHistory;
import org.flowbound.training.TrainingListener;
import org.flowbound.training.TrainingOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
  static final Dataset DATASET = StrokeDigits.generate(1200, 300, 5);

  @TempDir private Path folder;

  static ComparisonOptions options() {
    return new ComparisonOptions(
        16,
        new SmoothLeakyRelu(0.1),
        Discretization.defaults(),
        Normalization.NONE,
        TrainingOptions.defaults().withEpochs(3).withBatchSize(32).withLearningRate(1e-2),
        List.of(-0.25),
        List.of(),
        Baseline.Strengths.defaults(),
        2.0,
        100,
        List.of(AttackKind.FGSM, AttackKind.PGD),
        PerturbationNorm.LINF,
        List.of(0.0, 0.05),
        100,
        List.of(0.0, 0.1),
        4,
        0.1,
        Duration.ofMillis(500));
  }

  private ComparisonResult run(ModelStore store, ComparisonListener listener) throws Exception {
    return new Comparison(DATASET, options(), store, listener)
        .run("test", "flowbound compare", Map.of("--target", "-0.25"));
  }

  @Test
  void trainsAttacksAndKeepsEveryModel() throws Exception {
    ModelFolder store = new ModelFolder(folder, false);
    ComparisonResult result = run(store, ComparisonListener.SILENT);
    store.removeCheckpoints();
    assertThat(result.models().stream().map(ComparisonResult.Model::name))
        .containsExactly("classical", "classical, κ = 2", "stable -0.25", "stable -0.25, κ = 2");
    for (ComparisonResult.Model model : result.models()) {
      assertThat(model.testAccuracy()).isGreaterThan(0.5);
      RobustnessCurve fgsm = model.attack("fgsm").orElseThrow();
      assertThat(fgsm.results().get(0).accuracy()).isEqualTo(model.testAccuracy());
      assertThat(fgsm.results().get(1).correct()).isLessThan(fgsm.results().get(0).correct());
      assertThat(model.attack("pgd").orElseThrow().results().get(1).correct())
          .isLessThanOrEqualTo(fgsm.results().get(1).correct());
      assertThat(model.sanity()).hasSize(7).allMatch(check -> !check.detail().isEmpty());
      assertThat(model.certified().results().get(0).certifiedAccuracy())
          .isCloseTo(model.testAccuracy(), org.assertj.core.api.Assertions.within(0.01));
      if (model.target() != null) {
        assertThat(model.delta().upper()).isLessThanOrEqualTo(model.target());
      }
      if (model.linearNorm() != null) {
        assertThat(model.inputNorm()).isLessThanOrEqualTo(2 + 1e-5);
        assertThat(model.outputNorm()).isLessThanOrEqualTo(2 + 1e-5);
      }
      assertThat(ModelFile.read(folder.resolve(model.file())).delta()).isEqualTo(model.delta());
    }
    try (Stream<Path> files = Files.list(folder.resolve("models"))) {
      assertThat(files).hasSize(4);
    }
  }

  @Test
  void baselinesAreTrainedAloneAndWithEveryTarget() throws Exception {
    ComparisonOptions all = options().withBaselines(List.of(Baseline.values()));
    List<ModelPlan> plans = ModelPlan.of(all);
    assertThat(plans).hasSize(4 + 2 * Baseline.values().length);
    assertThat(plans.stream().map(ModelPlan::name)).doesNotHaveDuplicates();
    assertThat(plans.stream().map(ModelPlan::fileName)).doesNotHaveDuplicates();
    assertThat(plans.stream().map(plan -> plan.training(all))).doesNotHaveDuplicates();

    ComparisonResult result =
        new Comparison(
                DATASET,
                options().withBaselines(List.of(Baseline.PGD)),
                new ModelFolder(folder, false),
                ComparisonListener.SILENT)
            .run("test", "flowbound compare --baselines pgd", Map.of());
    assertThat(result.models().stream().map(ComparisonResult.Model::name))
        .endsWith("PGD training", "PGD training, stable -0.25, κ = 2");
    ComparisonResult.Model stable = result.models().get(5);
    assertThat(stable.baseline()).isEqualTo("pgd");
    assertThat(stable.delta().upper()).isLessThanOrEqualTo(-0.25);
  }

  @Test
  void theGalleryShowsImagesThatTheFirstModelGetsRight() throws Exception {
    ComparisonResult result = run(new ModelFolder(folder, false), ComparisonListener.SILENT);
    assertThat(result.gallery()).hasSize(4);
    for (ComparisonResult.GalleryImage image : result.gallery()) {
      assertThat(image.label()).isEqualTo(DATASET.test().label(image.index()));
      assertThat(image.twins().get(0).cleanPrediction()).isEqualTo(image.label());
      for (ComparisonResult.Adversarial twin : image.twins()) {
        float largest = 0;
        for (int k = 0; k < twin.pixels().length; k++) {
          largest = Math.max(largest, Math.abs(twin.pixels()[k] - image.pixels()[k]));
        }
        assertThat(largest).isBetween(0.09f, 0.1000001f);
      }
    }
  }

  @Test
  void anInterruptedComparisonGoesOnWithTheSameResult() throws Exception {
    ComparisonResult whole =
        run(new ModelFolder(folder.resolve("whole"), false), ComparisonListener.SILENT);
    Path part = folder.resolve("part");
    ComparisonListener interrupting =
        new ComparisonListener() {
          @Override
          public TrainingListener training(String name, int number, int all) {
            return new TrainingListener() {
              @Override
              public void epoch(TrainingHistory.Epoch epoch, Checkpoint checkpoint) {
                if (number == 3 && epoch.epoch() == 2) {
                  Thread.currentThread().interrupt();
                }
              }
            };
          }
        };
    assertThatThrownBy(() -> run(new ModelFolder(part, false), interrupting))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isTrue();
    try (Stream<Path> files = Files.list(part.resolve("models"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "classical.safetensors",
              "classical.checkpoint.safetensors",
              "classical_kappa_2.safetensors",
              "classical_kappa_2.checkpoint.safetensors",
              "stable_-0.25.checkpoint.safetensors");
    }
    int[] trained = new int[5];
    ComparisonListener counting =
        new ComparisonListener() {
          @Override
          public TrainingListener training(String name, int number, int all) {
            return new TrainingListener() {
              @Override
              public void epoch(TrainingHistory.Epoch epoch, Checkpoint checkpoint) {
                trained[number]++;
              }
            };
          }
        };
    ComparisonResult resumed = run(new ModelFolder(part, true), counting);
    assertThat(trained).containsExactly(0, 0, 0, 1, 3);
    for (int k = 0; k < 4; k++) {
      assertThat(resumed.models().get(k).attacks()).isEqualTo(whole.models().get(k).attacks());
    }
  }
}
