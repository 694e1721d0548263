package org.flowbound.rigor;

import java.math.BigInteger;

/** A symmetric matrix of integers, a power of two times one of {@code double} entries. */
public final class ExactMatrix {
  private final BigInteger[][] entries;

  private ExactMatrix(BigInteger[][] entries) {
    this.entries = entries;
  }

  /** The matrix with this lower triangle, exactly, but for a power of two. */
  public static ExactMatrix of(double[][] lower) {
    int n = lower.length;
    int zeros = Integer.MAX_VALUE;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        if (lower[i][j] != 0) {
          zeros = Math.min(zeros, integer(lower[i][j]).getLowestSetBit());
        }
      }
    }
    BigInteger[][] entries = new BigInteger[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        entries[i][j] = integer(lower[i][j]).shiftRight(zeros);
        entries[j][i] = entries[i][j];
      }
    }
    return new ExactMatrix(entries);
  }

  /** {@code 2^1074 x}. */
  static BigInteger integer(double x) {
    long bits = Double.doubleToLongBits(Math.abs(x));
    long exponent = bits >>> 52;
    long fraction = bits & ((1L << 52) - 1);
    BigInteger size =
        exponent == 0
            ? BigInteger.valueOf(fraction)
            : BigInteger.valueOf(fraction | 1L << 52).shiftLeft((int) exponent - 1);
    return x < 0 ? size.negate() : size;
  }

  /** Whether all leading principal minors are positive, by fraction-free elimination. */
  public boolean isPositiveDefinite() {
    int n = entries.length;
    BigInteger[][] a = new BigInteger[n][];
    for (int i = 0; i < n; i++) {
      a[i] = entries[i].clone();
    }
    BigInteger previous = BigInteger.ONE;
    for (int k = 0; k < n; k++) {
      if (a[k][k].signum() <= 0) {
        return false;
      }
      for (int i = k + 1; i < n; i++) {
        for (int j = k + 1; j < n; j++) {
          a[i][j] = a[i][j].multiply(a[k][k]).subtract(a[i][k].multiply(a[k][j])).divide(previous);
        }
      }
      previous = a[k][k];
    }
    return true;
  }
}
