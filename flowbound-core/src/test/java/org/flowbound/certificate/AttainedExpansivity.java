package org.flowbound.certificate;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;

/**
 * A value that {@code max_D μ₂(DA)} is proved to attain or exceed, and that is all but equal to it:
 * the Rayleigh quotients {@code vᵀDAv/vᵀv} of leading eigenvectors v, evaluated exactly. An error ε
 * of v changes the quotient by no more than about ε², so a false claim is found out even if it is
 * wrong by much less than one unit in the last place.
 */
public final class AttainedExpansivity {
  private static final MathContext DOWN = new MathContext(60, RoundingMode.FLOOR);

  private AttainedExpansivity() {}

  /** By enumeration of all vertices with slopes in {α, β}. */
  public static BigDecimal of(Matrix a, double alpha, double beta) {
    int d = a.rows();
    double largest = a.maxAbs();
    int exponent = largest == 0 ? 0 : Math.getExponent(largest);
    SymmetricEigen eigen = new SymmetricEigen(d);
    double[][] vectors = new double[1 << d][d];
    double[] values = new double[1 << d];
    for (int signs = 0; signs < 1 << d; signs++) {
      double[] slopes = slopes(signs, d, alpha, beta);
      eigen.decompose(
          DoubleMatrix.of(
              Matrix.generate(
                  d,
                  d,
                  (i, j) ->
                      0.5 * slopes[i] * Math.scalb(a.get(i, j), -exponent)
                          + 0.5 * slopes[j] * Math.scalb(a.get(j, i), -exponent))));
      values[signs] = eigen.value(0);
      eigen.vector(0, vectors[signs]);
    }
    double threshold = Arrays.stream(values).max().getAsDouble() - 1e-12 * d;
    BigDecimal best = null;
    for (int signs = 0; signs < 1 << d; signs++) {
      if (values[signs] >= threshold) {
        BigDecimal quotient = rayleigh(a, slopes(signs, d, alpha, beta), vectors[signs]);
        best = best == null ? quotient : best.max(quotient);
      }
    }
    return best;
  }

  private static double[] slopes(int signs, int d, double alpha, double beta) {
    double[] slopes = new double[d];
    Arrays.setAll(slopes, i -> (signs >> i & 1) == 1 ? beta : alpha);
    return slopes;
  }

  /** {@code vᵀDAv/vᵀv}, rounded down after 60 digits. */
  private static BigDecimal rayleigh(Matrix a, double[] slopes, double[] v) {
    BigDecimal numerator = BigDecimal.ZERO;
    BigDecimal denominator = BigDecimal.ZERO;
    for (int i = 0; i < v.length; i++) {
      BigDecimal product = BigDecimal.ZERO;
      for (int j = 0; j < v.length; j++) {
        product = product.add(new BigDecimal(a.get(i, j)).multiply(new BigDecimal(v[j])));
      }
      BigDecimal x = new BigDecimal(v[i]);
      numerator = numerator.add(new BigDecimal(slopes[i]).multiply(x).multiply(product));
      denominator = denominator.add(x.multiply(x));
    }
    return numerator.divide(denominator, DOWN);
  }
}
