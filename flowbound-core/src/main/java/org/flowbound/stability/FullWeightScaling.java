package org.flowbound.stability;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.optimization.Lbfgs;

/**
 * The upper bound of {@code max_D μ₂(SDAS⁻¹)}, S symmetric and positive definite, by diagonal
 * scaling: as {@link DiagonalScaling}, where S is not diagonal and so does not commute with D. With
 * {@code W = AS⁻¹} and for every positive diagonal Λ,
 *
 * <pre>  max_D μ₂(SDAS⁻¹) ≤ λ_max(M(Λ)),   M(Λ) = c sym(SW) + (r/2)(SΛS + WᵀΛ⁻¹W),</pre>
 *
 * and the least bound is {@code max h(V) = Σ c⟨T_i, W_i⟩ + r‖T_i‖ ‖W_i‖}, {@code T = SV}, {@code W
 * = AS⁻¹V}, over {@code ‖V‖_F = 1}.
 *
 * <p>Not safe for concurrent use.
 */
final class FullWeightScaling {
  private static final int MEMORY = 12;
  private static final double LAMBDA_RANGE = 1e7;

  private final int d;
  private final int p;
  private final Matrix a;
  private final SlopeBox slopes;
  private final double c;
  private final double r;
  private final Lbfgs lbfgs;
  private final double[] v;
  private final double[] t;
  private final double[] w;
  private final double[] byT;
  private final double[] byW;
  private final double[] product;
  private final DoubleMatrix left;
  private final DoubleMatrix right;
  private final DoubleMatrix nativeS;
  private final DoubleMatrix nativeW;
  private Matrix s;
  private Matrix inverse;
  private Matrix image;

  FullWeightScaling(Matrix a, SlopeBox slopes, long seed) {
    this.d = a.rows();
    this.p = Math.min(d, (int) Math.ceil(Math.sqrt(2.0 * d)) + 1);
    this.a = a;
    this.slopes = slopes;
    this.c = slopes.center();
    this.r = slopes.radius();
    this.lbfgs = new Lbfgs(d * p, MEMORY);
    this.v = new SplittableRandom(seed).doubles((long) d * p, -1, 1).toArray();
    this.t = new double[d * p];
    this.w = new double[d * p];
    this.byT = new double[d * p];
    this.byW = new double[d * p];
    this.product = new double[d * p];
    this.left = DoubleMatrix.zeros(d, p);
    this.right = DoubleMatrix.zeros(d, p);
    this.nativeS = DoubleMatrix.zeros(d, d);
    this.nativeW = DoubleMatrix.zeros(d, d);
    this.s = Matrix.identity(d);
    this.inverse = s;
    this.image = a;
  }

  /** Sets S and S⁻¹. */
  void setWeights(Matrix weights, Matrix inverseWeights) {
    s = weights;
    inverse = inverseWeights;
    image = Blas.multiply(a, inverse);
    nativeS.setFrom(s);
    nativeW.setFrom(image);
  }

  /** The best h(V), from the V of the last solve on. */
  double solve(double tolerance, int maxEvaluations) {
    Lbfgs.Result result =
        lbfgs.minimize(
            this::negativeRayleighQuotient,
            v,
            d * p,
            maxEvaluations,
            (value, gradientNorm) -> gradientNorm <= tolerance);
    double norm = Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
    for (int k = 0; k < v.length; k++) {
      v[k] /= norm;
    }
    return -result.value();
  }

  /** Value and gradient of {@code −h(V)/‖V‖²}. */
  private double negativeRayleighQuotient(double[] point, double[] gradient) {
    multiply(nativeS, Op.PLAIN, point, t);
    multiply(nativeW, Op.PLAIN, point, w);
    double h = 0;
    double squaredNorm = 0;
    for (int i = 0; i < d; i++) {
      double tt = 0;
      double ww = 0;
      double tw = 0;
      for (int k = i * p; k < (i + 1) * p; k++) {
        tt += t[k] * t[k];
        ww += w[k] * w[k];
        tw += t[k] * w[k];
        squaredNorm += point[k] * point[k];
      }
      h += c * tw + r * Math.sqrt(tt) * Math.sqrt(ww);
      double onT = tt > 0 ? r * Math.sqrt(ww) / Math.sqrt(tt) : 0;
      double onW = ww > 0 ? r * Math.sqrt(tt) / Math.sqrt(ww) : 0;
      for (int k = i * p; k < (i + 1) * p; k++) {
        byT[k] = c * w[k] + onT * t[k];
        byW[k] = c * t[k] + onW * w[k];
      }
    }
    double f = h / squaredNorm;
    multiply(nativeS, Op.PLAIN, byT, gradient);
    multiply(nativeW, Op.TRANSPOSED, byW, product);
    for (int k = 0; k < d * p; k++) {
      gradient[k] = -(gradient[k] + product[k] - 2 * f * point[k]) / squaredNorm;
    }
    return -f;
  }

  private void multiply(DoubleMatrix matrix, Op op, double[] factor, double[] result) {
    left.write(0, factor, d * p);
    Blas.gemm(1, matrix, op, left, Op.PLAIN, 0, right);
    right.read(0, result, d * p);
  }

  /**
   * The derivative of the bound by S at the last solve: {@code sym(X Vᵀ − S⁻¹AᵀY (S⁻¹V)ᵀ)}, X and Y
   * the derivatives of h by T and W.
   */
  Matrix derivative() {
    negativeRayleighQuotient(v, new double[d * p]);
    Matrix factor = Matrix.of(d, p, v);
    Matrix byImage = Blas.multiply(image.transpose(), Matrix.of(d, p, byW));
    Matrix g =
        Blas.multiply(Matrix.of(d, p, byT), factor.transpose())
            .minus(Blas.multiply(byImage, Blas.multiply(inverse, factor).transpose()));
    return g.plus(g.transpose()).times(0.5);
  }

  /** An upper bound of the maximum and the leading eigenvector of its M(Λ). */
  record Upper(double value, double[] eigenvector) {}

  /** The bound at the last solve, with a margin for rounding and for the error of S⁻¹. */
  Upper upper() {
    negativeRayleighQuotient(v, new double[d * p]);
    double[] onS = new double[d];
    double[] onW = new double[d];
    for (int i = 0; i < d; i++) {
      double tt = 0;
      double ww = 0;
      for (int k = i * p; k < (i + 1) * p; k++) {
        tt += t[k] * t[k];
        ww += w[k] * w[k];
      }
      double ratio = Math.sqrt(ww) / Math.sqrt(tt);
      double lambda =
          Double.isNaN(ratio) ? 1 : Math.min(LAMBDA_RANGE, Math.max(1 / LAMBDA_RANGE, ratio));
      onS[i] = Math.sqrt(0.5 * r * lambda);
      onW[i] = Math.sqrt(0.5 * r / lambda);
    }
    Matrix scaledS = Matrix.generate(d, d, (i, j) -> onS[i] * s.get(i, j));
    Matrix scaledW = Matrix.generate(d, d, (i, j) -> onW[i] * image.get(i, j));
    Matrix bound =
        Blas.multiply(s.transpose(), image)
            .times(c)
            .plus(Blas.multiply(scaledS.transpose(), scaledS))
            .plus(Blas.multiply(scaledW.transpose(), scaledW));
    SymmetricEigen eigen = new SymmetricEigen(d);
    eigen.decomposeLargest(
        DoubleMatrix.of(bound.plus(bound.transpose()).times(0.5)), Math.min(d, 2));
    double[] leading = new double[d];
    eigen.vector(0, leading);
    return new Upper(eigen.value(0) + margin(scaledS, scaledW), leading);
  }

  /**
   * Covers the rounding of M(Λ) and of its eigenvalue, to first order, and that of S⁻¹: with {@code
   * SS̃ = I + E}, S̃ in place of S⁻¹, {@code SDAS⁻¹ = SDAS̃(I + E)⁻¹}.
   */
  private double margin(Matrix scaledS, Matrix scaledW) {
    double unit = 4 * d * Math.ulp(1.0);
    double sizes = s.frobeniusNorm() * image.frobeniusNorm();
    double steepest = Math.max(Math.abs(slopes.lower()), Math.abs(slopes.upper()));
    double terms =
        steepest * sizes
            + scaledS.frobeniusNorm() * scaledS.frobeniusNorm()
            + scaledW.frobeniusNorm() * scaledW.frobeniusNorm();
    double e =
        Blas.multiply(s, inverse).minus(Matrix.identity(d)).frobeniusNorm()
            + unit * s.frobeniusNorm() * inverse.frobeniusNorm();
    return e < 0.5 ? unit * terms + steepest * sizes * e / (1 - e) : Double.POSITIVE_INFINITY;
  }

  /** The vertex that monotone ascent of {@code μ₂(SDAS⁻¹)} reaches from an eigenvector. */
  double[] climb(double[] eigenvector) {
    double[] vertex = vertex(eigenvector);
    double value = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < 100; k++) {
      SymmetricEigen eigen = eigenOf(vertex);
      if (!(eigen.value(0) > value)) {
        break;
      }
      value = eigen.value(0);
      double[] leading = new double[d];
      eigen.vector(0, leading);
      vertex = vertex(leading);
    }
    return vertex;
  }

  private double[] vertex(double[] x) {
    double[] vertex = new double[d];
    for (int i = 0; i < d; i++) {
      double one = 0;
      double other = 0;
      for (int j = 0; j < d; j++) {
        one += s.get(i, j) * x[j];
        other += image.get(i, j) * x[j];
      }
      vertex[i] = one * other > 0 ? slopes.upper() : slopes.lower();
    }
    return vertex;
  }

  /** {@code μ₂(SDAS⁻¹)}. */
  double value(double[] vertex) {
    return eigenOf(vertex).value(0);
  }

  private SymmetricEigen eigenOf(double[] vertex) {
    Matrix m = Blas.multiply(s, Blas.multiply(Matrix.diagonal(vertex), image));
    SymmetricEigen eigen = new SymmetricEigen(d);
    eigen.decomposeLargest(DoubleMatrix.of(m.plus(m.transpose()).times(0.5)), 1);
    return eigen;
  }
}
