package org.flowbound.report.text;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class NumbersTest {
  private static double parse(String number) {
    return Double.parseDouble(number.replace('−', '-'));
  }

  @Property
  void boundsAreRoundedOutwards(@ForAll @DoubleRange(min = -1e4, max = 1e4) double value) {
    double low = parse(Numbers.lower(value, 3));
    double high = parse(Numbers.upper(value, 3));
    assertThat(low).isLessThanOrEqualTo(value).isGreaterThan(value - 0.00101);
    assertThat(high).isGreaterThanOrEqualTo(value).isLessThan(value + 0.00101);
  }

  @Test
  void boundsWithFewDigitsAreKept() {
    assertThat(Numbers.interval(-0.3, -0.1, 3)).isEqualTo("[−0.300, −0.100]");
    assertThat(Numbers.interval(-0.50001, -0.49999, 3)).isEqualTo("[−0.501, −0.499]");
    assertThat(Numbers.interval(Double.NEGATIVE_INFINITY, 0, 1)).isEqualTo("[−∞, 0.0]");
  }

  @Test
  void numbersReadWell() {
    assertThat(Numbers.shortest(0.05)).isEqualTo("0.05");
    assertThat(Numbers.shortest(-2)).isEqualTo("−2");
    assertThat(Numbers.shortest(100)).isEqualTo("100");
    assertThat(Numbers.shortest(0)).isEqualTo("0");
    assertThat(Numbers.percent(0.97649)).isEqualTo("97.6");
    assertThat(Numbers.percent(Double.NaN)).isEqualTo("–");
    assertThat(Numbers.decimal(-0.0001, 2)).isEqualTo("0.00");
    assertThat(Numbers.count(1_234_567)).isEqualTo("1\u202f234\u202f567");
    assertThat(Numbers.count(-12)).isEqualTo("−12");
  }

  @Test
  void durationsReadWell() {
    assertThat(Numbers.duration(0.04)).isEqualTo("0.0 s");
    assertThat(Numbers.duration(46.2)).isEqualTo("46 s");
    assertThat(Numbers.duration(59.7)).isEqualTo("1 min 00 s");
    assertThat(Numbers.duration(200)).isEqualTo("3 min 20 s");
    assertThat(Numbers.duration(3900)).isEqualTo("1 h 05 min");
    assertThat(Numbers.duration(Double.NaN)).isEqualTo("–");
  }
}
