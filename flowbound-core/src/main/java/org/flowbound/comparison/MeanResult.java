package org.flowbound.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.attack.SanityCheck;
import org.flowbound.certification.CertifiedAccuracy;
import org.flowbound.comparison.ComparisonResult.Model;
import org.flowbound.comparison.ComparisonResult.Provenance;
import org.flowbound.comparison.ComparisonResult.Run;
import org.flowbound.stability.Interval;

/**
 * One comparison made of several that differ by their seed alone.
 *
 * <p>Accuracies and the norms of layers are means, with correct and total samples summed; δ is the
 * certified interval of the largest δ, and Lipschitz bounds are the largest. A check is passed
 * where every seed passed it. Training histories, files and the gallery are those of the first
 * seed.
 */
public final class MeanResult {
  private final List<Run> runs;

  private MeanResult(List<Run> runs) {
    this.runs = runs;
  }

  /**
   * @param results one for each seed
   * @throws IllegalArgumentException if there is none, two share a seed, or they are not about the
   *     same models
   */
  public static ComparisonResult of(List<ComparisonResult> results) {
    if (results.isEmpty()) {
      throw new IllegalArgumentException("A mean needs at least one comparison.");
    }
    ComparisonResult first = results.get(0);
    List<Run> runs =
        results.stream()
            .map(result -> new Run(result.provenance().seed(), result.models()))
            .toList();
    if (runs.stream().map(MeanResult::names).distinct().count() > 1) {
      throw new IllegalArgumentException("Comparisons with different models have no mean.");
    }
    MeanResult mean = new MeanResult(runs);
    return new ComparisonResult(
        first.dataset(),
        IntStream.range(0, first.models().size()).mapToObj(mean::model).toList(),
        first.gallery(),
        provenance(results),
        runs);
  }

  private static List<String> names(Run run) {
    return run.models().stream().map(Model::name).toList();
  }

  private static Provenance provenance(List<ComparisonResult> results) {
    Provenance first = results.get(0).provenance();
    return new Provenance(
        first.version(),
        first.java(),
        first.platform(),
        first.processors(),
        first.seed(),
        first.commandLine(),
        first.startedAt(),
        results.stream().mapToDouble(result -> result.provenance().seconds()).sum(),
        first.options());
  }

  private Model model(int m) {
    List<Model> models = runs.stream().map(run -> run.models().get(m)).toList();
    Model first = models.get(0);
    return new Model(
        first.name(),
        first.stability(),
        first.baseline(),
        first.target(),
        first.linearNorm(),
        new Interval(
            largest(models, model -> model.delta().lower()),
            largest(models, model -> model.delta().upper())),
        mean(models, Model::inputNorm),
        mean(models, Model::outputNorm),
        mean(models, Model::trainAccuracy),
        mean(models, Model::testAccuracy),
        IntStream.range(0, first.attacks().size()).mapToObj(a -> attack(models, a)).toList(),
        IntStream.range(0, first.sanity().size()).mapToObj(c -> check(models, c)).toList(),
        certified(models),
        first.history(),
        first.file());
  }

  private static double mean(List<Model> models, ToDoubleFunction<Model> value) {
    return Spread.of(models.stream().mapToDouble(value).toArray()).mean();
  }

  private static double largest(List<Model> models, ToDoubleFunction<Model> value) {
    return models.stream().mapToDouble(value).max().orElseThrow();
  }

  private static RobustnessCurve attack(List<Model> models, int a) {
    RobustnessCurve first = models.get(0).attacks().get(a);
    List<RobustnessCurve.Point> points = new ArrayList<>();
    for (int k = 0; k < first.results().size(); k++) {
      int correct = 0;
      int total = 0;
      for (Model model : models) {
        RobustnessCurve.Point point = model.attacks().get(a).results().get(k);
        correct = Math.addExact(correct, point.correct());
        total = Math.addExact(total, point.total());
      }
      points.add(new RobustnessCurve.Point(first.results().get(k).eps(), correct, total));
    }
    return new RobustnessCurve(first.attack(), first.norm(), points);
  }

  private SanityCheck check(List<Model> models, int c) {
    List<SanityCheck> checks = models.stream().map(model -> model.sanity().get(c)).toList();
    return new SanityCheck(
        checks.get(0).name(),
        checks.stream().allMatch(SanityCheck::passed),
        String.join(
            "; ",
            IntStream.range(0, runs.size())
                .mapToObj(r -> "seed %d: %s".formatted(runs.get(r).seed(), checks.get(r).detail()))
                .toList()));
  }

  private static CertifiedAccuracy certified(List<Model> models) {
    List<CertifiedAccuracy.Point> first = models.get(0).certified().results();
    return new CertifiedAccuracy(
        largest(models, model -> model.certified().networkLipschitz()),
        largest(models, model -> model.certified().flowLipschitz()),
        IntStream.range(0, first.size())
            .mapToObj(
                k ->
                    new CertifiedAccuracy.Point(
                        first.get(k).eps(),
                        mean(
                            models,
                            model -> model.certified().results().get(k).certifiedAccuracy())))
            .toList());
  }
}
