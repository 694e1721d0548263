package org.flowbound.stability;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.optimization.Lbfgs;

/**
 * Seeks the symmetric positive definite S that minimises {@code log cond(S) + T δ}, δ the bound of
 * {@code max_D μ₂(SDAS⁻¹)} by {@link FullWeightScaling}.
 *
 * <p>{@code S = exp(ρ tanh Θ)} for a symmetric Θ has a condition number of at most {@code e^{2ρ}}.
 * With {@code Θ = Q diag(θ) Qᵀ} and {@code f(θ) = exp(ρ tanh θ)} the derivative by Θ is {@code Q (F
 * ∘ QᵀGQ) Qᵀ}, where G is that by S and {@code F_ij = (f(θ_i) − f(θ_j))/(θ_i − θ_j)} (Daleckii and
 * Krein).
 */
final class FullWeightSearch {
  private static final int EVALUATIONS = 200;
  private static final int RELAXATION_EVALUATIONS = 400;
  private static final double TOLERANCE = 1e-5;
  private static final double FIRST_RANGE = 0.3;
  private static final double CLOSE = 1e-5;
  private static final double SATURATED = 0.9;

  private final Expansivity problem;
  private final int d;
  private final double scale;
  private final double horizon;
  private final FullWeightScaling relaxation;
  private final SymmetricEigen eigen;
  private final DoubleMatrix symmetric;

  FullWeightSearch(Expansivity problem, double horizon, long seed) {
    double largest = problem.matrix().maxAbs();
    this.problem = problem;
    this.scale = largest > 0 ? largest : 1;
    this.d = problem.matrix().rows();
    this.horizon = horizon * scale;
    this.relaxation =
        new FullWeightScaling(problem.matrix().times(1 / scale), problem.slopes(), seed);
    this.eigen = new SymmetricEigen(d);
    this.symmetric = DoubleMatrix.zeros(d, d);
  }

  /** From S = I, where Θ is the sign of the derivative, downhill. */
  WeightedBound fromIdentity() {
    double[] x = new double[d * d + 1];
    double[] gradient = new double[d * d + 1];
    x[d * d] = FIRST_RANGE;
    objective(x, gradient);
    decompose(gradient);
    Matrix start = function(value -> -Math.signum(value));
    start.copyTo(x);
    return minimize(x);
  }

  /** From the diagonal S with the given weights, not all the same. */
  WeightedBound fromDiagonal(double[] weights) {
    double[] logs = Arrays.stream(weights).map(Math::log).toArray();
    double least = Arrays.stream(logs).min().orElse(0);
    double most = Arrays.stream(logs).max().orElse(0);
    double[] x = new double[d * d + 1];
    x[d * d] = 0.5 * (most - least) / SATURATED;
    for (int i = 0; i < d; i++) {
      double tanh = (logs[i] - 0.5 * (most + least)) / x[d * d];
      x[i * d + i] = 0.5 * Math.log((1 + tanh) / (1 - tanh));
    }
    return minimize(x);
  }

  private WeightedBound minimize(double[] x) {
    long start = System.nanoTime();
    new Lbfgs(d * d + 1, 20)
        .minimize(this::objective, x, d * d + 1, EVALUATIONS, (value, norm) -> norm <= TOLERANCE);
    double rho = x[d * d];
    decompose(x);
    double largest = Math.exp(rho * Math.tanh(eigen.value(rho > 0 ? 0 : d - 1)));
    double least = Math.exp(rho * Math.tanh(eigen.value(rho > 0 ? d - 1 : 0)));
    Matrix s = function(theta -> Math.exp(rho * Math.tanh(theta)) / largest);
    Matrix inverse = function(theta -> largest * Math.exp(-rho * Math.tanh(theta)));
    relaxation.setWeights(s, inverse);
    relaxation.solve(1e-3 * TOLERANCE, 10 * RELAXATION_EVALUATIONS);
    FullWeightScaling.Upper upper = relaxation.upper();
    double[] vertex = relaxation.climb(upper.eigenvector());
    double lower = Math.min(relaxation.value(vertex), upper.value());
    // S as it is stored may be off by rounding.
    double condition = largest / least * (1 + 8 * d * Math.ulp(1.0) * largest / least);
    return new WeightedBound(
        s,
        condition,
        new ExpansivityBound(
            d,
            problem.slopes(),
            Norm.TWO,
            scale * lower,
            scale * upper.value(),
            false,
            1,
            1e-9 * (System.nanoTime() - start),
            vertex));
  }

  /** {@code 2|ρ| + T h} and its gradient by {@code (Θ, ρ)}. */
  private double objective(double[] x, double[] gradient) {
    double rho = x[d * d];
    decompose(x);
    relaxation.setWeights(
        function(theta -> Math.exp(rho * Math.tanh(theta))),
        function(theta -> Math.exp(-rho * Math.tanh(theta))));
    double bound = relaxation.solve(1e-2 * TOLERANCE, RELAXATION_EVALUATIONS);
    if (!Double.isFinite(bound)) {
      return Double.POSITIVE_INFINITY;
    }
    Matrix q = vectors();
    Matrix g = Blas.multiply(q.transpose(), Blas.multiply(relaxation.derivative(), q));
    double[] theta = new double[d];
    double[] f = new double[d];
    gradient[d * d] = 2 * Math.signum(rho);
    for (int i = 0; i < d; i++) {
      theta[i] = eigen.value(i);
      f[i] = Math.exp(rho * Math.tanh(theta[i]));
      gradient[d * d] += horizon * g.get(i, i) * Math.tanh(theta[i]) * f[i];
    }
    Matrix divided =
        Matrix.generate(d, d, (i, j) -> horizon * g.get(i, j) * quotient(theta, f, rho, i, j));
    Matrix byTheta = Blas.multiply(q, Blas.multiply(divided, q.transpose()));
    byTheta.copyTo(gradient);
    return 2 * Math.abs(rho) + horizon * bound;
  }

  private static double quotient(double[] theta, double[] f, double rho, int i, int j) {
    double difference = theta[i] - theta[j];
    if (Math.abs(difference) > CLOSE) {
      return (f[i] - f[j]) / difference;
    }
    double tanh = Math.tanh(0.5 * (theta[i] + theta[j]));
    return rho * (1 - tanh * tanh) * Math.exp(rho * tanh);
  }

  /** Decomposes the symmetric part of the first d² entries. */
  private void decompose(double[] x) {
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        symmetric.set(i, j, 0.5 * (x[i * d + j] + x[j * d + i]));
      }
    }
    eigen.decompose(symmetric);
  }

  private Matrix vectors() {
    double[] entries = new double[d * d];
    double[] column = new double[d];
    for (int k = 0; k < d; k++) {
      eigen.vector(k, column);
      for (int i = 0; i < d; i++) {
        entries[i * d + k] = column[i];
      }
    }
    return Matrix.of(d, d, entries);
  }

  /** {@code Q diag(f(θ)) Qᵀ}, exactly symmetric. */
  private Matrix function(DoubleUnaryOperator f) {
    Matrix q = vectors();
    double[] values = new double[d];
    Arrays.setAll(values, k -> f.applyAsDouble(eigen.value(k)));
    Matrix product =
        Blas.multiply(Matrix.generate(d, d, (i, k) -> q.get(i, k) * values[k]), q.transpose());
    return product.plus(product.transpose()).times(0.5);
  }
}
