package org.flowbound.comparison;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.flowbound.attack.Attack;
import org.flowbound.attack.AttackSettings;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.attack.RobustnessEvaluation;
import org.flowbound.attack.SanityCheck;
import org.flowbound.attack.SanityChecks;
import org.flowbound.certification.CertifiedAccuracy;
import org.flowbound.certification.LipschitzBounds;
import org.flowbound.certification.RadiusCertificate;
import org.flowbound.comparison.ComparisonResult.GalleryImage;
import org.flowbound.comparison.ComparisonResult.Model;
import org.flowbound.comparison.ComparisonResult.Provenance;
import org.flowbound.data.Dataset;
import org.flowbound.data.LabeledImages;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.model.SavedModel;
import org.flowbound.model.TrainingFingerprint;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.parallel.Workers;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.Interval;
import org.flowbound.training.Checkpoint;
import org.flowbound.training.CheckpointKeeper;
import org.flowbound.training.Trainer;
import org.flowbound.training.TrainingListener;
import org.flowbound.training.TrainingOptions;

/**
 * The main job: trains a classical classifier and stabilised ones on the same images, attacks all
 * of them alike, and states what is certified of each.
 */
public final class Comparison {
  private final Dataset dataset;
  private final ComparisonOptions options;
  private final ModelStore store;
  private final ComparisonListener listener;

  /**
   * @throws IllegalArgumentException if a model cannot be trained with these options
   */
  public Comparison(
      Dataset dataset, ComparisonOptions options, ModelStore store, ComparisonListener listener) {
    this.dataset = dataset;
    this.options = options;
    this.store = store;
    this.listener = listener;
    options.training().selection().requireValidation(options.validation());
    ModelPlan.of(options)
        .forEach(plan -> Trainer.requireFeasible(architecture(), plan.training(options)));
  }

  private Architecture architecture() {
    return new Architecture(
        dataset.test().rows(),
        dataset.test().columns(),
        dataset.test().classes(),
        options.width(),
        options.activation(),
        options.discretization(),
        options.normalization());
  }

  /** A trained model with the classifier itself. */
  private record Trained(Model model, Classifier classifier) {}

  /**
   * Runs the comparison.
   *
   * @param version Flowbound's version, for the record
   * @param commandLine the command that reproduces the run, for the record
   * @param shownOptions every option with its value, for the record
   * @throws IOException if a model cannot be kept
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; finished
   *     epochs are kept
   */
  public ComparisonResult run(String version, String commandLine, Map<String, String> shownOptions)
      throws IOException {
    final Instant startedAt = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    final long start = System.nanoTime();
    LabeledImages.Split split =
        dataset.training().split(options.validation(), options.training().seed());
    List<ModelPlan> plans = ModelPlan.of(options);
    List<Trained> trained = new ArrayList<>();
    try (Workers workers = new Workers(options.training().threads())) {
      for (ModelPlan plan : plans) {
        Trained model = make(plan, split, trained.size() + 1, plans.size(), workers);
        trained.add(model);
        listener.finished(model.model());
      }
      List<GalleryImage> gallery =
          new Gallery(dataset.test(), attacks().get(0), options.galleryBudget(), workers)
              .of(trained.stream().map(Trained::classifier).toList(), options.galleryImages());
      return new ComparisonResult(
          new ComparisonResult.DatasetSummary(
              dataset.name(),
              dataset.source(),
              split.training().count(),
              split.validation().count(),
              dataset.test().count(),
              dataset.test().rows(),
              dataset.test().columns(),
              dataset.classNames()),
          trained.stream().map(Trained::model).toList(),
          gallery,
          new Provenance(
              version,
              System.getProperty("java.version") + ", " + System.getProperty("java.vendor"),
              System.getProperty("os.name") + ", " + System.getProperty("os.arch"),
              options.training().threads(),
              options.training().seed(),
              commandLine,
              startedAt.toString(),
              1e-9 * (System.nanoTime() - start),
              shownOptions));
    }
  }

  private Trained make(
      ModelPlan plan, LabeledImages.Split split, int number, int all, Workers workers)
      throws IOException {
    Checkpoint last = train(plan, split, listener.training(plan.name(), number, all));
    Classifier classifier = last.kept();
    Interval delta = delta(classifier);
    double trainAccuracy = accuracy(classifier, split.training(), workers);
    List<RobustnessCurve> attacks = new ArrayList<>();
    RobustnessEvaluation evaluation = new RobustnessEvaluation(classifier, dataset.test(), workers);
    double[] budgets = options.budgets().stream().mapToDouble(Double::doubleValue).toArray();
    for (Attack attack : attacks()) {
      attacks.add(
          evaluation.run(
              attack, budgets, point -> listener.attacked(plan.name(), attack.id(), point)));
    }
    CertifiedAccuracy certified =
        new RadiusCertificate(classifier, LipschitzBounds.of(classifier, delta.upper()))
            .accuracy(
                dataset.test(),
                options.certifiedBudgets().stream().mapToDouble(Double::doubleValue).toArray(),
                workers);
    String file =
        store.keep(plan.fileName(), new SavedModel(classifier, delta, last.history(), notes(plan)));
    return new Trained(
        new Model(
            plan.name(),
            plan.stability(options),
            plan.baselineId(),
            plan.target(),
            plan.linearNorm(),
            delta,
            SymmetricEigen.spectralNorm(classifier.inputWeight()),
            SymmetricEigen.spectralNorm(classifier.outputWeight()),
            trainAccuracy,
            accuracy(classifier, dataset.test(), workers),
            attacks,
            sanity(classifier, workers),
            certified,
            last.history(),
            file),
        classifier);
  }

  private List<Attack> attacks() {
    AttackSettings settings = AttackSettings.defaults(options.training().seed());
    return options.attacks().stream().map(kind -> kind.of(options.norm(), settings)).toList();
  }

  private List<SanityCheck> sanity(Classifier classifier, Workers workers) {
    int count = Math.min(options.sanityImages(), dataset.test().count());
    return count == 0
        ? List.of()
        : new SanityChecks(
                classifier,
                dataset.test().take(count),
                options.norm(),
                options.training().seed(),
                workers)
            .run((check, done, all) -> {});
  }

  private Checkpoint train(ModelPlan plan, LabeledImages.Split split, TrainingListener hears)
      throws IOException {
    TrainingOptions training = plan.training(options);
    Architecture architecture = architecture();
    String fingerprint = TrainingFingerprint.of(architecture, training, split.training());
    TrainingListener keeper =
        new CheckpointKeeper(checkpoint -> store.keep(plan.fileName(), checkpoint, fingerprint))
            .andThen(hears);
    Trainer trainer =
        new Trainer(architecture, split.training(), split.validation(), training, keeper);
    try {
      return store
          .checkpoint(plan.fileName(), fingerprint)
          .map(trainer::resume)
          .orElseGet(trainer::train);
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    }
  }

  private Interval delta(Classifier classifier) {
    BoundOptions bound =
        BoundOptions.defaults()
            .withTimeLimit(options.boundTime())
            .withThreads(options.training().threads());
    return Expansivity.of(classifier.odeWeight(), classifier.architecture().activation().slopes())
        .bound(bound)
        .interval();
  }

  private static double accuracy(Classifier classifier, LabeledImages images, Workers workers) {
    return ParallelNetwork.of(classifier, workers).accuracy(images);
  }

  private Map<String, String> notes(ModelPlan plan) {
    Map<String, String> notes = new LinkedHashMap<>();
    notes.put("dataset", dataset.name());
    notes.put("stability", plan.stability(options));
    notes.put("baseline", plan.baselineId());
    if (plan.target() != null) {
      notes.put("target", Double.toString(plan.target()));
    }
    if (plan.linearNorm() != null) {
      notes.put("linearNorm", Double.toString(plan.linearNorm()));
    }
    notes.put("seed", Long.toString(options.training().seed()));
    return notes;
  }
}
