package org.flowbound.comparison;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.data.Dataset;
import org.flowbound.model.SavedModel;
import org.flowbound.training.Checkpoint;
import org.flowbound.training.TrainingListener;

/**
 * A {@link Comparison} repeated from several seeds: from each come the validation images, the
 * initial weights, the order of the training images, and the randomness of attacks.
 */
public final class ReplicatedComparison {
  private final List<Comparison> comparisons = new ArrayList<>();

  /**
   * @param seeds replace the seed of the options; with a single one, this is a comparison like any
   *     other
   * @throws IllegalArgumentException if there is no seed, one occurs twice, or a model cannot be
   *     trained with these options
   */
  public ReplicatedComparison(
      Dataset dataset,
      ComparisonOptions options,
      List<Long> seeds,
      ModelStore store,
      ComparisonListener listener) {
    if (seeds.isEmpty() || seeds.stream().distinct().count() < seeds.size()) {
      throw new IllegalArgumentException(
          "At least one seed is needed, and each only once: " + seeds + ".");
    }
    for (int k = 0; k < seeds.size(); k++) {
      long seed = seeds.get(k);
      comparisons.add(
          new Comparison(
              dataset,
              options.withTraining(options.training().withSeed(seed)),
              seeds.size() == 1 ? store : new SeedStore(store, seed),
              seeds.size() == 1 ? listener : new SeedListener(listener, seed, k, seeds.size())));
    }
  }

  /**
   * Runs the comparison from every seed.
   *
   * @see Comparison#run
   */
  public ComparisonResult run(String version, String commandLine, Map<String, String> shownOptions)
      throws IOException {
    List<ComparisonResult> results = new ArrayList<>();
    for (Comparison comparison : comparisons) {
      results.add(comparison.run(version, commandLine, shownOptions));
    }
    return results.size() == 1 ? results.get(0) : MeanResult.of(results);
  }

  /** Keeps models under names with their seed. */
  private record SeedStore(ModelStore store, long seed) implements ModelStore {
    private String name(String fileName) {
      return fileName + "_seed_" + seed;
    }

    @Override
    public Optional<Checkpoint> checkpoint(String fileName, String fingerprint) throws IOException {
      return store.checkpoint(name(fileName), fingerprint);
    }

    @Override
    public void keep(String fileName, Checkpoint checkpoint, String fingerprint)
        throws IOException {
      store.keep(name(fileName), checkpoint, fingerprint);
    }

    @Override
    public String keep(String fileName, SavedModel model) throws IOException {
      return store.keep(name(fileName), model);
    }
  }

  /** Hears of models by names with their seed, counted over all seeds. */
  private record SeedListener(ComparisonListener listener, long seed, int place, int seeds)
      implements ComparisonListener {
    private String name(String name) {
      return name + ", seed " + seed;
    }

    @Override
    public TrainingListener training(String name, int number, int all) {
      return listener.training(name(name), place * all + number, seeds * all);
    }

    @Override
    public void attacked(String name, String attack, RobustnessCurve.Point point) {
      listener.attacked(name(name), attack, point);
    }

    @Override
    public void finished(ComparisonResult.Model model) {
      listener.finished(model);
    }
  }
}
