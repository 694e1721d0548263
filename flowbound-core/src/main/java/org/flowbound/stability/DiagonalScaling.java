package org.flowbound.stability;

import java.util.Arrays;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.optimization.Lbfgs;

/**
 * The upper bound of {@code max_D μ₂(DA)}, {@code D_ii ∈ [c_i − r_i, c_i + r_i]}, by diagonal
 * scaling: for every positive diagonal Λ,
 *
 * <pre>  max_D μ₂(DA) ≤ λ_max(M(Λ)),   M(Λ) = sym(CA) + ½ (RΛ + Aᵀ R Λ⁻¹ A).</pre>
 *
 * <p>Where row i of A is zero, {@code Λ_i = 0} is allowed too, with {@code Λ_i⁻¹} read as 0. The
 * best Λ is found from the dual in low-rank form, {@code max h(V) = ⟨CAV, V⟩ + Σ r_i ‖V_i‖
 * ‖(AV)_i‖} over {@code V ∈ R^{d×p}}, {@code ‖V‖_F = 1}, by L-BFGS on {@code h(V)/‖V‖²}. With
 * {@code Λ_i = ‖(AV)_i‖/‖V_i‖} the gradient of h is {@code 2 M(Λ) V}, so one eigendecomposition of
 * {@code M(Λ)} gives the bound, its gap to {@code h(V)}, and the columns that V lacks.
 *
 * <p>Works on matrices of one order, over changing boxes. Not safe for concurrent use.
 */
public final class DiagonalScaling {
  private static final int MEMORY = 12;
  private static final double LAMBDA_RANGE = 1e7;

  /** The gradient, relative to what h is below the target, at which the bound should be, too. */
  private static final double PROMISE = 0.3;

  private final int d;
  private final int maxRank;
  private final DoubleMatrix a;
  private final double[] entries;
  private final boolean[] zeroRow;
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
  private final double[] product;
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

  /**
   * @param d the order of the matrices
   * @param maxRank the largest number of columns of V, at least 2
   */
  public DiagonalScaling(int d, int maxRank) {
    this.d = d;
    this.a = DoubleMatrix.zeros(d, d);
    this.maxRank = maxRank;
    this.entries = new double[d * d];
    this.zeroRow = new boolean[d];
    this.center = new double[d];
    this.radius = new double[d];
    this.lbfgs = new Lbfgs(d * maxRank, MEMORY);
    this.nativeV = DoubleMatrix.zeros(d, maxRank);
    this.nativeW = DoubleMatrix.zeros(d, maxRank);
    this.left = nativeV;
    this.right = nativeW;
    this.scaledA = DoubleMatrix.zeros(d, d);
    this.bound = DoubleMatrix.zeros(d, d);
    this.eigen = new SymmetricEigen(d);
    this.rankEigen = new SymmetricEigen(maxRank);
    this.w = new double[d * maxRank];
    this.x = new double[d * maxRank];
    this.product = new double[d * maxRank];
    this.work = new double[d * d];
    this.lambda = new double[d];
    this.eigenvector = new double[d];
    this.v = new double[d * maxRank];
  }

  /** Sets A, d × d in row-major order. */
  public void setMatrix(double[] matrix) {
    System.arraycopy(matrix, 0, entries, 0, d * d);
    a.write(0, entries, d * d);
    for (int i = 0; i < d; i++) {
      zeroRow[i] = Arrays.stream(entries, i * d, (i + 1) * d).allMatch(entry -> entry == 0);
    }
  }

  /** Sets the box to [lower_i, upper_i] in each coordinate. */
  public void setBox(double[] lower, double[] upper) {
    for (int i = 0; i < d; i++) {
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
    int n = d * p;
    DoubleMatrix pv = left(p);
    DoubleMatrix pw = right;
    pv.write(0, point, n);
    Blas.gemm(1, a, Op.PLAIN, pv, Op.PLAIN, 0, pw);
    pw.read(0, w, n);
    double h = 0;
    double squaredNorm = 0;
    for (int i = 0; i < d; i++) {
      int row = i * p;
      double vv = 0;
      double ww = 0;
      double vw = 0;
      for (int k = row; k < row + p; k++) {
        vv += point[k] * point[k];
        ww += w[k] * w[k];
        vw += point[k] * w[k];
      }
      squaredNorm += vv;
      double normV = Math.sqrt(vv);
      double normW = Math.sqrt(ww);
      double c = center[i];
      double r = radius[i];
      h += c * vw + r * normV * normW;
      double onV = normV > 0 ? r * normW / normV : 0;
      double onW = normW > 0 ? r * normV / normW : 0;
      for (int k = row; k < row + p; k++) {
        gradient[k] = c * w[k] + onV * point[k];
        x[k] = c * point[k] + onW * w[k];
      }
    }
    pv.write(0, x, n);
    Blas.gemm(1, a, Op.TRANSPOSED, pv, Op.PLAIN, 0, pw);
    pw.read(0, product, n);
    double f = h / squaredNorm;
    for (int k = 0; k < n; k++) {
      gradient[k] = -(gradient[k] + product[k] - 2 * f * point[k]) / squaredNorm;
    }
    return -f;
  }

  /** Room for a d × p operand; that for the product, of the same shape, is in {@code right}. */
  private DoubleMatrix left(int p) {
    if (left.columns() != p) {
      left = nativeV.view(0, d, p);
      right = nativeW.view(0, d, p);
    }
    return left;
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
    for (int i = 0; i < d; i++) {
      lambda[i] = zeroRow[i] ? 0 : clip(multipliers[i]);
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
    DoubleMatrix pv = left(rank);
    DoubleMatrix pw = right;
    pv.write(0, v, d * rank);
    Blas.gemm(1, a, Op.PLAIN, pv, Op.PLAIN, 0, pw);
    pw.read(0, w, d * rank);
    for (int i = 0; i < d; i++) {
      double vv = 0;
      double ww = 0;
      for (int k = i * rank; k < (i + 1) * rank; k++) {
        vv += v[k] * v[k];
        ww += w[k] * w[k];
      }
      lambda[i] = Math.sqrt(ww) / Math.sqrt(vv);
    }
    bound(lambda);
  }

  /** M(Λ) at the current multipliers, its lower triangle. */
  private void assembleBound() {
    for (int i = 0; i < d; i++) {
      double factor = zeroRow[i] ? 0 : Math.sqrt(0.5 * radius[i] / lambda[i]);
      for (int j = 0; j < d; j++) {
        work[i * d + j] = factor * entries[i * d + j];
      }
    }
    scaledA.write(0, work, d * d);
    Blas.gemm(1, scaledA, Op.TRANSPOSED, scaledA, Op.PLAIN, 0, bound);
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
   * of V: {@code r_i (‖V_i‖ ‖W_i‖ − |⟨V_i, W_i⟩|)}, W = AV. Zero in every coordinate where the
   * bound is tight.
   */
  public void slack(double[] target) {
    for (int i = 0; i < d; i++) {
      double vv = 0;
      double ww = 0;
      double vw = 0;
      for (int k = i * rank; k < (i + 1) * rank; k++) {
        vv += v[k] * v[k];
        ww += w[k] * w[k];
        vw += v[k] * w[k];
      }
      target[i] = radius[i] * (Math.sqrt(vv * ww) - Math.abs(vw));
    }
  }

  /** Column k of V. */
  public void column(int k, double[] target) {
    for (int i = 0; i < d; i++) {
      target[i] = v[i * rank + k];
    }
  }
}
