package org.flowbound.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void isTheMeanAndTheSampleDeviation() {
    Spread spread = Spread.of(2, 4, 4, 4, 5, 5, 7, 9);
    assertThat(spread.mean()).isEqualTo(5);
    assertThat(spread.deviation()).isCloseTo(Math.sqrt(32.0 / 7), within(1e-15));
    assertThat(Spread.of(3, 3).deviation()).isZero();
    assertThat(Spread.of(3).deviation()).isNaN();
    assertThatIllegalArgumentException().isThrownBy(Spread::of);
  }
}
