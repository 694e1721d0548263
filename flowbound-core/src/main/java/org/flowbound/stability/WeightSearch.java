package org.flowbound.stability;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.optimization.Lbfgs;

/**
 * Seeks the diagonal S that minimises {@code log cond(S) + T δ(SAS⁻¹)} in the 2-norm.
 *
 * <p>With {@code s_i = exp(ρ tanh θ_i)} the condition number is at most {@code e^{2ρ}}. In place of
 * δ stands its relaxation by {@link DiagonalScaling}, {@code h(V) = Σ c⟨V_i, W_i⟩ + r ‖V_i‖ ‖W_i‖},
 * {@code W = SAS⁻¹V}, at the best V. With {@code X_i = c V_i + r ‖V_i‖/‖W_i‖ W_i} its derivative by
 * {@code log s_i} is {@code ⟨X_i, W_i⟩ − ⟨((SAS⁻¹)ᵀX)_i, V_i⟩}.
 */
final class WeightSearch {
  private static final int EVALUATIONS = 150;
  private static final int RELAXATION_EVALUATIONS = 400;
  private static final double TOLERANCE = 1e-5;
  private static final double FIRST_RANGE = 0.3;

  private final Matrix a;
  private final int d;
  private final double c;
  private final double r;
  private final double horizon;
  private final DiagonalScaling relaxation;
  private double[] factor;
  private int rank;

  WeightSearch(Expansivity problem, double horizon, long seed) {
    double largest = problem.matrix().maxAbs();
    double scale = largest > 0 ? largest : 1;
    this.a = problem.matrix().times(1 / scale);
    this.d = a.rows();
    this.c = problem.slopes().center();
    this.r = problem.slopes().radius();
    this.horizon = horizon * scale;
    this.rank = Math.max(2, Math.min(d, (int) Math.ceil(Math.sqrt(2.0 * d)) + 1));
    this.relaxation = new DiagonalScaling(d, rank + 2);
    SplittableRandom random = new SplittableRandom(seed);
    this.factor = random.doubles((long) d * rank, -1, 1).toArray();
    double[] low = new double[d];
    double[] high = new double[d];
    Arrays.fill(low, problem.slopes().lower());
    Arrays.fill(high, problem.slopes().upper());
    relaxation.setBox(low, high);
  }

  /** The diagonal of S. */
  double[] run() {
    double[] x = new double[d + 1];
    double[] gradient = new double[d + 1];
    x[d] = FIRST_RANGE;
    objective(x, gradient);
    for (int i = 0; i < d; i++) {
      x[i] = -Math.signum(gradient[i]);
    }
    new Lbfgs(d + 1, 10)
        .minimize(this::objective, x, d + 1, EVALUATIONS, (value, norm) -> norm <= TOLERANCE);
    return weights(x);
  }

  private double[] weights(double[] x) {
    double[] s = new double[d];
    Arrays.setAll(s, i -> Math.exp(x[d] * Math.tanh(x[i])));
    return s;
  }

  /** {@code 2|ρ| + T h} and its gradient by {@code (θ, ρ)}. */
  private double objective(double[] x, double[] gradient) {
    double[] s = weights(x);
    Matrix similar = WeightedExpansivity.similar(a, s);
    if (!similar.isFinite()) {
      return Double.POSITIVE_INFINITY;
    }
    relaxation.setMatrix(similar.toArray());
    relaxation.start(factor, rank);
    relaxation.solve(1e-2 * TOLERANCE, Double.NaN, RELAXATION_EVALUATIONS);
    relaxation.compress(1e-9);
    factor = relaxation.factor();
    rank = relaxation.rank();
    double[] byLog = derivative(similar);
    gradient[d] = 2 * Math.signum(x[d]);
    for (int i = 0; i < d; i++) {
      double tanh = Math.tanh(x[i]);
      gradient[i] = horizon * byLog[i] * x[d] * (1 - tanh * tanh);
      gradient[d] += horizon * byLog[i] * tanh;
    }
    return 2 * Math.abs(x[d]) + horizon * relaxation.dual();
  }

  private double[] derivative(Matrix similar) {
    DoubleMatrix m = DoubleMatrix.of(similar);
    DoubleMatrix v = DoubleMatrix.zeros(d, rank);
    DoubleMatrix product = DoubleMatrix.zeros(d, rank);
    v.write(0, factor, d * rank);
    Blas.gemm(1, m, Op.PLAIN, v, Op.PLAIN, 0, product);
    double[] w = new double[d * rank];
    product.read(0, w, d * rank);
    double[] x = new double[d * rank];
    double[] derivative = new double[d];
    for (int i = 0; i < d; i++) {
      double vv = 0;
      double ww = 0;
      for (int k = i * rank; k < (i + 1) * rank; k++) {
        vv += factor[k] * factor[k];
        ww += w[k] * w[k];
      }
      double ratio = ww > 0 ? Math.sqrt(vv / ww) : 0;
      for (int k = i * rank; k < (i + 1) * rank; k++) {
        x[k] = c * factor[k] + r * ratio * w[k];
        derivative[i] += x[k] * w[k];
      }
    }
    v.write(0, x, d * rank);
    Blas.gemm(1, m, Op.TRANSPOSED, v, Op.PLAIN, 0, product);
    product.read(0, w, d * rank);
    for (int i = 0; i < d; i++) {
      for (int k = i * rank; k < (i + 1) * rank; k++) {
        derivative[i] -= w[k] * factor[k];
      }
    }
    return derivative;
  }
}
