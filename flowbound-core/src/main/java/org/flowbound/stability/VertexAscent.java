package org.flowbound.stability;

import java.util.Arrays;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Lanczos;
import org.flowbound.linalg.SymmetricEigen;
import org.jspecify.annotations.Nullable;

/**
 * The lower bound of {@code max_D μ₂(BᵀDA)}: monotone ascent over the vertices of the slope box. A
 * and B are m × d; for one layer, m = d and B = I.
 *
 * <p>With v the leading eigenvector of sym(BᵀDA) and {@code g_i = (Bv)_i (Av)_i}, the next D has
 * the upper slope where {@code g_i > 0} and the lower one elsewhere; the value cannot decrease, and
 * the iteration ends in a local maximum. It is the discrete counterpart of the gradient systems of
 * [2] and [3]. Not safe for concurrent use.
 */
public final class VertexAscent {
  /** From this order on the leading pair alone is computed, and iteratively. */
  private static final int LANCZOS_ORDER = 256;

  private static final double LANCZOS_RESIDUAL = 1e-7;
  private static final int LANCZOS_PRODUCTS = 500;

  private final int d;
  private final int m;
  private final double[] a;
  private final double[] transposed;
  private final double lowerSlope;
  private final double upperSlope;
  private final DoubleMatrix symmetric;
  private final SymmetricEigen eigen;
  private final double[] work;
  private final DoubleMatrix matrix;
  private @Nullable DoubleMatrix outer;
  private final DoubleMatrix operand;
  private final DoubleMatrix product;
  private final DoubleMatrix imageOfSymmetric;
  private final Lanczos lanczos;
  private double norm;
  private final double[] v;
  private final double[] w;

  /**
   * For one layer.
   *
   * @param d the order of the matrices
   */
  public VertexAscent(int d, double lowerSlope, double upperSlope) {
    this(d, d, lowerSlope, upperSlope);
  }

  /**
   * @param m the number of rows of A and B, which is that of the slopes
   * @param d the number of their columns
   */
  public VertexAscent(int m, int d, double lowerSlope, double upperSlope) {
    this.d = d;
    this.m = m;
    this.a = new double[m * d];
    this.transposed = new double[d * m];
    this.lowerSlope = lowerSlope;
    this.upperSlope = upperSlope;
    this.symmetric = DoubleMatrix.zeros(d, d);
    this.eigen = new SymmetricEigen(d);
    this.work = new double[Math.max(m, d) * d];
    this.matrix = DoubleMatrix.zeros(m, d);
    this.operand = DoubleMatrix.zeros(d, 1);
    this.product = DoubleMatrix.zeros(m, 1);
    this.imageOfSymmetric = DoubleMatrix.zeros(d, 1);
    this.lanczos = new Lanczos(d);
    this.v = new double[d];
    this.w = new double[m];
  }

  /** Sets A, d × d in row-major order, and B = I. */
  public void setMatrix(double[] matrix) {
    outer = null;
    setInner(matrix);
  }

  /** Sets A and B, m × d in row-major order. */
  public void setMatrices(double[] inner, double[] outerTransposed) {
    setInner(inner);
    double square = 0;
    for (double entry : outerTransposed) {
      square += entry * entry;
    }
    norm *= Math.sqrt(square / m);
    outer = DoubleMatrix.zeros(m, d);
    outer.write(0, outerTransposed, m * d);
  }

  private void setInner(double[] matrix) {
    System.arraycopy(matrix, 0, a, 0, m * d);
    this.matrix.write(0, matrix, m * d);
    double square = 0;
    for (double entry : matrix) {
      square += entry * entry;
    }
    norm = Math.sqrt(square / d);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < d; j++) {
        transposed[j * m + i] = matrix[i * d + j];
      }
    }
  }

  /**
   * Climbs from the vertex that is best for {@code direction}; the vertex is left in {@code
   * slopes}.
   */
  public double climbFrom(double[] direction, double[] slopes) {
    bestVertex(direction, slopes);
    System.arraycopy(direction, 0, v, 0, d);
    return ascend(slopes);
  }

  /** Climbs from a vertex to a local maximum, left in {@code slopes}; returns its value. */
  public double climb(double[] slopes) {
    Arrays.fill(v, 0);
    return ascend(slopes);
  }

  private double ascend(double[] slopes) {
    double value = evaluate(slopes);
    double[] next = new double[m];
    while (true) {
      bestVertex(v, next);
      if (Arrays.equals(next, slopes)) {
        return value;
      }
      double nextValue = evaluate(next);
      if (!(nextValue > value)) {
        return value;
      }
      value = nextValue;
      System.arraycopy(next, 0, slopes, 0, m);
    }
  }

  /**
   * Improves a local maximum by flipping one slope, or two, and climbing again, until no flip
   * helps.
   *
   * @param patience how many flips, the most promising ones first, are tried before giving up
   */
  public double flip(double[] slopes, double value, int patience) {
    double best = value;
    boolean improved = true;
    double[] candidate = new double[m];
    double[] base = new double[d];
    while (improved) {
      improved = false;
      Arrays.fill(v, 0);
      evaluate(slopes);
      System.arraycopy(v, 0, base, 0, d);
      for (Flip flip : promisingFlips(slopes, patience)) {
        System.arraycopy(slopes, 0, candidate, 0, m);
        toggle(candidate, flip.first());
        if (flip.second() >= 0) {
          toggle(candidate, flip.second());
        }
        System.arraycopy(base, 0, v, 0, d);
        double reached = ascend(candidate);
        if (reached > best + 1e-13 * Math.abs(best)) {
          best = reached;
          System.arraycopy(candidate, 0, slopes, 0, m);
          improved = true;
          break;
        }
      }
    }
    return best;
  }

  private record Flip(int first, int second, double estimate) {}

  /**
   * Ranks all single flips and pairs by the leading eigenvalue of the flipped matrix compressed to
   * the leading eigenvectors of the current one.
   */
  private java.util.List<Flip> promisingFlips(double[] slopes, int patience) {
    int k = Math.min(d, 6);
    assemble(slopes);
    eigen.decomposeLargest(symmetric, k);
    double[] vector = new double[d];
    double[][] bz = new double[k][m];
    double[][] az = new double[k][m];
    double[] values = new double[k];
    for (int e = 0; e < k; e++) {
      values[e] = eigen.value(e);
      eigen.vector(e, vector);
      multiply(matrix, vector, az[e]);
      multiplyByOuter(vector, bz[e]);
    }
    java.util.PriorityQueue<Flip> best =
        new java.util.PriorityQueue<>(
            java.util.Comparator.comparingDouble(Flip::estimate)
                .thenComparingInt(Flip::first)
                .thenComparingInt(Flip::second));
    double[] compressed = new double[k * k];
    for (int i = 0; i < m; i++) {
      offer(best, new Flip(i, -1, estimate(slopes, values, bz, az, i, -1, compressed)), patience);
      if (m <= 128) {
        for (int j = i + 1; j < m; j++) {
          offer(best, new Flip(i, j, estimate(slopes, values, bz, az, i, j, compressed)), patience);
        }
      }
    }
    java.util.List<Flip> flips = new java.util.ArrayList<>(best);
    flips.sort(java.util.Comparator.comparingDouble((Flip f) -> -f.estimate()));
    return flips;
  }

  private static void offer(java.util.PriorityQueue<Flip> best, Flip flip, int patience) {
    best.add(flip);
    if (best.size() > patience) {
      best.poll();
    }
  }

  private double estimate(
      double[] slopes,
      double[] values,
      double[][] bz,
      double[][] az,
      int i,
      int j,
      double[] compressed) {
    int k = values.length;
    for (int p = 0; p < k; p++) {
      for (int q = 0; q < k; q++) {
        double sum = p == q ? values[p] : 0;
        sum += 0.5 * change(slopes, i) * (bz[p][i] * az[q][i] + az[p][i] * bz[q][i]);
        if (j >= 0) {
          sum += 0.5 * change(slopes, j) * (bz[p][j] * az[q][j] + az[p][j] * bz[q][j]);
        }
        compressed[p * k + q] = sum;
      }
    }
    return rayleighEstimate(compressed, k);
  }

  /** A lower estimate of the largest eigenvalue of a small matrix, by shifted power iteration. */
  private static double rayleighEstimate(double[] m, int k) {
    double shift = 0;
    for (int p = 0; p < k; p++) {
      double sum = 0;
      for (int q = 0; q < k; q++) {
        sum += Math.abs(m[p * k + q]);
      }
      shift = Math.max(shift, sum - m[p * k + p]);
    }
    double[] x = new double[k];
    double[] y = new double[k];
    x[0] = 1;
    for (int p = 1; p < k; p++) {
      x[p] = 0.1 * Math.signum(m[p * k]);
    }
    double value = Double.NEGATIVE_INFINITY;
    for (int iteration = 0; iteration < 8; iteration++) {
      double xx = 0;
      double xy = 0;
      for (int p = 0; p < k; p++) {
        double sum = 0;
        for (int q = 0; q < k; q++) {
          sum += m[p * k + q] * x[q];
        }
        y[p] = sum;
        xx += x[p] * x[p];
        xy += x[p] * sum;
      }
      value = Math.max(value, xy / xx);
      for (int p = 0; p < k; p++) {
        x[p] = (y[p] + 0.5 * shift * x[p]) / Math.sqrt(xx);
      }
    }
    return value;
  }

  private double change(double[] slopes, int i) {
    return slopes[i] == upperSlope ? lowerSlope - upperSlope : upperSlope - lowerSlope;
  }

  private void toggle(double[] slopes, int i) {
    slopes[i] = slopes[i] == upperSlope ? lowerSlope : upperSlope;
  }

  /** μ₂(DA), from below where d is large; leaves its leading eigenvector behind. */
  private double evaluate(double[] slopes) {
    if (d >= LANCZOS_ORDER) {
      return evaluateByLanczos(slopes);
    }
    assemble(slopes);
    eigen.decomposeLargest(symmetric, 1);
    eigen.vector(0, v);
    return eigen.value(0);
  }

  /** As {@link #evaluate}, started from the vector v. */
  private double evaluateByLanczos(double[] slopes) {
    for (int i = 0; i < d; i++) {
      // What the last vector lacks of this one's leading vector must come from somewhere.
      v[i] += 1e-3 / Math.sqrt(d) * Math.sin(i + 1.0);
    }
    assembleWhole(slopes);
    lanczos.largest(
        (x, image) -> multiply(symmetric, x, image), v, LANCZOS_RESIDUAL * norm, LANCZOS_PRODUCTS);
    lanczos.vector(v);
    return lanczos.value();
  }

  /** The lower triangle of sym(BᵀDA). */
  private void assemble(double[] slopes) {
    if (outer != null) {
      assembleTwoLayers(slopes, outer);
      return;
    }
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        work[i * d + j] = 0.5 * (slopes[i] * a[i * d + j] + slopes[j] * a[j * d + i]);
      }
    }
    symmetric.write(0, work, d * d);
  }

  /** Both triangles of sym(BᵀDA). */
  private void assembleWhole(double[] slopes) {
    if (outer != null) {
      assembleTwoLayers(slopes, outer);
      return;
    }
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        work[i * d + j] = 0.5 * (slopes[i] * a[i * d + j] + slopes[j] * transposed[i * d + j]);
      }
    }
    symmetric.write(0, work, d * d);
  }

  private void assembleTwoLayers(double[] slopes, DoubleMatrix b) {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < d; j++) {
        work[i * d + j] = 0.5 * slopes[i] * a[i * d + j];
      }
    }
    matrix.write(0, work, m * d);
    Blas.gemm(1, b, Op.TRANSPOSED, matrix, Op.PLAIN, 0, symmetric);
    Blas.gemm(1, matrix, Op.TRANSPOSED, b, Op.PLAIN, 1, symmetric);
    matrix.write(0, a, m * d);
  }

  private void bestVertex(double[] direction, double[] slopes) {
    multiply(matrix, direction, w);
    double[] u = direction;
    if (outer != null) {
      u = new double[m];
      multiplyByOuter(direction, u);
    }
    for (int i = 0; i < m; i++) {
      slopes[i] = u[i] * w[i] > 0 ? upperSlope : lowerSlope;
    }
  }

  private void multiplyByOuter(double[] vector, double[] target) {
    if (outer == null) {
      System.arraycopy(vector, 0, target, 0, d);
    } else {
      multiply(outer, vector, target);
    }
  }

  private void multiply(DoubleMatrix factor, double[] vector, double[] target) {
    DoubleMatrix image = factor == symmetric ? imageOfSymmetric : product;
    operand.write(0, vector, d);
    Blas.gemm(1, factor, Op.PLAIN, operand, Op.PLAIN, 0, image);
    image.read(0, target, factor.rows());
  }
}
