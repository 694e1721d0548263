package org.flowbound.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.comparison.ComparisonResult.Model;
import org.flowbound.training.Checkpoint;
import org.flowbound.training.TrainingHistory;
import org.flowbound.training.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicatedComparisonTest {
  @TempDir private Path folder;

  private static ComparisonResult run(
      List<Long> seeds, ModelStore store, ComparisonListener listener) throws Exception {
    return new ReplicatedComparison(
            ComparisonTest.DATASET, ComparisonTest.options(), seeds, store, listener)
        .run("test", "flowbound compare", Map.of());
  }

  private ComparisonResult single(long seed) throws Exception {
    return new Comparison(
            ComparisonTest.DATASET,
            ComparisonTest.options()
                .withTraining(ComparisonTest.options().training().withSeed(seed)),
            new ModelFolder(folder.resolve("single"), false),
            ComparisonListener.SILENT)
        .run("test", "flowbound compare", Map.of());
  }

  private static double deviation(double a, double b) {
    return Math.abs(a - b) / Math.sqrt(2);
  }

  @Test
  void twoSeedsAreTheMeanOfTheirRuns() throws Exception {
    List<String> heard = new ArrayList<>();
    ComparisonListener listener =
        new ComparisonListener() {
          @Override
          public TrainingListener training(String name, int number, int all) {
            heard.add("%d of %d: %s".formatted(number, all, name));
            return TrainingListener.SILENT;
          }
        };
    ModelFolder store = new ModelFolder(folder, false);
    ComparisonResult both = run(List.of(7L, 3L), store, listener);
    ComparisonResult seven = single(7);
    ComparisonResult three = single(3);

    assertThat(both.seeds()).containsExactly(7L, 3L);
    assertThat(heard)
        .hasSize(8)
        .startsWith("1 of 8: classical, seed 7")
        .endsWith("8 of 8: stable -0.25, κ = 2, seed 3");
    boolean differ = false;
    for (int m = 0; m < 4; m++) {
      Model mean = both.models().get(m);
      Model a = seven.models().get(m);
      Model b = three.models().get(m);
      assertThat(both.runs().get(0).models().get(m).attacks()).isEqualTo(a.attacks());
      assertThat(both.runs().get(1).models().get(m).attacks()).isEqualTo(b.attacks());
      Spread clean = both.spread(mean, Model::testAccuracy);
      assertThat(mean.testAccuracy()).isEqualTo((a.testAccuracy() + b.testAccuracy()) / 2);
      assertThat(clean.mean()).isEqualTo(mean.testAccuracy());
      assertThat(clean.deviation())
          .isCloseTo(deviation(a.testAccuracy(), b.testAccuracy()), within(1e-15));
      for (String attack : List.of("fgsm", "pgd")) {
        for (double eps : List.of(0.0, 0.05)) {
          RobustnessCurve.Point point = mean.attack(attack).orElseThrow().at(eps).orElseThrow();
          assertThat(point.total()).isEqualTo(600);
          assertThat(point.accuracy())
              .isCloseTo((a.accuracy(attack, eps) + b.accuracy(attack, eps)) / 2, within(1e-15));
          assertThat(both.spread(mean, model -> model.accuracy(attack, eps)).deviation())
              .isCloseTo(
                  deviation(a.accuracy(attack, eps), b.accuracy(attack, eps)), within(1e-15));
          differ |= a.accuracy(attack, eps) != b.accuracy(attack, eps);
        }
      }
      assertThat(mean.certifiedAccuracy(0.1))
          .isCloseTo((a.certifiedAccuracy(0.1) + b.certifiedAccuracy(0.1)) / 2, within(1e-15));
      assertThat(mean.delta().upper()).isEqualTo(Math.max(a.delta().upper(), b.delta().upper()));
      assertThat(mean.delta().lower()).isEqualTo(Math.max(a.delta().lower(), b.delta().lower()));
    }
    assertThat(differ).isTrue();

    store.removeCheckpoints();
    try (Stream<Path> files = Files.list(folder.resolve("models"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .hasSize(8)
          .contains("classical_seed_7.safetensors", "stable_-0.25_kappa_2_seed_3.safetensors");
    }
  }

  @Test
  void aResumedComparisonTrainsOnlyWhatIsMissing() throws Exception {
    run(List.of(1L, 2L), new ModelFolder(folder, false), ComparisonListener.SILENT);
    List<String> trained = new ArrayList<>();
    ComparisonListener counting =
        new ComparisonListener() {
          @Override
          public TrainingListener training(String name, int number, int all) {
            return new TrainingListener() {
              @Override
              public void epoch(TrainingHistory.Epoch epoch, Checkpoint checkpoint) {
                trained.add(name);
              }
            };
          }
        };
    Files.delete(folder.resolve("models/classical_seed_2.checkpoint.safetensors"));
    run(List.of(1L, 2L), new ModelFolder(folder, true), counting);
    assertThat(trained).hasSize(3).containsOnly("classical, seed 2");
  }

  @Test
  void oneSeedIsAComparisonLikeAnyOther() throws Exception {
    ComparisonResult one =
        run(List.of(7L), new ModelFolder(folder, false), ComparisonListener.SILENT);
    assertThat(one.isReplicated()).isFalse();
    assertThat(one.seeds()).containsExactly(7L);
    assertThat(one.models().get(0).file()).isEqualTo("models/classical.safetensors");
    assertThat(one.spread(one.models().get(0), Model::testAccuracy).deviation()).isNaN();
  }

  @Test
  void refusesNoSeedAndRepeatedSeeds() {
    ModelFolder store = new ModelFolder(folder, false);
    for (List<Long> seeds : List.of(List.<Long>of(), List.of(1L, 2L, 1L))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> run(seeds, store, ComparisonListener.SILENT))
          .withMessageContaining("each only once: " + seeds);
    }
  }
}
