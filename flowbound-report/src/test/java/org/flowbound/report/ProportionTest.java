package org.flowbound.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.flowbound.report.Proportion.Confidence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProportionTest {
  /** Newcombe, Two-sided confidence intervals for the single proportion (1998), table I. */
  @ParameterizedTest
  @CsvSource({
    "81, 263, 0.2553, 0.3662",
    "15, 148, 0.0624, 0.1605",
    "0, 20, 0.0000, 0.1611",
    "1, 29, 0.0061, 0.1718"
  })
  void wilsonIntervalIsThePublishedOne(int successes, int total, double low, double high) {
    Confidence confidence = new Proportion(successes, total).confidence();
    assertThat(confidence.low()).isCloseTo(low, within(5e-5));
    assertThat(confidence.high()).isCloseTo(high, within(5e-5));
  }

  /** Newcombe, Interval estimation for the difference between proportions (1998), table II. */
  @ParameterizedTest
  @CsvSource({
    "56, 70, 48, 80, 0.0524, 0.3339",
    "9, 10, 3, 10, 0.1705, 0.8090",
    "6, 7, 2, 7, 0.0582, 0.8062",
    "5, 56, 0, 29, -0.0381, 0.1926",
    "0, 10, 0, 20, -0.1611, 0.2775",
    "10, 10, 0, 20, 0.6791, 1.0000"
  })
  void intervalOfADifferenceIsThePublishedOne(
      int successes, int total, int otherSuccesses, int otherTotal, double low, double high) {
    Confidence confidence =
        new Proportion(successes, total)
            .confidenceOfDifference(new Proportion(otherSuccesses, otherTotal));
    assertThat(confidence.low()).isCloseTo(low, within(5e-5));
    assertThat(confidence.high()).isCloseTo(high, within(5e-5));
  }

  /** The ends p of Wilson's interval are where the score test just rejects: |k/n − p| = z·σ(p). */
  @Property
  void wilsonIntervalInvertsTheScoreTest(
      @ForAll @IntRange(min = 1, max = 20_000) int total, @ForAll @IntRange(max = 20_000) int k) {
    int successes = k % (total + 1);
    Proportion proportion = new Proportion(successes, total);
    Confidence confidence = proportion.confidence();
    assertThat(confidence.low()).isBetween(0.0, proportion.share());
    assertThat(confidence.high()).isBetween(proportion.share(), 1.0);
    for (double p : new double[] {confidence.low(), confidence.high()}) {
      if (p > 0 && p < 1) {
        assertThat(Math.abs(proportion.share() - p) / Math.sqrt(p * (1 - p) / total))
            .isCloseTo(1.959964, within(1e-5));
      }
    }
  }

  @Test
  void refusesWhatIsNoProportion() {
    assertThatThrownBy(() -> new Proportion(1, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Proportion(3, 2))
        .hasMessage("3 of 2 is no proportion: need 0 <= successes <= total and total > 0.");
  }
}
