package org.flowbound.io;

/** Floating-point numbers of 16 bits: IEEE 754 binary16, and rounding to any such precision. */
final class Binary16 {
  private Binary16() {}

  /**
   * The nearest number with {@code precision} significant bits and an exponent in the given range,
   * ties to even, with gradual underflow; infinite beyond the largest one.
   */
  static double round(double value, int precision, int minExponent, int maxExponent) {
    if (value == 0 || !Double.isFinite(value)) {
      return value;
    }
    int unit = Math.max(Math.getExponent(value), minExponent) - (precision - 1);
    double rounded = Math.scalb(Math.rint(Math.scalb(value, -unit)), unit);
    return Math.getExponent(rounded) > maxExponent
        ? Math.copySign(Double.POSITIVE_INFINITY, value)
        : rounded;
  }

  static double halfToDouble(short half) {
    int exponent = half >> 10 & 0x1f;
    int fraction = half & 0x3ff;
    double magnitude;
    if (exponent == 0x1f) {
      magnitude = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
    } else if (exponent == 0) {
      magnitude = Math.scalb((double) fraction, -24);
    } else {
      magnitude = Math.scalb(1024.0 + fraction, exponent - 25);
    }
    return half < 0 ? -magnitude : magnitude;
  }

  /**
   * @param value a number that binary16 can hold
   */
  static short doubleToHalf(double value) {
    int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
    double magnitude = Math.abs(value);
    int bits;
    if (Double.isNaN(value)) {
      bits = 0x7e00;
    } else if (Double.isInfinite(value)) {
      bits = 0x7c00;
    } else if (magnitude < 0x1p-14) {
      bits = (int) Math.scalb(magnitude, 24);
    } else {
      int exponent = Math.getExponent(magnitude);
      bits = ((exponent + 14) << 10) + (int) Math.scalb(magnitude, 10 - exponent);
    }
    return (short) (sign | bits);
  }
}
