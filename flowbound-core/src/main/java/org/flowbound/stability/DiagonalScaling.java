package org.flowbound.stability;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.optimization.Lbfgs;
import org.jspecify.annotations.Nullable;

/**
 * The upper bound of {@code max_D μ₂(BᵀDA)}, {@code D_ii ∈ [c_i − r_i, c_i + r_i]}, by diagonal
 * scaling: for every positive diagonal Λ,
 *
 * <pre>  max_D μ₂(BᵀDA) ≤ λ_max(M(Λ)),   M(Λ) = sym(BᵀCA) + ½ (Bᵀ RΛ B + Aᵀ R Λ⁻¹ A).</pre>
 *
 * <p>A and B are m × d. For one layer, m = d and B = I, which costs nothing here. Where row i of A
 * or of B is zero, the terms of {@code Λ_i} are left out. The best Λ is found from the dual in
 * low-rank form, {@code max h(V) = ⟨CAV, BV⟩ + Σ r_i ‖(BV)_i‖ ‖(AV)_i‖} over {@code V ∈ R^{d×p}},
 * {@code ‖V‖_F = 1}, by L-BFGS on {@code h(V)/‖V‖²}. With {@code Λ_i = ‖(AV)_i‖/‖(BV)_i‖} the
 * gradient of h is {@code 2 M(Λ) V}, so one eigendecomposition of {@code M(Λ)} gives the bound, its
 * gap to {@code h(V)}, and the columns that V lacks.
 *
 * <p>Works on matrices of one shape, over changing boxes. Not safe for concurrent use.
 */
public final class DiagonalScaling {
  private static final int MEMORY = 12;
  private static final double LAMBDA_RANGE = 1e7;

  /** The gradient, relative to what h is below the target, at which the bound should be, too. */
  private static final double PROMISE = 0.3;

  private final int d;
  private final int m;
  private final int maxRank;
  private final DoubleMatrix a;
  private final double[] entries;
  private final boolean[] idle;
  private @Nullable Outer outer;
  private final double[] center;
  private final double[] radius;
  private final Lbfgs lbfgs;
  private final DoubleMatrix nativeV;
  private final DoubleMatrix nativeW;
  private final DoubleMatrix scaledA;
  private final DoubleMatrix bound;
  private final SymmetricEigen eigen;
  private final SymmetricEigen rankEigen;
  private final double[] w;
  private final double[] x;
  private final double[] y;
  private final double[] work;
  private final double[] lambda;
  private final double[] eigenvector;
  private final double[] v;
  private DoubleMatrix left;
  private DoubleMatrix right;
  private int rank;

  private double magnitude;
  private double dual;
  private double upper;
  private int evaluations;

  /** The matrix B where it is not I, and room for its products. */
  private static final class Outer {
    final double[] entries;
    final DoubleMatrix b;
    final DoubleMatrix scaled;
    final DoubleMatrix nativeU;
    final double[] u;
    DoubleMatrix product;

    Outer(int m, int d, int maxRank, double[] entries) {
      this.entries = entries.clone();
      this.b = DoubleMatrix.zeros(m, d);
      this.scaled = DoubleMatrix.zeros(m, d);
      this.nativeU = DoubleMatrix.zeros(m, maxRank);
      this.product = nativeU;
      this.u = new double[m * maxRank];
      b.write(0, this.entries, m * d);
    }
  }

  /**
   * For one layer.
   *
   * @param d the order of the matrices
   * @param maxRank the largest number of columns of V, at least 2
   */
  public DiagonalScaling(int d, int maxRank) {
    this(d, d, maxRank);
  }

  /**
   * @param m the number of rows of A and B, which is that of the slopes
   * @param d the number of their columns
   * @param maxRank the largest number of columns of V, at least 2
   */
  public DiagonalScaling(int m, int d, int maxRank) {
    this.d = d;
    this.m = m;
    this.a = DoubleMatrix.zeros(m, d);
    this.maxRank = maxRank;
    this.entries = new double[m * d];
    this.idle = new boolean[m];
    this.center = new double[m];
    this.radius = new double[m];
    this.lbfgs = new Lbfgs(d * maxRank, MEMORY);
    this.nativeV = DoubleMatrix.zeros(d, maxRank);
    this.nativeW = DoubleMatrix.zeros(m, maxRank);
    this.left = nativeV;
    this.right = nativeW;
    this.scaledA = DoubleMatrix.zeros(m, d);
    this.bound = DoubleMatrix.zeros(d, d);
    this.eigen = new SymmetricEigen(d);
    this.rankEigen = new SymmetricEigen(maxRank);
    this.w = new double[m * maxRank];
    this.x = new double[m * maxRank];
    this.y = new double[m * maxRank];
    this.work = new double[Math.max(m, d) * d];
    this.lambda = new double[m];
    this.eigenvector = new double[d];
    this.v = new double[d * maxRank];
  }

  /** Sets A, d × d in row-major order, and B = I. */
  public void setMatrix(double[] matrix) {
    outer = null;
    setInner(matrix);
  }

  /** Sets A and B, m × d in row-major order. */
  public void setMatrices(double[] inner, double[] outerTransposed) {
    outer = new Outer(m, d, maxRank, outerTransposed);
    setInner(inner);
    for (int i = 0; i < m; i++) {
      idle[i] |= isZeroRow(outerTransposed, i);
    }
  }

  private void setInner(double[] matrix) {
    System.arraycopy(matrix, 0, entries, 0, m * d);
    a.write(0, entries, m * d);
    for (int i = 0; i < m; i++) {
      idle[i] = isZeroRow(entries, i);
    }
  }

  private boolean isZeroRow(double[] matrix, int i) {
    return Arrays.stream(matrix, i * d, (i + 1) * d).allMatch(entry -> entry == 0);
  }

  /** Sets the box to [lower_i, upper_i] in each coordinate. */
  public void setBox(double[] lower, double[] upper) {
    for (int i = 0; i < m; i++) {
      center[i] = 0.5 * (lower[i] + upper[i]);
      radius[i] = 0.5 * (upper[i] - lower[i]);
    }
  }

  /** Starts from the given factor, {@code d × p} row-major. */
  public void start(double[] factor, int p) {
    rank = p;
    System.arraycopy(factor, 0, v, 0, d * p);
    normalize();
  }

  /** A copy of V, d × rank in row-major order. */
  public double[] factor() {
    double[] copy = new double[d * rank];
    System.arraycopy(v, 0, copy, 0, d * rank);
    return copy;
  }

  /** The number of columns of V. */
  public int rank() {
    return rank;
  }

  /** The proved upper bound of the last solve. */
  public double upper() {
    return upper;
  }

  /** The value h(V), which no Λ can bring the bound below. */
  public double dual() {
    return dual;
  }

  /** The number of evaluations of h in the last solve. */
  public int evaluations() {
    return evaluations;
  }

  /** The multipliers Λ of the last bound. */
  public double[] multipliers() {
    return lambda.clone();
  }

  /**
   * Lowers the bound until its gap is at most {@code tolerance}, or it is at most {@code target},
   * or {@code h(V)} shows that it cannot be and the gap is below a quarter of what is missing.
   *
   * @param maxEvaluations a limit for the evaluations of h
   */
  public void solve(double tolerance, double target, int maxEvaluations) {
    evaluations = 0;
    upper = Double.POSITIVE_INFINITY;
    double gradientTolerance = Math.max(0.3 * tolerance, 1e-12);
    int round = 0;
    while (true) {
      double limit = gradientTolerance;
      double shrink = Math.pow(0.3, round);
      Lbfgs.Result result =
          lbfgs.minimize(
              this::negativeRayleighQuotient,
              v,
              d * rank,
              Math.max(2, maxEvaluations - evaluations),
              (value, gradientNorm) ->
                  gradientNorm <= limit
                      || (-value < target && gradientNorm <= PROMISE * shrink * (target + value))
                      || (-value > target && gradientNorm <= 0.05 * (-value - target)));
      evaluations += result.evaluations();
      normalize();
      dual = -result.value();
      evaluateBound();
      double gap = upper - dual;
      if (gap <= tolerance
          || upper <= target
          || (dual > target && gap <= 0.25 * (dual - target))
          || evaluations >= maxEvaluations
          || round >= 40) {
        return;
      }
      addEigenvectors();
      gradientTolerance = Math.max(0.3 * gradientTolerance, 1e-13);
      round++;
    }
  }

  /** Value and gradient of {@code −h(V)/‖V‖²}. */
  private double negativeRayleighQuotient(double[] point, double[] gradient) {
    int p = rank;
    double[] u = multiply(point);
    double h = 0;
    for (int i = 0; i < m; i++) {
      int row = i * p;
      double uu = 0;
      double ww = 0;
      double uw = 0;
      for (int k = row; k < row + p; k++) {
        uu += u[k] * u[k];
        ww += w[k] * w[k];
        uw += u[k] * w[k];
      }
      double normU = Math.sqrt(uu);
      double normW = Math.sqrt(ww);
      double c = center[i];
      double r = radius[i];
      h += c * uw + r * normU * normW;
      double onU = normU > 0 ? r * normW / normU : 0;
      double onW = normW > 0 ? r * normU / normW : 0;
      for (int k = row; k < row + p; k++) {
        y[k] = c * w[k] + onU * u[k];
        x[k] = c * u[k] + onW * w[k];
      }
    }
    int n = d * p;
    double squaredNorm = 0;
    for (int k = 0; k < n; k++) {
      squaredNorm += point[k] * point[k];
    }
    right.write(0, x, m * p);
    Blas.gemm(1, a, Op.TRANSPOSED, right, Op.PLAIN, 0, left);
    if (outer != null) {
      outer.product.write(0, y, m * p);
      Blas.gemm(1, outer.b, Op.TRANSPOSED, outer.product, Op.PLAIN, 1, left);
    }
    left.read(0, gradient, n);
    double f = h / squaredNorm;
    for (int k = 0; k < n; k++) {
      double onV = outer == null ? gradient[k] + y[k] : gradient[k];
      gradient[k] = -(onV - 2 * f * point[k]) / squaredNorm;
    }
    return -f;
  }

  /** Sets {@code W = AV} and returns {@code U = BV} for V, d × rank. */
  private double[] multiply(double[] factor) {
    int p = rank;
    if (left.columns() != p) {
      left = nativeV.view(0, d, p);
      right = nativeW.view(0, m, p);
    }
    left.write(0, factor, d * p);
    Blas.gemm(1, a, Op.PLAIN, left, Op.PLAIN, 0, right);
    right.read(0, w, m * p);
    if (outer == null) {
      return factor;
    }
    if (outer.product.columns() != p) {
      outer.product = outer.nativeU.view(0, m, p);
    }
    Blas.gemm(1, outer.b, Op.PLAIN, left, Op.PLAIN, 0, outer.product);
    outer.product.read(0, outer.u, m * p);
    return outer.u;
  }

  private void normalize() {
    double sum = 0;
    for (int k = 0; k < d * rank; k++) {
      sum += v[k] * v[k];
    }
    double factor = 1 / Math.sqrt(sum);
    for (int k = 0; k < d * rank; k++) {
      v[k] *= factor;
    }
  }

  /**
   * The proved upper bound at the given multipliers; where one is not positive and finite, another
   * is taken.
   */
  public double bound(double[] multipliers) {
    for (int i = 0; i < m; i++) {
      lambda[i] = idle[i] ? 0 : clip(multipliers[i]);
    }
    assembleBound();
    eigen.decomposeLargest(bound, Math.min(d, 2));
    upper = eigen.value(0) + roundingError();
    return upper;
  }

  private static double clip(double ratio) {
    return Double.isNaN(ratio) ? 1 : Math.min(LAMBDA_RANGE, Math.max(1 / LAMBDA_RANGE, ratio));
  }

  private void evaluateBound() {
    double[] u = multiply(v);
    for (int i = 0; i < m; i++) {
      double uu = 0;
      double ww = 0;
      for (int k = i * rank; k < (i + 1) * rank; k++) {
        uu += u[k] * u[k];
        ww += w[k] * w[k];
      }
      lambda[i] = Math.sqrt(ww) / Math.sqrt(uu);
    }
    bound(lambda);
  }

  /** M(Λ) at the current multipliers, its lower triangle. */
  private void assembleBound() {
    writeRows(scaledA, entries, i -> Math.sqrt(0.5 * radius[i] / lambda[i]));
    Blas.gemm(1, scaledA, Op.TRANSPOSED, scaledA, Op.PLAIN, 0, bound);
    if (outer == null) {
      completeForOneLayer();
    } else {
      completeForTwoLayers(outer);
    }
  }

  /** Writes a matrix with its rows scaled, those of idle coordinates by 0. */
  private void writeRows(DoubleMatrix target, double[] source, IntToDoubleFunction scale) {
    for (int i = 0; i < m; i++) {
      double factor = idle[i] ? 0 : scale.applyAsDouble(i);
      for (int j = 0; j < d; j++) {
        work[i * d + j] = factor * source[i * d + j];
      }
    }
    target.write(0, work, m * d);
  }

  private void completeForOneLayer() {
    bound.read(0, work, d * d);
    magnitude = 0;
    double square = 0;
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        double one = 0.5 * center[i] * entries[i * d + j];
        double other = 0.5 * center[j] * entries[j * d + i];
        square += (Math.abs(one) + Math.abs(other)) * (Math.abs(one) + Math.abs(other));
        work[i * d + j] += one + other;
      }
      double part = 0.5 * radius[i] * lambda[i];
      magnitude += Math.abs(work[i * d + i]) + part;
      work[i * d + i] += part;
    }
    magnitude += Math.sqrt(2 * square);
    bound.write(0, work, d * d);
  }

  private void completeForTwoLayers(Outer factor) {
    writeRows(factor.scaled, factor.entries, i -> Math.sqrt(0.5 * radius[i] * lambda[i]));
    Blas.gemm(1, factor.scaled, Op.TRANSPOSED, factor.scaled, Op.PLAIN, 1, bound);
    writeRows(factor.scaled, factor.entries, i -> 0.5 * center[i]);
    Blas.gemm(1, factor.scaled, Op.TRANSPOSED, a, Op.PLAIN, 1, bound);
    Blas.gemm(1, a, Op.TRANSPOSED, factor.scaled, Op.PLAIN, 1, bound);
    magnitude = 0;
    for (int i = 0; i < m; i++) {
      if (!idle[i]) {
        double aa = squaredRow(entries, i);
        double bb = squaredRow(factor.entries, i);
        magnitude += Math.abs(center[i]) * Math.sqrt(aa * bb);
        magnitude += 0.5 * radius[i] * (lambda[i] * bb + aa / lambda[i]);
      }
    }
  }

  private double squaredRow(double[] matrix, int i) {
    double sum = 0;
    for (int k = i * d; k < (i + 1) * d; k++) {
      sum += matrix[k] * matrix[k];
    }
    return sum;
  }

  /** Covers the rounding of M(Λ) and of its eigenvalue, to first order. */
  private double roundingError() {
    return 4 * Math.ulp(1.0) * (magnitude + Math.abs(eigen.value(0)));
  }

  /**
   * Rotates V to its principal columns and puts leading eigenvectors of M(Λ) on the weakest ones.
   */
  private void addEigenvectors() {
    compress(1e-7);
    int wanted = Math.min(2, Math.min(d, maxRank - 1));
    int p = Math.min(maxRank, rank + wanted);
    double[] wider = new double[d * p];
    int kept = p - wanted;
    for (int i = 0; i < d; i++) {
      System.arraycopy(v, i * rank, wider, i * p, Math.min(kept, rank));
    }
    double weight = 0.1;
    for (int e = 0; e < wanted; e++) {
      eigen.vector(e, eigenvector);
      for (int i = 0; i < d; i++) {
        wider[i * p + kept + e] = weight * eigenvector[i];
      }
      weight *= 0.3;
    }
    rank = p;
    System.arraycopy(wider, 0, v, 0, d * p);
    normalize();
  }

  /**
   * Rotates V so that its columns are orthogonal and in descending order, and drops those whose
   * squared norm is below {@code threshold} times the largest; h(V) changes by as little.
   */
  public void compress(double threshold) {
    int p = rank;
    if (p == 1) {
      return;
    }
    SymmetricEigen gramEigen = p == maxRank ? rankEigen : new SymmetricEigen(p);
    DoubleMatrix gram = DoubleMatrix.zeros(p, p);
    DoubleMatrix pv = nativeV.view(0, d, p);
    pv.write(0, v, d * p);
    Blas.gemm(1, pv, Op.TRANSPOSED, pv, Op.PLAIN, 0, gram);
    gramEigen.decompose(gram);
    int kept = 1;
    while (kept < p && gramEigen.value(kept) > threshold * gramEigen.value(0)) {
      kept++;
    }
    double[] q = new double[p];
    double[] rotated = new double[d * kept];
    for (int k = 0; k < kept; k++) {
      gramEigen.vector(k, q);
      for (int i = 0; i < d; i++) {
        double sum = 0;
        for (int j = 0; j < p; j++) {
          sum += v[i * p + j] * q[j];
        }
        rotated[i * kept + k] = sum;
      }
    }
    rank = kept;
    System.arraycopy(rotated, 0, v, 0, d * kept);
  }

  /**
   * How much the relaxation gains in coordinate i by not having to choose one slope for all columns
   * of V: {@code r_i (‖U_i‖ ‖W_i‖ − |⟨U_i, W_i⟩|)}, U = BV and W = AV. Zero in every coordinate
   * where the bound is tight.
   */
  public void slack(double[] target) {
    double[] u = outer == null ? v : outer.u;
    for (int i = 0; i < m; i++) {
      double uu = 0;
      double ww = 0;
      double uw = 0;
      for (int k = i * rank; k < (i + 1) * rank; k++) {
        uu += u[k] * u[k];
        ww += w[k] * w[k];
        uw += u[k] * w[k];
      }
      target[i] = radius[i] * (Math.sqrt(uu * ww) - Math.abs(uw));
    }
  }

  /** Column k of V. */
  public void column(int k, double[] target) {
    for (int i = 0; i < d; i++) {
      target[i] = v[i * rank + k];
    }
  }
}
