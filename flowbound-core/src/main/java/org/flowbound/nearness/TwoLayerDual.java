package org.flowbound.nearness;

import java.util.Arrays;
import java.util.List;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.optimization.Lbfgs;

/**
 * The Lagrangian dual of {@code min ½(‖Δ₁‖² + ‖Δ₂‖²)} subject to {@code sym((A₂ + Δ₂) D_k (A₁ +
 * Δ₁)) ≼ δ̄ I} for finitely many D_k, with multipliers {@code V_k V_kᵀ}.
 *
 * <p>The Lagrangian is a sum over the m units. With {@code S_i = Σ_k (D_k)_ii V_k V_kᵀ}, a_i and
 * b_i row i of A₁ and column i of A₂, {@code p_i = (a_i + b_i)/√2} and {@code q_i = (a_i −
 * b_i)/√2}, it is bounded from below where {@code −I ≺ S_i ≺ I} for all i, and its minimum is
 *
 * <pre>  φ = ½ Σ_i [p_iᵀ S_i(I + S_i)⁻¹ p_i − q_iᵀ S_i(I − S_i)⁻¹ q_i] − δ̄ Σ_k ‖V_k‖²,</pre>
 *
 * <p>attained at the B₁, B₂ whose sums and differences are {@code (I + S_i)⁻¹ p_i} and {@code (I −
 * S_i)⁻¹ q_i}. So every such V proves {@code ‖(Δ₁, Δ₂)‖ ≥ √(2φ)} of every feasible pair, although
 * the set of these is not convex. Where the constraints hold at (B₁, B₂) and with equality on V,
 * the pair is the global optimum. There may be none such: then a gap remains.
 *
 * <p>Not safe for concurrent use.
 */
final class TwoLayerDual {
  private static final double ROUNDING = 1e-13;
  private static final int MEMORY = 20;

  private final int d;
  private final int m;
  private final double target;
  private final double[] sums;
  private final double[] differences;
  private final DoubleMatrix b1;
  private final DoubleMatrix b2Transposed;
  private final double[] row1;
  private final double[] row2;
  private final DoubleMatrix s;
  private final SymmetricEigen eigen;
  private final double[] z;
  private final double[] onSum;
  private final double[] onDifference;
  private double lowerBound;

  TwoLayerDual(Matrix outer, Matrix inner, double target) {
    this.d = inner.columns();
    this.m = inner.rows();
    this.target = target;
    this.sums = new double[m * d];
    this.differences = new double[m * d];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < d; j++) {
        sums[i * d + j] = (inner.get(i, j) + outer.get(j, i)) / Math.sqrt(2);
        differences[i * d + j] = (inner.get(i, j) - outer.get(j, i)) / Math.sqrt(2);
      }
    }
    this.b1 = DoubleMatrix.of(inner);
    this.b2Transposed = DoubleMatrix.of(outer.transpose());
    this.row1 = new double[m * d];
    this.row2 = new double[m * d];
    this.s = DoubleMatrix.zeros(d, d);
    this.eigen = new SymmetricEigen(d);
    this.z = new double[d];
    this.onSum = new double[d];
    this.onDifference = new double[d];
  }

  /** B₁ at the last point. */
  Matrix inner() {
    return read(b1);
  }

  /** B₂ at the last point. */
  Matrix outer() {
    return read(b2Transposed).transpose();
  }

  private Matrix read(DoubleMatrix matrix) {
    double[] entries = new double[m * d];
    matrix.read(0, entries, m * d);
    return Matrix.of(m, d, entries);
  }

  /** The lower bound of {@code ‖(Δ₁, Δ₂)‖} at the last point. */
  double lowerBound() {
    return lowerBound;
  }

  /**
   * Maximises φ from the V of vertex blocks, which are overwritten. They are first scaled down to
   * where φ is finite.
   *
   * @param tolerance stop when the gradient's norm is at most {@code tolerance · ‖V‖}
   */
  void maximize(List<Block> blocks, int maxEvaluations, double tolerance) {
    Layout layout = new Layout(blocks);
    double[] point = layout.point;
    double[] gradient = new double[point.length];
    while (evaluate(layout, point, gradient) == Double.POSITIVE_INFINITY) {
      for (int k = 0; k < point.length; k++) {
        point[k] *= 0.8;
      }
    }
    new Lbfgs(point.length, MEMORY)
        .minimize(
            (at, g) -> evaluate(layout, at, g),
            point,
            point.length,
            maxEvaluations,
            (value, size) -> size <= tolerance * Math.sqrt(layout.trace));
    double value = -evaluate(layout, point, gradient);
    double margin =
        ROUNDING * (squaredNorm(sums) + squaredNorm(differences) + Math.abs(target) * layout.trace);
    lowerBound = Math.sqrt(Math.max(0, 2 * (value - margin)));
    layout.writeTo(blocks);
  }

  private static double squaredNorm(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return sum;
  }

  /** The columns of all V side by side, d × n, and their slopes, m × n. */
  private final class Layout {
    final int n;
    final double[] point;
    final double[] slopes;
    final double[] scaled;
    final double[] image1;
    final double[] image2;
    final DoubleMatrix v;
    final DoubleMatrix scaledV;
    final DoubleMatrix image;
    final DoubleMatrix product;
    double trace;

    Layout(List<Block> blocks) {
      this.n = blocks.stream().mapToInt(Block::rank).sum();
      this.point = new double[d * n];
      this.slopes = new double[m * n];
      this.scaled = new double[d * n];
      this.image1 = new double[m * n];
      this.image2 = new double[m * n];
      this.v = DoubleMatrix.zeros(d, n);
      this.scaledV = DoubleMatrix.zeros(d, n);
      this.image = DoubleMatrix.zeros(m, n);
      this.product = DoubleMatrix.zeros(d, n);
      int column = 0;
      for (Block block : blocks) {
        int p = block.rank();
        for (int i = 0; i < d; i++) {
          System.arraycopy(block.v(), i * p, point, i * n + column, p);
        }
        for (int i = 0; i < m; i++) {
          Arrays.fill(slopes, i * n + column, i * n + column + p, block.center()[i]);
        }
        column += p;
      }
    }

    void writeTo(List<Block> blocks) {
      int column = 0;
      for (Block block : blocks) {
        int p = block.rank();
        for (int i = 0; i < d; i++) {
          System.arraycopy(point, i * n + column, block.v(), i * p, p);
        }
        column += p;
      }
    }
  }

  /** Value and gradient of −φ; +∞ outside of its domain. */
  private double evaluate(Layout layout, double[] at, double[] gradient) {
    int n = layout.n;
    layout.v.write(0, at, d * n);
    layout.trace = squaredNorm(at);
    double phi = -target * layout.trace;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < d; j++) {
        for (int k = 0; k < n; k++) {
          layout.scaled[j * n + k] = layout.slopes[i * n + k] * at[j * n + k];
        }
      }
      layout.scaledV.write(0, layout.scaled, d * n);
      Blas.gemm(1, layout.scaledV, Op.PLAIN, layout.v, Op.TRANSPOSED, 0, s);
      double part = minimizeUnit(i);
      if (part == Double.NEGATIVE_INFINITY) {
        return Double.POSITIVE_INFINITY;
      }
      phi += part;
    }
    b1.write(0, row1, m * d);
    b2Transposed.write(0, row2, m * d);
    multiply(b1, layout, layout.image1);
    multiply(b2Transposed, layout, layout.image2);
    layout.image.write(0, layout.image1, m * n);
    Blas.gemm(1, b2Transposed, Op.TRANSPOSED, layout.image, Op.PLAIN, 0, layout.product);
    layout.image.write(0, layout.image2, m * n);
    Blas.gemm(1, b1, Op.TRANSPOSED, layout.image, Op.PLAIN, 1, layout.product);
    layout.product.read(0, gradient, d * n);
    for (int k = 0; k < d * n; k++) {
      gradient[k] = 2 * target * at[k] - gradient[k];
    }
    return -phi;
  }

  /** The columns of {@code DBV}, each with its own D. */
  private void multiply(DoubleMatrix factor, Layout layout, double[] result) {
    Blas.gemm(1, factor, Op.PLAIN, layout.v, Op.PLAIN, 0, layout.image);
    layout.image.read(0, result, result.length);
    for (int k = 0; k < result.length; k++) {
      result[k] *= layout.slopes[k];
    }
  }

  /** Minimises the Lagrangian over unit i, whose S_i is set; −∞ where it is unbounded. */
  private double minimizeUnit(int i) {
    eigen.decompose(s);
    if (!(eigen.value(0) < 1 - ROUNDING && eigen.value(d - 1) > -1 + ROUNDING)) {
      return Double.NEGATIVE_INFINITY;
    }
    double value = 0;
    Arrays.fill(onSum, 0);
    Arrays.fill(onDifference, 0);
    for (int e = 0; e < d; e++) {
      eigen.vector(e, z);
      double lambda = eigen.value(e);
      double p = 0;
      double q = 0;
      for (int j = 0; j < d; j++) {
        p += z[j] * sums[i * d + j];
        q += z[j] * differences[i * d + j];
      }
      double newP = p / (1 + lambda);
      double newQ = q / (1 - lambda);
      value += 0.5 * lambda * (p * newP - q * newQ);
      for (int j = 0; j < d; j++) {
        onSum[j] += newP * z[j];
        onDifference[j] += newQ * z[j];
      }
    }
    for (int j = 0; j < d; j++) {
      row1[i * d + j] = (onSum[j] + onDifference[j]) / Math.sqrt(2);
      row2[i * d + j] = (onSum[j] - onDifference[j]) / Math.sqrt(2);
    }
    return value;
  }
}
