package org.flowbound.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.report.chart.LineChart;
import org.junit.jupiter.api.Test;

/** How a comparison from several seeds is reported. */
class ReplicationTest {
  private static final ComparisonResult RESULT = ComparisonFixture.replicated();
  private static final double DEVIATION = 0.04 / Math.sqrt(2);

  @Test
  void theTableStatesMeansAndDeviationsAtEveryBudget() {
    String table = ComparisonTable.format(RESULT);
    assertThat(table)
        .contains(
            "mean ± standard deviation over 2 seeds",
            "97.4 ± 0.1",
            "51.4 ± 2.8",
            "accuracy under FGSM with ε =",
            "accuracy under random noise with ε =",
            "certified accuracy, ℓ₂ radius");
    assertThat(table).contains("[−0.510, −0.500]");
  }

  @Test
  void theObjectHoldsMeansDeviationsAndRuns() {
    JsonNode json = ComparisonJson.of(RESULT);
    assertThat(json.path("seeds")).hasSize(2);
    assertThat(json.path("seeds").path(1).asLong()).isEqualTo(43);
    JsonNode stable = json.path("models").path(1);
    JsonNode point = stable.path("attacks").path(0).path("results").path(4);
    assertThat(point.path("accuracy").asDouble()).isCloseTo(0.514, within(1e-12));
    assertThat(point.path("accuracyDeviation").asDouble()).isCloseTo(DEVIATION, within(1e-12));
    assertThat(point.path("correct").asInt()).isEqualTo(4940 + 5340);
    assertThat(point.path("total").asInt()).isEqualTo(20_000);
    assertThat(stable.path("testAccuracy").asDouble()).isCloseTo(0.974, within(1e-12));
    assertThat(stable.path("testAccuracyDeviation").asDouble())
        .isCloseTo(0.002 / Math.sqrt(2), within(1e-12));
    JsonNode certified = stable.path("certified").path("results").path(1);
    assertThat(certified.path("certifiedAccuracyDeviation").isNumber()).isTrue();
    assertThat(stable.path("delta").path("upper").asDouble()).isEqualTo(-0.5);
    JsonNode run = json.path("runs").path(1);
    assertThat(run.path("seed").asLong()).isEqualTo(43);
    assertThat(run.path("models").path(1).path("testAccuracy").asDouble()).isEqualTo(0.975);
    assertThat(run.path("models").path(1).has("testAccuracyDeviation")).isFalse();
    JsonNode single = ComparisonJson.of(ComparisonFixture.typical());
    assertThat(single.has("seeds") || single.has("runs")).isFalse();
    assertThat(single.path("models").path(0).has("testAccuracyDeviation")).isFalse();
  }

  @Test
  void theRowsHoldMeansAndDeviations() {
    List<String> lines = ComparisonCsv.write(RESULT).lines().toList();
    assertThat(lines.get(0)).endsWith("total,seeds,test_accuracy_deviation,accuracy_deviation");
    assertThat(lines).hasSize(1 + 2 * (8 + 8 + 5));
    assertThat(lines)
        .anyMatch(line -> line.contains("stable −0.5") && line.contains(",,,10280,20000,2,"))
        .anyMatch(line -> line.contains(",certified,l2,0.5,"));
  }

  @Test
  void theChartsBandIsOneDeviation() {
    LineChart.Series stable =
        ComparisonCharts.accuracy(RESULT, 8).series().stream()
            .filter(series -> series.name().equals("stable −0.5"))
            .findFirst()
            .orElseThrow();
    LineChart.Point point = stable.points().get(4);
    assertThat(point.y()).isCloseTo(51.4, within(1e-9));
    assertThat(point.low()).isCloseTo(51.4 - 100 * DEVIATION, within(1e-9));
    assertThat(point.high()).isCloseTo(51.4 + 100 * DEVIATION, within(1e-9));
  }

  @Test
  void thePageNamesTheSeedsAndShowsATableForEveryAttack() throws Exception {
    String page = ReportPage.render(RESULT);
    assertThat(Xml.parse(page)).isNotNull();
    assertThat(page)
        .contains(
            "Over seeds", "over the seeds 42, 43", "51.4 ± 2.8", "bands one standard deviation")
        .doesNotContain("Wilson");
    assertThat(ReportPage.render(ComparisonFixture.typical()))
        .contains("Wilson")
        .doesNotContain("seeds", "±");
  }

  @Test
  void theVerdictSpeaksOfSeedsAndCountsEveryTestImageOnce() {
    Verdict verdict = Verdict.of(RESULT);
    assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.GAINED);
    assertThat(verdict.statement()).startsWith("Means over 2 seeds: ").contains("of 10\u202f000 ");
    assertThat(verdict.caveats())
        .anyMatch(
            caveat ->
                caveat.contains(
                    "each of 2 seeds: the difference is 24.0 points with a standard deviation of 2.8, at least 22.0 and at most 26.0"));
  }
}
