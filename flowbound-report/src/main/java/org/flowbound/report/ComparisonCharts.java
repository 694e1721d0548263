package org.flowbound.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.comparison.ComparisonResult.Model;
import org.flowbound.comparison.Spread;
import org.flowbound.report.chart.Axis;
import org.flowbound.report.chart.LineChart;
import org.flowbound.report.chart.LineChart.Point;
import org.flowbound.report.chart.LineChart.Reference;
import org.flowbound.report.chart.LineChart.Series;
import org.flowbound.report.chart.LineChart.Stroke;
import org.flowbound.report.text.Numbers;
import org.flowbound.report.text.Terms;
import org.flowbound.training.TrainingHistory.Epoch;

/** The charts of a comparison. A model's place in the comparison is its style in the charts. */
final class ComparisonCharts {
  private ComparisonCharts() {}

  /**
   * Accuracy in per cent against ε, with 95 % Wilson bands, or one standard deviation over seeds
   * where there are several: one stroke per attack, the first solid.
   *
   * @param maxTicks the most steps between ticks that fit along the horizontal axis
   */
  static LineChart accuracy(ComparisonResult result, int maxTicks) {
    List<String> attacks =
        result.models().stream()
            .flatMap(model -> model.attacks().stream())
            .map(RobustnessCurve::attack)
            .distinct()
            .toList();
    List<String> norms =
        result.models().stream()
            .flatMap(model -> model.attacks().stream())
            .map(RobustnessCurve::norm)
            .distinct()
            .toList();
    List<Series> series = new ArrayList<>();
    for (int a = 0; a < attacks.size(); a++) {
      for (int m = 0; m < result.models().size(); m++) {
        Model model = result.models().get(m);
        Stroke stroke = Stroke.of(a);
        int style = m;
        model
            .attack(attacks.get(a))
            .map(
                curve ->
                    new Series(
                        model.name(),
                        norms.size() == 1
                            ? Terms.attack(curve.attack())
                            : Terms.attack(curve.attack()) + " in " + Terms.norm(curve.norm()),
                        style,
                        stroke,
                        curve.results().stream()
                            .map(point -> accuracy(result, model, curve, point))
                            .toList()))
            .ifPresent(series::add);
      }
    }
    double largest =
        attacks.stream()
            .flatMap(attack -> result.budgets(attack).stream())
            .mapToDouble(Double::doubleValue)
            .max()
            .orElse(0);
    String budget =
        norms.size() == 1
            ? "ε (%s norm, pixels in [0, 1])".formatted(Terms.norm(norms.get(0)))
            : "ε (pixels in [0, 1])";
    return new LineChart(
        "Accuracy under attack against ε",
        "%d networks on %s under %s; shaded bands are %s. The values are in the table of results."
            .formatted(
                result.models().size(),
                result.dataset().name(),
                String.join(" and ", attacks.stream().map(Terms::attack).toList()),
                result.isReplicated()
                    ? "one standard deviation over seeds"
                    : "95 % Wilson intervals"),
        Axis.covering(budget, 0, largest, maxTicks),
        Axis.covering("test accuracy (%)", 0, 100, 5),
        series,
        List.of());
  }

  private static Point accuracy(
      ComparisonResult result, Model model, RobustnessCurve curve, RobustnessCurve.Point point) {
    if (result.isReplicated()) {
      Spread spread = result.spread(model, run -> run.accuracy(curve.attack(), point.eps()));
      return new Point(
          point.eps(),
          100 * spread.mean(),
          100 * Math.max(0, spread.mean() - spread.deviation()),
          100 * Math.min(1, spread.mean() + spread.deviation()),
          "%s, %s, ε = %s: %s\u00a0%% over %d seeds"
              .formatted(
                  model.name(),
                  Terms.attack(curve.attack()),
                  Numbers.shortest(point.eps()),
                  SeedTable.percent(spread),
                  result.seeds().size()));
    }
    Proportion.Confidence confidence = Proportion.of(point).confidence();
    return new Point(
        point.eps(),
        100 * point.accuracy(),
        100 * confidence.low(),
        100 * confidence.high(),
        "%s, %s, ε = %s: %s\u00a0%% (95\u00a0%% interval %s to %s)"
            .formatted(
                model.name(),
                Terms.attack(curve.attack()),
                Numbers.shortest(point.eps()),
                Numbers.percent(point.accuracy()),
                Numbers.percent(confidence.low()),
                Numbers.percent(confidence.high())));
  }

  /**
   * The certified upper bound of δ at the end of each epoch, with the certified interval below it
   * and the targets. Strokes tell the bounds κ of the linear layers apart, since networks of one
   * target follow the same line.
   *
   * @param maxTicks the most steps between ticks that fit along the horizontal axis
   */
  static LineChart delta(ComparisonResult result, int maxTicks) {
    List<Optional<Double>> bounds =
        result.models().stream()
            .map(model -> Optional.ofNullable(model.linearNorm()))
            .distinct()
            .toList();
    List<Series> series = new ArrayList<>();
    for (int m = 0; m < result.models().size(); m++) {
      Model model = result.models().get(m);
      List<Point> points =
          model.history().epochs().stream().map(epoch -> delta(model, epoch)).toList();
      String layers =
          model.linearNorm() == null
              ? "free linear layers"
              : "κ = " + Numbers.shortest(model.linearNorm());
      series.add(
          new Series(
              model.name(),
              bounds.size() == 1 ? "" : layers,
              m,
              Stroke.of(bounds.indexOf(Optional.ofNullable(model.linearNorm()))),
              points));
    }
    List<Reference> targets =
        result.models().stream()
            .map(Model::target)
            .filter(Objects::nonNull)
            .filter(Double::isFinite)
            .distinct()
            .map(target -> new Reference(target, "δ̄ = " + Numbers.shortest(target)))
            .toList();
    double[] levels =
        Stream.concat(
                series.stream()
                    .flatMap(line -> line.points().stream())
                    .flatMap(point -> Stream.of(point.low(), point.high())),
                targets.stream().map(Reference::y))
            .mapToDouble(Double::doubleValue)
            .filter(Double::isFinite)
            .toArray();
    int epochs =
        result.models().stream().mapToInt(model -> model.history().epochs().size()).max().orElse(0);
    return new LineChart(
        "Certified δ during training",
        "The certified interval of δ at the end of each epoch of %d networks, and the targets as dashed lines. Final values are in the table of results."
            .formatted(result.models().size()),
        Axis.ofIntegers("epoch", epochs > 1 ? 1 : 0, Math.max(1, epochs), maxTicks),
        Axis.covering(
            "certified δ",
            DoubleStream.of(levels).min().orElse(0),
            DoubleStream.of(levels).max().orElse(1),
            6),
        series,
        targets);
  }

  private static Point delta(Model model, Epoch epoch) {
    double lower = epoch.delta().lower();
    double upper = epoch.delta().upper();
    return new Point(
        epoch.epoch(),
        upper,
        lower,
        upper,
        "%s, epoch %d: δ in %s"
            .formatted(model.name(), epoch.epoch(), Numbers.interval(lower, upper, 3)));
  }
}
