package org.flowbound.solver;

import java.util.Arrays;
import org.flowbound.flow.RungeKutta;

/**
 * The coefficients of a Runge–Kutta method: {@code k_i = f(t + c_i h, u + h Σ_j a_ij k_j)}, {@code
 * u⁺ = u + h Σ b_i k_i}, {@code c_i = Σ_j a_ij}. Lower triangular: explicit or diagonally implicit.
 */
public final class ButcherTableau {
  /** Rows that add up to 1 are to have their node at the step's end, whatever the rounding. */
  private static final double ROUNDING = 1e-13;

  private final double[][] a;
  private final double[] b;
  private final double[] c;

  /**
   * @param a s rows; row i has its entries up to the diagonal, later ones are 0
   * @param b s weights
   * @throws IllegalArgumentException if the sizes do not fit together
   */
  public ButcherTableau(double[][] a, double[] b) {
    int s = b.length;
    if (s < 1 || a.length != s) {
      throw new IllegalArgumentException(
          "A tableau with %d weights cannot have %d stages.".formatted(s, a.length));
    }
    this.a = new double[s][];
    this.b = b.clone();
    this.c = new double[s];
    for (int i = 0; i < s; i++) {
      if (a[i].length > i + 1) {
        throw new IllegalArgumentException(
            "Row %d of the tableau has %d entries: the stages must follow one another."
                .formatted(i + 1, a[i].length));
      }
      this.a[i] = Arrays.copyOf(a[i], s);
      for (double entry : a[i]) {
        c[i] += entry;
      }
      if (Math.abs(c[i] - 1) < ROUNDING) {
        c[i] = 1;
      }
    }
  }

  /** The tableau of a method that classifiers use too. */
  public static ButcherTableau of(RungeKutta method) {
    int s = method.stages();
    double[][] a = new double[s][];
    double[] b = new double[s];
    for (int i = 0; i < s; i++) {
      a[i] = new double[i];
      for (int j = 0; j < i; j++) {
        a[i][j] = method.a(i, j);
      }
      b[i] = method.b(i);
    }
    return new ButcherTableau(a, b);
  }

  /** The number s of stages. */
  public int stages() {
    return b.length;
  }

  /** The coefficient a_ij. */
  public double a(int i, int j) {
    return a[i][j];
  }

  /** The weight b_i. */
  public double b(int i) {
    return b[i];
  }

  /** The node c_i. */
  public double c(int i) {
    return c[i];
  }

  /** Whether no stage depends on itself. */
  public boolean isExplicit() {
    for (int i = 0; i < b.length; i++) {
      if (a[i][i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether the last stage is the next state. */
  boolean isStifflyAccurate() {
    return !isExplicit() && Arrays.equals(a[b.length - 1], b);
  }

  /**
   * The size of the stability function, {@code |R(z)| = |1 + z bᵀ(I − zA)⁻¹1|} at z = x + iy: what
   * a step of h multiplies a solution of {@code u' = λu} by, z = hλ.
   */
  public double stability(double x, double y) {
    int s = b.length;
    double[] re = new double[s];
    double[] im = new double[s];
    double sumRe = 0;
    double sumIm = 0;
    for (int i = 0; i < s; i++) {
      double rowRe = 0;
      double rowIm = 0;
      for (int j = 0; j < i; j++) {
        rowRe += a[i][j] * re[j];
        rowIm += a[i][j] * im[j];
      }
      double topRe = 1 + x * rowRe - y * rowIm;
      double topIm = x * rowIm + y * rowRe;
      double bottomRe = 1 - x * a[i][i];
      double bottomIm = -y * a[i][i];
      double size = bottomRe * bottomRe + bottomIm * bottomIm;
      re[i] = (topRe * bottomRe + topIm * bottomIm) / size;
      im[i] = (topIm * bottomRe - topRe * bottomIm) / size;
      sumRe += b[i] * re[i];
      sumIm += b[i] * im[i];
    }
    return Math.hypot(1 + x * sumRe - y * sumIm, x * sumIm + y * sumRe);
  }
}
