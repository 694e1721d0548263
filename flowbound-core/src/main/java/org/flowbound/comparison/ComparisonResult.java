package org.flowbound.comparison;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.attack.SanityCheck;
import org.flowbound.certification.CertifiedAccuracy;
import org.flowbound.stability.Interval;
import org.flowbound.training.TrainingHistory;
import org.jspecify.annotations.Nullable;

/**
 * A classical and several stabilised classifiers, trained on the same data and attacked alike.
 *
 * @param models the classical model first
 * @param gallery some test images under attack, the same images for every model
 * @param runs the runs from several seeds that the models are the means of, none for a comparison
 *     from one seed
 */
public record ComparisonResult(
    DatasetSummary dataset,
    List<Model> models,
    List<GalleryImage> gallery,
    Provenance provenance,
    List<Run> runs) {
  /**
   * @throws IllegalArgumentException if there is no model, two models share a name, two runs share
   *     a seed, a run is about other models, or a gallery image does not fit the data set or lacks
   *     a twin per model
   */
  public ComparisonResult {
    models = List.copyOf(models);
    gallery = List.copyOf(gallery);
    runs = List.copyOf(runs);
    if (runs.stream().map(Run::seed).distinct().count() < runs.size()) {
      throw new IllegalArgumentException(
          "A seed occurs twice: " + runs.stream().map(Run::seed).toList() + ".");
    }
    List<String> names = models.stream().map(Model::name).toList();
    for (Run run : runs) {
      if (!run.models().stream().map(Model::name).toList().equals(names)) {
        throw new IllegalArgumentException(
            "The run from seed %d is not about the models %s.".formatted(run.seed(), names));
      }
    }
    if (models.isEmpty()) {
      throw new IllegalArgumentException("A comparison needs at least one model.");
    }
    if (names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException("The models' names must differ: " + names);
    }
    int size = dataset.rows() * dataset.columns();
    for (GalleryImage image : gallery) {
      if (image.twins().size() != models.size()) {
        throw new IllegalArgumentException(
            "Gallery image %d needs one twin for each of %d models, not %d."
                .formatted(image.index(), models.size(), image.twins().size()));
      }
      if (image.pixels().length != size
          || image.twins().stream().anyMatch(twin -> twin.pixels().length != size)) {
        throw new IllegalArgumentException(
            "Gallery image %d and its twins need %d x %d pixels."
                .formatted(image.index(), dataset.rows(), dataset.columns()));
      }
    }
  }

  /** A comparison from one seed. */
  public ComparisonResult(
      DatasetSummary dataset,
      List<Model> models,
      List<GalleryImage> gallery,
      Provenance provenance) {
    this(dataset, models, gallery, provenance, List.of());
  }

  /** Whether the models are means over several seeds. */
  public boolean isReplicated() {
    return runs.size() > 1;
  }

  /** The seeds of all runs. */
  public List<Long> seeds() {
    return runs.isEmpty() ? List.of(provenance.seed()) : runs.stream().map(Run::seed).toList();
  }

  /** A value of one of the models for each seed. */
  public double[] values(Model model, ToDoubleFunction<Model> value) {
    int place = models.indexOf(model);
    return runs.isEmpty()
        ? new double[] {value.applyAsDouble(model)}
        : runs.stream().mapToDouble(run -> value.applyAsDouble(run.models().get(place))).toArray();
  }

  /** What a value of one of the models comes to over the seeds. */
  public Spread spread(Model model, ToDoubleFunction<Model> value) {
    return Spread.of(values(model, value));
  }

  /** All budgets at which some model met the attack of this name, in increasing order. */
  public List<Double> budgets(String attack) {
    return models.stream()
        .flatMap(model -> model.attack(attack).stream())
        .flatMap(curve -> curve.results().stream())
        .map(RobustnessCurve.Point::eps)
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * The models trained from one seed.
   *
   * @param models in the order of the comparison
   */
  public record Run(long seed, List<Model> models) {
    public Run {
      models = List.copyOf(models);
    }
  }

  /**
   * The data that the models were trained and tested on.
   *
   * @param name such as {@code mnist}
   * @param source where the images came from: a folder, or how they were generated
   * @param training number of training images, the validation split excluded
   * @param rows pixel rows of an image
   * @param columns pixel columns of an image
   */
  public record DatasetSummary(
      String name,
      String source,
      int training,
      int validation,
      int test,
      int rows,
      int columns,
      List<String> classNames) {
    public DatasetSummary {
      classNames = List.copyOf(classNames);
    }
  }

  /**
   * One trained and attacked classifier.
   *
   * @param name a short name that is unique in the comparison, such as {@code stable −0.5, κ = 2}
   * @param stability how stability was kept: {@code none}, {@code project}, {@code penalty} or
   *     {@code parametrized}
   * @param baseline the other way it was trained for robustness, such as {@code pgd}, or {@code
   *     none}
   * @param target the bound δ̄ that δ(A) was kept below, null if it was not
   * @param linearNorm the bound κ on the spectral norms of the linear layers, null if they were
   *     free
   * @param delta the certified interval of δ(A)
   * @param inputNorm the spectral norm of the input layer's weights
   * @param outputNorm the spectral norm of the output layer's weights
   * @param trainAccuracy in [0, 1]
   * @param testAccuracy in [0, 1]
   * @param sanity checks against false robustness, none if they were not made
   * @param certified certified accuracy over ℓ₂ radii
   * @param file the model file's name within the report folder
   */
  public record Model(
      String name,
      String stability,
      String baseline,
      @Nullable Double target,
      @Nullable Double linearNorm,
      Interval delta,
      double inputNorm,
      double outputNorm,
      double trainAccuracy,
      double testAccuracy,
      List<RobustnessCurve> attacks,
      List<SanityCheck> sanity,
      CertifiedAccuracy certified,
      TrainingHistory history,
      String file) {
    public Model {
      attacks = List.copyOf(attacks);
      sanity = List.copyOf(sanity);
    }

    /** Whether it was trained in another way for robustness, too. */
    public boolean isBaseline() {
      return !baseline.equals("none");
    }

    /** The accuracy under the attack of this name, if it was run. */
    public Optional<RobustnessCurve> attack(String attack) {
      return attacks.stream().filter(curve -> curve.attack().equals(attack)).findFirst();
    }

    /** The accuracy under the attack of this name with this budget, NaN if it was not run. */
    public double accuracy(String attack, double eps) {
      return attack(attack)
          .flatMap(curve -> curve.at(eps))
          .map(RobustnessCurve.Point::accuracy)
          .orElse(Double.NaN);
    }

    /** The accuracy certified at this radius, NaN if none was asked for. */
    public double certifiedAccuracy(double radius) {
      return certified.results().stream()
          .filter(point -> point.eps() == radius)
          .mapToDouble(CertifiedAccuracy.Point::certifiedAccuracy)
          .findFirst()
          .orElse(Double.NaN);
    }
  }

  /**
   * A test image and its adversarial twins, one per model.
   *
   * @param index the image's index in the test set
   * @param label its true class
   * @param eps the attack's budget, in pixel units
   * @param pixels the original, row by row, in [0, 1]
   * @param twins one per model, in the order of the models
   */
  public record GalleryImage(
      int index, int label, double eps, float[] pixels, List<Adversarial> twins) {
    public GalleryImage {
      twins = List.copyOf(twins);
    }
  }

  /**
   * What one model makes of an image and of its attacked twin.
   *
   * @param cleanPrediction the class predicted for the original
   * @param cleanConfidence its softmax probability
   * @param attackedPrediction the class predicted for the attacked image
   * @param attackedConfidence its softmax probability
   * @param pixels the attacked image, row by row, in [0, 1]
   */
  public record Adversarial(
      int cleanPrediction,
      double cleanConfidence,
      int attackedPrediction,
      double attackedConfidence,
      float[] pixels) {}

  /**
   * Everything needed to run the comparison again.
   *
   * @param version Flowbound's version
   * @param java the Java runtime's version and vendor
   * @param platform operating system and architecture
   * @param processors number of worker threads used
   * @param seed the seed that all randomness derives from, the first of several
   * @param commandLine the command that reproduces the run
   * @param startedAt ISO-8601 time of the start
   * @param seconds wall-clock seconds of the whole comparison
   * @param options every option with its value, defaults included, in the order to be shown
   */
  public record Provenance(
      String version,
      String java,
      String platform,
      int processors,
      long seed,
      String commandLine,
      String startedAt,
      double seconds,
      Map<String, String> options) {
    public Provenance {
      options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }
  }
}
