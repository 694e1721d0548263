package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DecimalsTest {
  @Property
  void roundingIsOutward(@ForAll double value) {
    BigDecimal exact = new BigDecimal(value);
    assertThat(new BigDecimal(Decimals.down(value))).isLessThanOrEqualTo(exact);
    assertThat(new BigDecimal(Decimals.up(value))).isGreaterThanOrEqualTo(exact);
  }

  @Test
  void tenDigits() {
    assertThat(Decimals.down(2.0 / 3)).isEqualTo("0.6666666666");
    assertThat(Decimals.up(2.0 / 3)).isEqualTo("0.6666666667");
    assertThat(Decimals.up(-2e15 / 3)).isEqualTo("-6.666666666e+14");
    assertThat(Decimals.down(0)).isEqualTo("0");
    assertThat(Decimals.up(Double.POSITIVE_INFINITY)).isEqualTo("Infinity");
  }
}
