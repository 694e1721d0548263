package org.flowbound.rigor;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RoundedUpTest {
  /** Numbers of every size, zeros and denormals among them. */
  @Provide
  Arbitrary<Double> numbers() {
    return Arbitraries.longs().map(Double::longBitsToDouble).filter(Double::isFinite);
  }

  @Property
  void areNotBelowTheExactResults(@ForAll("numbers") double x, @ForAll("numbers") double y) {
    BigDecimal a = new BigDecimal(x);
    BigDecimal b = new BigDecimal(y);
    assertNotBelow(RoundedUp.sum(x, y), a.add(b));
    assertNotBelow(RoundedUp.difference(x, y), a.subtract(b));
    assertNotBelow(RoundedUp.product(x, y), a.multiply(b));
    if (y != 0) {
      MathContext down = new MathContext(60, RoundingMode.FLOOR);
      assertNotBelow(RoundedUp.quotient(x, y), a.divide(b, down));
    }
  }

  private static void assertNotBelow(double rounded, BigDecimal exact) {
    if (rounded != Double.POSITIVE_INFINITY) {
      assertThat(new BigDecimal(rounded)).isGreaterThanOrEqualTo(exact);
    }
  }

  @Test
  void areTight() {
    assertThat(RoundedUp.sum(1, 2)).isEqualTo(Math.nextUp(3.0));
    assertThat(RoundedUp.product(Double.MIN_VALUE, 0.25)).isEqualTo(Double.MIN_VALUE);
    assertThat(RoundedUp.sum(Double.MAX_VALUE, Double.MAX_VALUE)).isInfinite();
    assertThat(RoundedUp.quotient(0, 0)).isNaN();
  }

  @Test
  void gammaBoundsAccumulatedRoundingErrors() {
    for (int k : new int[] {0, 1, 2, 68, 788, 1 << 20, Integer.MAX_VALUE}) {
      BigDecimal ku = BigDecimal.valueOf(k).multiply(new BigDecimal(Math.scalb(1.0, -53)));
      BigDecimal exact =
          ku.divide(BigDecimal.ONE.subtract(ku), new MathContext(60, RoundingMode.FLOOR));
      assertThat(new BigDecimal(RoundedUp.gamma(k))).isGreaterThanOrEqualTo(exact);
      assertThat(RoundedUp.gamma(k)).isLessThanOrEqualTo((k + 1.0) * 0x1.00001p-53);
    }
  }
}
