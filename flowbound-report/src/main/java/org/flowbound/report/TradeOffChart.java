package org.flowbound.report;

import java.util.List;
import org.flowbound.nearness.Perturbation;
import org.flowbound.nearness.TradeOffCurve;
import org.flowbound.report.chart.Axis;
import org.flowbound.report.chart.LineChart;
import org.flowbound.report.chart.LineChart.Point;
import org.flowbound.report.chart.LineChart.Series;
import org.flowbound.report.chart.LineChart.Stroke;

/** The chart of a {@link TradeOffCurve}. */
public final class TradeOffChart {
  private static final int MAX_TICKS = 8;

  private TradeOffChart() {}

  /**
   * The norms against their targets, with the band down to their lower bounds.
   *
   * @param name what the weights are called
   */
  public static LineChart of(TradeOffCurve curve, String name) {
    List<Perturbation> points = curve.points();
    double low = points.get(points.size() - 1).target();
    double high = points.get(0).target();
    double largest = points.stream().mapToDouble(Perturbation::norm).max().orElse(0);
    return new LineChart(
        "The cost of stability: ‖Δ‖ against the target of δ",
        "The smallest change of %s found for each of %d targets from %s to %s; the band reaches down to the lower bound of every such change."
            .formatted(name, points.size(), low, high),
        Axis.covering("target of δ(A + Δ)", low, high, MAX_TICKS),
        Axis.covering("‖Δ‖", 0, largest, MAX_TICKS),
        List.of(
            new Series(
                "‖Δ‖",
                "",
                0,
                Stroke.SOLID,
                points.stream()
                    .sorted((p, q) -> Double.compare(p.target(), q.target()))
                    .map(TradeOffChart::point)
                    .toList())),
        List.of());
  }

  private static Point point(Perturbation found) {
    return new Point(
        found.target(),
        found.norm(),
        found.normLowerBound(),
        found.norm(),
        "δ ≤ %s: ‖Δ‖ = %.6g, at least %.6g"
            .formatted(found.target(), found.norm(), found.normLowerBound()));
  }
}
