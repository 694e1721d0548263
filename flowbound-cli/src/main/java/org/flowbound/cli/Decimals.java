package org.flowbound.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers for people, rounded so that what is claimed of them stays true. */
final class Decimals {
  private static final int DIGITS = 10;

  private Decimals() {}

  /** A decimal of ten digits that is not above {@code value}. */
  static String down(double value) {
    return rounded(value, RoundingMode.FLOOR);
  }

  /** A decimal of ten digits that is not below {@code value}. */
  static String up(double value) {
    return rounded(value, RoundingMode.CEILING);
  }

  private static String rounded(double value, RoundingMode mode) {
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    BigDecimal decimal = new BigDecimal(value).round(new MathContext(DIGITS, mode));
    double size = Math.abs(value);
    return size == 0 || (size >= 1e-4 && size < 1e9)
        ? decimal.toPlainString()
        : String.format(Locale.ROOT, "%." + (DIGITS - 1) + "e", decimal);
  }
}
