package org.flowbound.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.nearness.NearestStableMatrix;
import org.flowbound.nearness.NearnessListener;
import org.flowbound.nearness.NearnessMethod;
import org.flowbound.nearness.NearnessOptions;
import org.flowbound.nearness.TradeOffCurve;
import org.flowbound.report.chart.LineChart;
import org.flowbound.report.chart.LineChart.Point;
import org.flowbound.report.chart.SvgChart;
import org.junit.jupiter.api.Test;

class TradeOffChartTest {
  private static LineChart chart(double... targets) {
    SplittableRandom random = new SplittableRandom(1);
    Matrix a = Matrix.generate(4, 4, (i, j) -> random.nextGaussian());
    return TradeOffChart.of(
        TradeOffCurve.of(
            NearestStableMatrix.of(a, SlopeBox.of(0.1)),
            targets,
            NearnessOptions.defaults().withMethod(NearnessMethod.CERTIFIED),
            NearnessListener.SILENT),
        "w.npy <A>");
  }

  @Test
  void bandsReachFromTheLowerBoundToTheNorm() {
    LineChart chart = chart(0.5, -0.5, 0);
    assertThat(chart.series()).hasSize(1);
    assertThat(chart.series().get(0).points()).extracting(Point::x).containsExactly(-0.5, 0.0, 0.5);
    assertThat(chart.series().get(0).points())
        .allSatisfy(
            point -> {
              assertThat(point.high()).isEqualTo(point.y());
              assertThat(point.low()).isLessThanOrEqualTo(point.y());
              assertThat(chart.y().position(point.y())).isBetween(0.0, 1.0);
            });
    assertThat(new SvgChart(chart, 640, 400).standalone())
        .contains("w.npy &lt;A&gt;")
        .contains("class=\"point\"");
  }

  @Test
  void oneTargetAndNoChangeFitAsWell() {
    assertThat(new SvgChart(chart(9), 640, 400).standalone()).startsWith("<?xml");
  }
}
