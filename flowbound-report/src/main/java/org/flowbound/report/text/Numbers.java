package org.flowbound.report.text;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * Numbers as a reader wants them: few digits, a true minus sign, a dash where there is none.
 *
 * <p>Bounds are rounded outwards, so that what is printed still holds.
 */
public final class Numbers {
  private static final String NONE = "–";

  private Numbers() {}

  /** A number with this many decimals, rounded half up. */
  public static String decimal(double value, int decimals) {
    return round(value, decimals, RoundingMode.HALF_UP);
  }

  /** The fewest digits that tell the number from its neighbours: {@code 0.05}, {@code −2}. */
  public static String shortest(double value) {
    if (!Double.isFinite(value)) {
      return nonFinite(value);
    }
    return minus(BigDecimal.valueOf(value).stripTrailingZeros().toPlainString());
  }

  /** A lower bound, rounded down. */
  public static String lower(double bound, int decimals) {
    return round(bound, decimals, RoundingMode.FLOOR);
  }

  /** An upper bound, rounded up. */
  public static String upper(double bound, int decimals) {
    return round(bound, decimals, RoundingMode.CEILING);
  }

  /** A certified interval, rounded outwards: {@code [−0.512, −0.500]}. */
  public static String interval(double lower, double upper, int decimals) {
    return "[" + lower(lower, decimals) + ", " + upper(upper, decimals) + "]";
  }

  /** A share in [0, 1] in per cent, without the sign: {@code 97.6}. */
  public static String percent(double share) {
    return decimal(share * 100, 1);
  }

  /** A whole number with its thousands apart: {@code 10 000}. */
  public static String count(long value) {
    return minus(String.format(Locale.ROOT, "%,d", value).replace(',', '\u202F'));
  }

  /** A length of time: {@code 48 s}, {@code 3 min 20 s}, {@code 1 h 05 min}. */
  public static String duration(double seconds) {
    if (!Double.isFinite(seconds) || seconds < 0) {
      return NONE;
    }
    if (seconds < 10) {
      return decimal(seconds, 1) + " s";
    }
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    if (whole < 3600) {
      return "%d min %02d s".formatted(whole / 60, whole % 60);
    }
    return "%d h %02d min".formatted(whole / 3600, whole % 3600 / 60);
  }

  private static String round(double value, int decimals, RoundingMode mode) {
    if (!Double.isFinite(value)) {
      return nonFinite(value);
    }
    BigDecimal rounded = BigDecimal.valueOf(value).setScale(decimals, mode);
    return minus(rounded.toPlainString());
  }

  private static String nonFinite(double value) {
    if (Double.isNaN(value)) {
      return NONE;
    }
    return value > 0 ? "∞" : "−∞";
  }

  private static String minus(String digits) {
    return digits.replace('-', '−');
  }
}
