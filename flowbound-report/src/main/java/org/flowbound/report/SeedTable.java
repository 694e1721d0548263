package org.flowbound.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.certification.CertifiedAccuracy;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.comparison.ComparisonResult.Model;
import org.flowbound.comparison.Spread;
import org.flowbound.report.text.Numbers;
import org.flowbound.report.text.Terms;

/**
 * One accuracy of every model over its seeds, by the size of the perturbation.
 *
 * @param title what the accuracy is
 * @param columns the sizes
 * @param rows one for each model, one cell for each size: mean ± deviation in per cent
 */
record SeedTable(String title, List<String> columns, List<List<String>> rows) {
  /** One table for each attack, and one for certified accuracy. */
  static List<SeedTable> of(ComparisonResult result) {
    List<SeedTable> tables = new ArrayList<>();
    distinct(result, model -> model.attacks().stream().map(RobustnessCurve::attack))
        .forEach(
            attack ->
                tables.add(
                    table(
                        result,
                        "accuracy under %s with ε =".formatted(Terms.attack(attack)),
                        result.budgets(attack),
                        eps -> model -> model.accuracy(attack, eps))));
    List<Double> radii =
        distinct(
            result,
            model -> model.certified().results().stream().map(CertifiedAccuracy.Point::eps));
    if (!radii.isEmpty()) {
      tables.add(
          table(
              result,
              "certified accuracy, ℓ₂ radius",
              radii,
              radius -> model -> model.certifiedAccuracy(radius)));
    }
    return tables;
  }

  private static <T> List<T> distinct(
      ComparisonResult result, Function<Model, Stream<T>> property) {
    return result.models().stream().flatMap(property).distinct().toList();
  }

  private static SeedTable table(
      ComparisonResult result,
      String title,
      List<Double> sizes,
      Function<Double, ToDoubleFunction<Model>> accuracy) {
    return new SeedTable(
        title,
        sizes.stream().map(Numbers::shortest).toList(),
        result.models().stream()
            .map(
                model ->
                    sizes.stream()
                        .map(size -> percent(result.spread(model, accuracy.apply(size))))
                        .toList())
            .toList());
  }

  /** A share in per cent, with its deviation if there are several values. */
  static String percent(Spread share) {
    return Double.isNaN(share.deviation())
        ? Numbers.percent(share.mean())
        : Numbers.percent(share.mean()) + " ± " + Numbers.percent(share.deviation());
  }
}
