package org.flowbound.report.chart;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * A linear axis whose ends are ticks.
 *
 * @param label what is measured, with its unit
 * @param min the first tick
 * @param step the distance between ticks: 1, 2 or 5 times a power of ten
 * @param intervals number of steps from the first to the last tick
 */
public record Axis(String label, BigDecimal min, BigDecimal step, int intervals) {
  /**
   * The axis of at most {@code maxIntervals} steps, at least one, that holds [low, high].
   *
   * @throws IllegalArgumentException unless {@code low ≤ high}, both finite
   */
  public static Axis covering(String label, double low, double high, int maxIntervals) {
    return covering(label, low, high, maxIntervals, BigDecimal.ZERO);
  }

  /** The axis that holds [low, high], with ticks at whole numbers only. */
  public static Axis ofIntegers(String label, int low, int high, int maxIntervals) {
    return covering(label, low, high, maxIntervals, BigDecimal.ONE);
  }

  private static Axis covering(
      String label, double low, double high, int maxIntervals, BigDecimal minStep) {
    if (!(Double.isFinite(low) && Double.isFinite(high) && low <= high)) {
      throw new IllegalArgumentException(
          "An axis cannot cover [%s, %s]: need finite ends, low <= high.".formatted(low, high));
    }
    BigDecimal from = BigDecimal.valueOf(low);
    BigDecimal to = BigDecimal.valueOf(high);
    BigDecimal span = to.subtract(from);
    if (span.signum() == 0) {
      span = from.signum() == 0 ? BigDecimal.ONE : from.abs();
    }
    BigDecimal step =
        niceAtLeast(span.divide(BigDecimal.valueOf(maxIntervals), MathContext.DECIMAL64))
            .max(minStep);
    while (true) {
      BigDecimal first = from.divide(step, 0, RoundingMode.FLOOR);
      BigDecimal last = to.divide(step, 0, RoundingMode.CEILING);
      int intervals = Math.max(1, last.subtract(first).intValueExact());
      if (intervals <= maxIntervals || maxIntervals < 2) {
        return new Axis(label, first.multiply(step), step, intervals);
      }
      step = niceAtLeast(step.multiply(new BigDecimal("1.5")));
    }
  }

  private static BigDecimal niceAtLeast(BigDecimal size) {
    BigDecimal power = BigDecimal.ONE.scaleByPowerOfTen(size.precision() - size.scale() - 1);
    for (int factor : new int[] {1, 2, 5}) {
      BigDecimal step = power.multiply(BigDecimal.valueOf(factor));
      if (step.compareTo(size) >= 0) {
        return step;
      }
    }
    return power.scaleByPowerOfTen(1);
  }

  public double max() {
    return tick(intervals).doubleValue();
  }

  /** Where a value lies between the axis's ends: 0 at the first tick, 1 at the last. */
  public double position(double value) {
    return (value - min.doubleValue()) / (max() - min.doubleValue());
  }

  /** All ticks, in increasing order. */
  public List<BigDecimal> ticks() {
    List<BigDecimal> ticks = new ArrayList<>();
    for (int k = 0; k <= intervals; k++) {
      ticks.add(tick(k));
    }
    return ticks;
  }

  private BigDecimal tick(int k) {
    return min.add(step.multiply(BigDecimal.valueOf(k)));
  }

  /** A tick as it is written beside the axis: as many decimals as the step has. */
  public String write(BigDecimal tick) {
    int decimals = Math.max(0, step.stripTrailingZeros().scale());
    return tick.setScale(decimals, RoundingMode.HALF_UP).toPlainString().replace('-', '−');
  }
}
