package org.flowbound.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.certification.CertifiedAccuracy;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.comparison.ComparisonResult.Model;
import org.flowbound.comparison.Spread;
import org.jspecify.annotations.Nullable;

/**
 * A comparison as comma-separated values after RFC 4180, one row per model, attack and ε.
 *
 * <p>Columns: {@code model}; {@code stability} (how it was kept); {@code target} (δ̄); {@code
 * linear_norm} (κ); {@code delta_lower}, {@code delta_upper} (the certified interval of δ); {@code
 * input_norm}, {@code output_norm} (spectral norms of the linear layers); {@code test_accuracy}
 * (clean); {@code attack}, {@code norm}, {@code eps}; {@code accuracy} under attack with its 95 %
 * Wilson interval {@code accuracy_low}, {@code accuracy_high}; {@code correct}, {@code total}.
 * Shares lie in [0, 1]. A field is empty where a value does not apply or is not finite.
 *
 * <p>Of several seeds, accuracies are means and counts are sums; the intervals are empty, since the
 * seeds share their test images. Three columns follow: {@code seeds} (how many), {@code
 * test_accuracy_deviation} and {@code accuracy_deviation} (sample standard deviations). Certified
 * accuracy has rows of its own, with the attack {@code certified} and the radius as ε.
 */
public final class ComparisonCsv {
  private static final List<String> COLUMNS =
      List.of(
          "model",
          "stability",
          "baseline",
          "target",
          "linear_norm",
          "delta_lower",
          "delta_upper",
          "input_norm",
          "output_norm",
          "test_accuracy",
          "attack",
          "norm",
          "eps",
          "accuracy",
          "accuracy_low",
          "accuracy_high",
          "correct",
          "total");

  private static final List<String> SEED_COLUMNS =
      List.of("seeds", "test_accuracy_deviation", "accuracy_deviation");

  private ComparisonCsv() {}

  /** The header and all rows, each ended by CRLF. */
  public static String write(ComparisonResult result) {
    return result.isReplicated() ? replicated(result) : single(result);
  }

  private static String replicated(ComparisonResult result) {
    StringBuilder csv = new StringBuilder();
    append(csv, Stream.concat(COLUMNS.stream(), SEED_COLUMNS.stream()).toList());
    for (Model model : result.models()) {
      for (RobustnessCurve curve : model.attacks()) {
        for (RobustnessCurve.Point point : curve.results()) {
          append(
              csv,
              row(
                  result,
                  model,
                  List.of(curve.attack(), curve.norm()),
                  point.eps(),
                  at -> at.accuracy(curve.attack(), point.eps()),
                  List.of(Integer.toString(point.correct()), Integer.toString(point.total()))));
        }
      }
      for (CertifiedAccuracy.Point point : model.certified().results()) {
        append(
            csv,
            row(
                result,
                model,
                List.of("certified", "l2"),
                point.eps(),
                at -> at.certifiedAccuracy(point.eps()),
                List.of("", "")));
      }
    }
    return csv.toString();
  }

  private static List<String> row(
      ComparisonResult result,
      Model model,
      List<String> attack,
      double eps,
      ToDoubleFunction<Model> accuracy,
      List<String> counts) {
    Spread spread = result.spread(model, accuracy);
    List<String> row = model(model);
    row.addAll(attack);
    row.add(number(eps));
    row.add(number(spread.mean()));
    row.addAll(List.of("", ""));
    row.addAll(counts);
    row.add(Integer.toString(result.seeds().size()));
    row.add(number(result.spread(model, Model::testAccuracy).deviation()));
    row.add(number(spread.deviation()));
    return row;
  }

  private static String single(ComparisonResult result) {
    StringBuilder csv = new StringBuilder();
    append(csv, COLUMNS);
    for (Model model : result.models()) {
      for (RobustnessCurve curve : model.attacks()) {
        for (RobustnessCurve.Point point : curve.results()) {
          append(csv, row(model, curve, point));
        }
      }
    }
    return csv.toString();
  }

  private static List<String> row(Model model, RobustnessCurve curve, RobustnessCurve.Point point) {
    Proportion.Confidence confidence = Proportion.of(point).confidence();
    List<String> row = model(model);
    row.add(curve.attack());
    row.add(curve.norm());
    row.add(number(point.eps()));
    row.add(number(point.accuracy()));
    row.add(number(confidence.low()));
    row.add(number(confidence.high()));
    row.add(Integer.toString(point.correct()));
    row.add(Integer.toString(point.total()));
    return row;
  }

  private static List<String> model(Model model) {
    List<String> row = new ArrayList<>();
    row.add(model.name());
    row.add(model.stability());
    row.add(model.baseline());
    row.add(number(model.target()));
    row.add(number(model.linearNorm()));
    row.add(number(model.delta().lower()));
    row.add(number(model.delta().upper()));
    row.add(number(model.inputNorm()));
    row.add(number(model.outputNorm()));
    row.add(number(model.testAccuracy()));
    return row;
  }

  private static void append(StringBuilder csv, List<String> fields) {
    csv.append(fields.stream().map(ComparisonCsv::quote).collect(Collectors.joining(",")))
        .append("\r\n");
  }

  private static String quote(String field) {
    return field.matches("(?s).*[\",\r\n].*") ? '"' + field.replace("\"", "\"\"") + '"' : field;
  }

  private static String number(@Nullable Double value) {
    return value == null || !Double.isFinite(value) ? "" : value.toString();
  }
}
