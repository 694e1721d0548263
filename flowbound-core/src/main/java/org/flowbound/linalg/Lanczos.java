package org.flowbound.linalg;

import java.util.Arrays;

/**
 * The largest eigenvalue of a symmetric operator with its vector, by the Lanczos method with thick
 * restarts and full orthogonalisation (Wu and Simon, SIAM J. Matrix Anal. Appl. 22, 2000), from a
 * starting vector that may already be close.
 *
 * <p>The subspace grows by the residual of its best Ritz pair, which is the direction of Lanczos'
 * recurrence; when it is full, it restarts from its best Ritz vectors. The value is a Rayleigh
 * quotient and so never exceeds the largest eigenvalue by more than rounding, and some eigenvalue
 * lies within the residual's norm of it. It bounds nothing from above: a start that is orthogonal
 * to the leading vector can lead to another eigenvalue. Not safe for concurrent use.
 */
public final class Lanczos {
  private static final int SUBSPACE = 24;
  private static final int KEPT = 6;

  private final int n;
  private final int size;
  private final double[][] basis;
  private final double[][] images;
  private final double[][] combined;
  private final double[] projected;
  private final double[] packed;
  private final double[] weights;
  private final SymmetricEigen[] eigen;
  private final DoubleMatrix[] small;
  private final double[] vector;
  private final double[] residual;
  private double value;
  private double residualNorm;
  private int products;

  /**
   * @param n the order of the operators, at least 1
   */
  public Lanczos(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("The order (%d) must be at least 1.".formatted(n));
    }
    this.n = n;
    this.size = Math.min(n, SUBSPACE);
    this.basis = new double[size][n];
    this.images = new double[size][n];
    this.combined = new double[2 * Math.min(KEPT, size)][n];
    this.projected = new double[size * size];
    this.packed = new double[size * size];
    this.weights = new double[size];
    this.eigen = new SymmetricEigen[size];
    this.small = new DoubleMatrix[size];
    this.vector = new double[n];
    this.residual = new double[n];
  }

  /** A symmetric linear operator. */
  @FunctionalInterface
  public interface Operator {
    /** Writes the image of {@code x} into {@code image}. */
    void apply(double[] x, double[] image);
  }

  /**
   * Improves {@code start} until the residual's norm is at most {@code tolerance} or {@code
   * maxProducts} products have been taken; whether the tolerance was reached.
   *
   * @param start n entries, not all of them zero
   */
  public boolean largest(Operator operator, double[] start, double tolerance, int maxProducts) {
    System.arraycopy(start, 0, residual, 0, n);
    products = 0;
    int m = 0;
    double length = norm(residual);
    if (!(length > 0) || !Double.isFinite(length)) {
      throw new IllegalArgumentException(
          "The starting vector has length %s, which must be positive.".formatted(length));
    }
    while (true) {
      if (m == size) {
        m = restart();
      }
      if (!append(m)) {
        return residualNorm <= tolerance;
      }
      operator.apply(basis[m], images[m]);
      products++;
      for (int k = 0; k <= m; k++) {
        projected[m * size + k] = dot(images[m], basis[k]);
        projected[k * size + m] = projected[m * size + k];
      }
      m++;
      solve(m);
      if (residualNorm <= tolerance || m == n || products >= maxProducts) {
        return residualNorm <= tolerance;
      }
    }
  }

  /** The Ritz value, at most the largest eigenvalue. */
  public double value() {
    return value;
  }

  /** Copies the Ritz vector, of unit length, into {@code target}. */
  public void vector(double[] target) {
    System.arraycopy(vector, 0, target, 0, n);
  }

  /** The norm of the residual of the pair found. */
  public double residualNorm() {
    return residualNorm;
  }

  /** The number of products with the operator in the last run. */
  public int products() {
    return products;
  }

  /** Makes the residual the basis' next vector; false if it lies in the basis' span. */
  private boolean append(int m) {
    double before = norm(residual);
    for (int pass = 0; pass < 2; pass++) {
      for (int k = 0; k < m; k++) {
        axpy(-dot(residual, basis[k]), basis[k], residual);
      }
    }
    double after = norm(residual);
    if (!(after > 1e-12 * before)) {
      return false;
    }
    for (int i = 0; i < n; i++) {
      basis[m][i] = residual[i] / after;
    }
    return true;
  }

  /** The best Ritz pair of the first m vectors, and its residual. */
  private void solve(int m) {
    decompose(m);
    value = eigen[m - 1].value(0);
    eigen[m - 1].vector(0, weights);
    Arrays.fill(vector, 0);
    Arrays.fill(residual, 0);
    for (int k = 0; k < m; k++) {
      axpy(weights[k], basis[k], vector);
      axpy(weights[k], images[k], residual);
    }
    axpy(-value, vector, residual);
    residualNorm = norm(residual);
  }

  private void decompose(int m) {
    if (eigen[m - 1] == null) {
      eigen[m - 1] = new SymmetricEigen(m);
      small[m - 1] = DoubleMatrix.zeros(m, m);
    }
    for (int k = 0; k < m; k++) {
      System.arraycopy(projected, k * size, packed, k * m, m);
    }
    small[m - 1].write(0, packed, m * m);
    eigen[m - 1].decompose(small[m - 1]);
  }

  /** Replaces the full basis by its best Ritz vectors; their number. */
  private int restart() {
    int kept = Math.min(KEPT, size - 1);
    for (int e = 0; e < kept; e++) {
      eigen[size - 1].vector(e, weights);
      Arrays.fill(combined[2 * e], 0);
      Arrays.fill(combined[2 * e + 1], 0);
      for (int k = 0; k < size; k++) {
        axpy(weights[k], basis[k], combined[2 * e]);
        axpy(weights[k], images[k], combined[2 * e + 1]);
      }
    }
    for (int e = 0; e < kept; e++) {
      System.arraycopy(combined[2 * e], 0, basis[e], 0, n);
      System.arraycopy(combined[2 * e + 1], 0, images[e], 0, n);
      Arrays.fill(projected, e * size, (e + 1) * size, 0);
      projected[e * size + e] = eigen[size - 1].value(e);
    }
    return kept;
  }

  private static double dot(double[] x, double[] y) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < x.length; i += 4) {
      s0 += x[i] * y[i];
      s1 += x[i + 1] * y[i + 1];
      s2 += x[i + 2] * y[i + 2];
      s3 += x[i + 3] * y[i + 3];
    }
    for (; i < x.length; i++) {
      s0 += x[i] * y[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  private static double norm(double[] x) {
    return Math.sqrt(dot(x, x));
  }

  private static void axpy(double factor, double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      y[i] += factor * x[i];
    }
  }
}
