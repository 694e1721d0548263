package org.flowbound.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class AxisTest {
  private static List<String> labels(Axis axis) {
    return axis.ticks().stream().map(axis::write).toList();
  }

  @Test
  void ticksAreRound() {
    assertThat(labels(Axis.covering("", 0, 0.15, 4)))
        .containsExactly("0.00", "0.05", "0.10", "0.15");
    assertThat(labels(Axis.covering("", 0, 100, 5)))
        .containsExactly("0", "20", "40", "60", "80", "100");
    assertThat(labels(Axis.covering("", -2.187, 2.59, 6)))
        .containsExactly("−3", "−2", "−1", "0", "1", "2", "3");
    assertThat(labels(Axis.ofIntegers("", 1, 3, 10))).containsExactly("1", "2", "3");
    assertThat(labels(Axis.ofIntegers("", 1, 10, 5)))
        .containsExactly("0", "2", "4", "6", "8", "10");
    assertThat(labels(Axis.covering("", 0, 0, 4))).first().isEqualTo("0.0");
  }

  @Property
  void coversItsRangeWithFewRoundSteps(
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double a,
      @ForAll @DoubleRange(min = -1e6, max = 1e6) double b,
      @ForAll @IntRange(min = 2, max = 12) int maxIntervals) {
    double low = Math.min(a, b);
    double high = Math.max(a, b);
    Axis axis = Axis.covering("", low, high, maxIntervals);
    assertThat(axis.min().doubleValue()).isLessThanOrEqualTo(low);
    assertThat(axis.max()).isGreaterThanOrEqualTo(high);
    assertThat(axis.intervals()).isBetween(1, maxIntervals);
    assertThat(axis.ticks()).hasSize(axis.intervals() + 1);
    assertThat(axis.step().stripTrailingZeros().unscaledValue().intValueExact()).isIn(1, 2, 5);
    assertThat(axis.position(axis.max())).isCloseTo(1, within(1e-12));
    assertThat(axis.position(axis.min().doubleValue())).isEqualTo(0);
    for (BigDecimal tick : axis.ticks()) {
      assertThat(new BigDecimal(axis.write(tick).replace('−', '-'))).isEqualByComparingTo(tick);
    }
  }

  @Test
  void refusesWhatHasNoRange() {
    assertThatThrownBy(() -> Axis.covering("", Double.NaN, 1, 5))
        .hasMessage("An axis cannot cover [NaN, 1.0]: need finite ends, low <= high.");
    assertThatThrownBy(() -> Axis.covering("", 2, 1, 5))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
