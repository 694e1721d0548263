package org.flowbound.certification;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.Cholesky;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.optimization.Lbfgs;
import org.flowbound.rigor.RoundedUp;

/**
 * Bounds the expansion of one step by the S-procedure with diagonal multipliers.
 *
 * <p>Let c and r be the centre and radius of the slopes. With {@code y_k = (D_k − cI) w_k}, {@code
 * z_k = c w_k + y_k}, {@code w_k = A(v + h Σ_j a_kj z_j)} the step is {@code f = v + h Σ b_k z_k},
 * linear in {@code (v, y_1, …, y_s)}, and all that is used of D_k is {@code |y_k| ≤ r |w_k|} in
 * every coordinate. So for any diagonal {@code Λ_k ≥ 0}
 *
 * <pre>  ‖f‖² ≤ ‖f‖² + Σ_k (r² w_kᵀ Λ_k w_k − y_kᵀ Λ_k y_k) ≤ γ ‖v‖²,</pre>
 *
 * where γ is the least number for which the second inequality holds for all v and y_k: the largest
 * eigenvalue of a Schur complement, finite if the quadratic form is negative definite in the y_k.
 * Every such Λ gives a valid bound {@code √γ}. (The multipliers are those that M. Fazlyab and
 * others, <em>Efficient and Accurate Estimation of Lipschitz Constants for Deep Neural
 * Networks</em>, NeurIPS 2019, use for one layer.)
 *
 * <p><b>Explicit Euler.</b> With {@code G = I + hcA} and {@code Λ = h²(I + T)} the y_k can be
 * eliminated by hand: {@code γ = λ_max(Gᵀ(I + T⁻¹)G + h²r² Aᵀ(I + T)A)}. Its minimum over T is
 * {@code max Σ_i (‖(GV)_i‖ + hr‖(AV)_i‖)²} over matrices V with {@code ‖V‖_F = 1}; as {@code (GV)_i
 * = V_i + hc(AV)_i}, each term is at most {@code ‖V_i‖² + 2h(c⟨V_i, (AV)_i⟩ + r‖V_i‖ ‖(AV)_i‖) +
 * h²(|c| + r)²‖(AV)_i‖²}, and the sum at most {@code 1 + 2hδ + h²β²‖A‖₂²} with δ the bound by
 * diagonal scaling and β the largest absolute slope: it is never worse.
 *
 * <p>The best Λ is found from the dual in low-rank form: v and y_k become matrices V and Y_k with p
 * columns, {@code ‖(Y_k)_i‖ = r ‖(W_k)_i‖} in every row i, {@code ‖F‖_F²/‖V‖_F²} is maximised over
 * V and the directions U_k of the rows of Y_k by L-BFGS, and stationarity in Y_k says {@code
 * (Λ_k)_i = ‖(P_k)_i‖/‖(Y_k)_i‖}, P_k the adjoint of Z_k.
 */
final class StepRelaxation {
  private static final int MEMORY = 12;
  private static final int EVALUATIONS = 1500;
  private static final int ROUNDS = 4;
  private static final int STARTS = 3;
  private static final double TOLERANCE = 1e-8;

  /** For rows of A that are zero, where {@code y_k} is: in units of h², larger than all others. */
  private static final double UNCOUPLED = 1e12;

  private static final int MAX_ORDER = 3000;
  private static final double LARGEST = 1e30;
  private static final double[] LIFTS = {0, 1e-8, 1e-6, 1e-4, 1e-2, 1};

  private final StepExpansion problem;
  private final RungeKutta method;
  private final int stages;
  private final int d;
  private final int p;
  private final double h;
  private final double c;
  private final double r;
  private final DoubleMatrix a;
  private final DoubleMatrix magnitudes;
  private final DoubleMatrix left;
  private final DoubleMatrix right;
  private final double[][] w;
  private final double[][] y;
  private final double[][] z;
  private final double[][] adjoint;
  private final double[][] pulledBack;
  private final double[] f;
  private final double[] work;

  StepRelaxation(StepExpansion problem) {
    this.problem = problem;
    this.method = problem.method();
    this.stages = method.stages();
    this.d = problem.matrix().rows();
    this.p = (int) Math.ceil(Math.sqrt(2.0 * stages * d)) + 1;
    this.h = problem.stepSize();
    this.c = problem.slopes().center();
    double widest = Math.max(problem.slopes().upper() - c, c - problem.slopes().lower());
    this.r = widest > 0 ? Math.nextUp(widest) : 0;
    this.a = DoubleMatrix.of(problem.matrix());
    Matrix matrix = problem.matrix();
    this.magnitudes = DoubleMatrix.of(Matrix.generate(d, d, (i, j) -> Math.abs(matrix.get(i, j))));
    this.left = DoubleMatrix.zeros(d, p);
    this.right = DoubleMatrix.zeros(d, p);
    this.w = new double[stages][d * p];
    this.y = new double[stages][d * p];
    this.z = new double[stages][d * p];
    this.adjoint = new double[stages][d * p];
    this.pulledBack = new double[stages][d * p];
    this.f = new double[d * p];
    this.work = new double[d * p];
  }

  StepBound run() {
    if (!(h * d * problem.matrix().maxAbs() < LARGEST)) {
      return new StepBound(0, Double.POSITIVE_INFINITY);
    }
    StepMatrix matrix = new StepMatrix(problem);
    double[][] slopes = new double[stages][d];
    for (double[] stage : slopes) {
      Arrays.fill(stage, c);
    }
    if (r == 0) {
      double norm = matrix.norm(slopes);
      double size = Math.pow(1 + h * Math.abs(c) * problem.matrix().frobeniusNorm(), stages);
      return new StepBound(norm, norm + 16 * stages * d * Math.ulp(1.0) * Math.sqrt(d) * size);
    }
    double lower = matrix.climb(slopes);
    if ((stages + 1) * (long) d > MAX_ORDER) {
      return new StepBound(lower, Double.POSITIVE_INFINITY);
    }
    double upper = Double.POSITIVE_INFINITY;
    for (int seed = 1; seed <= STARTS && Double.isInfinite(upper); seed++) {
      upper = solve(new SplittableRandom(seed));
      lower = Math.max(lower, matrix.climb(roundedSlopes()));
    }
    return new StepBound(lower, Math.max(lower, Math.nextUp(Math.sqrt(upper))));
  }

  /** The least bound of ‖f‖² found from a random start; infinite if there is none. */
  private double solve(SplittableRandom random) {
    double[] x = new double[(stages + 1) * d * p];
    for (int k = 0; k < x.length; k++) {
      x[k] = random.nextDouble(-1, 1) / Math.sqrt(d * (double) p);
    }
    double[] gradient = new double[x.length];
    Lbfgs lbfgs = new Lbfgs(x.length, MEMORY);
    double upper = Double.POSITIVE_INFINITY;
    double gradientTolerance = TOLERANCE;
    for (int round = 0; round < ROUNDS; round++) {
      double limit = gradientTolerance;
      lbfgs.minimize(
          this::negativeExpansion, x, x.length, EVALUATIONS, (value, norm) -> norm <= limit);
      double dual = -negativeExpansion(x, gradient);
      upper = Math.min(upper, bestUpper());
      if (upper - dual <= TOLERANCE) {
        break;
      }
      gradientTolerance *= 0.1;
    }
    return upper;
  }

  /** Value and gradient of {@code −‖F‖²/‖V‖²} at {@code x = (V, U_1, …, U_s)}. */
  private double negativeExpansion(double[] x, double[] gradient) {
    int n = d * p;
    System.arraycopy(x, 0, f, 0, n);
    for (int k = 0; k < stages; k++) {
      System.arraycopy(x, 0, work, 0, n);
      for (int j = 0; j < k; j++) {
        axpy(h * method.a(k, j), z[j], work);
      }
      multiply(Op.PLAIN, work, w[k]);
      setResponse(k, x, (k + 1) * n);
      axpy(h * method.b(k), z[k], f);
    }
    double squaredNorm = 0;
    double expansion = 0;
    for (int q = 0; q < n; q++) {
      squaredNorm += x[q] * x[q];
      expansion += f[q] * f[q];
    }
    expansion /= squaredNorm;
    for (int q = 0; q < n; q++) {
      gradient[q] = f[q] - expansion * x[q];
    }
    for (int k = stages - 1; k >= 0; k--) {
      setAdjoint(k);
      pullBack(k, x, (k + 1) * n, gradient);
      for (int q = 0; q < n; q++) {
        gradient[q] += pulledBack[k][q];
      }
    }
    for (int q = 0; q < gradient.length; q++) {
      gradient[q] *= -2 / squaredNorm;
    }
    return -expansion;
  }

  /** Y_k, whose rows are {@code r ‖(W_k)_i‖} long and point along U_k, and Z_k. */
  private void setResponse(int k, double[] x, int offset) {
    for (int i = 0; i < d; i++) {
      double factor = r * norm(w[k], i * p) / Math.max(norm(x, offset + i * p), Double.MIN_NORMAL);
      for (int q = i * p; q < (i + 1) * p; q++) {
        y[k][q] = factor * x[offset + q];
        z[k][q] = c * w[k][q] + y[k][q];
      }
    }
  }

  private void setAdjoint(int k) {
    Arrays.fill(adjoint[k], 0);
    axpy(h * method.b(k), f, adjoint[k]);
    for (int j = k + 1; j < stages; j++) {
      axpy(h * method.a(j, k), pulledBack[j], adjoint[k]);
    }
  }

  /** The gradient by U_k, and {@code Aᵀ} times the one by W_k. */
  private void pullBack(int k, double[] x, int offset, double[] gradient) {
    for (int i = 0; i < d; i++) {
      double normW = norm(w[k], i * p);
      double normU = Math.max(norm(x, offset + i * p), Double.MIN_NORMAL);
      double along = 0;
      for (int q = i * p; q < (i + 1) * p; q++) {
        along += adjoint[k][q] * x[offset + q] / normU;
      }
      double onW = normW > 0 ? r * along / normW : 0;
      double onU = r * normW / normU;
      for (int q = i * p; q < (i + 1) * p; q++) {
        work[q] = c * adjoint[k][q] + onW * w[k][q];
        gradient[offset + q] = onU * (adjoint[k][q] - along * x[offset + q] / normU);
      }
    }
    multiply(Op.TRANSPOSED, work, pulledBack[k]);
  }

  /** The least bound of ‖f‖² that the multipliers of the last evaluation, or larger ones, give. */
  private double bestUpper() {
    double[][] multipliers = multipliers();
    double best = Double.POSITIVE_INFINITY;
    for (double lift : LIFTS) {
      double[][] lifted = new double[stages][d];
      for (int k = 0; k < stages; k++) {
        double mean = Arrays.stream(multipliers[k]).average().orElse(0);
        for (int i = 0; i < d; i++) {
          lifted[k][i] = multipliers[k][i] + lift * Math.pow(10, stages - 1 - k) * mean;
        }
      }
      best = Math.min(best, upper(lifted));
      if (Double.isFinite(best)) {
        break;
      }
    }
    return best;
  }

  private double[][] multipliers() {
    double[][] multipliers = new double[stages][d];
    for (int k = stages - 1; k >= 0; k--) {
      setAdjoint(k);
      double largest = 0;
      for (int i = 0; i < d; i++) {
        double ratio = norm(adjoint[k], i * p) / norm(y[k], i * p);
        multipliers[k][i] = ratio;
        largest = Double.isFinite(ratio) ? Math.max(largest, ratio) : largest;
      }
      for (int i = 0; i < d; i++) {
        double ratio = multipliers[k][i];
        multipliers[k][i] =
            Double.isFinite(ratio)
                ? Math.max(ratio, 1e-12 * largest)
                : Math.max(largest, UNCOUPLED * h * h);
        for (int q = i * p; q < (i + 1) * p; q++) {
          work[q] = c * adjoint[k][q] + r * r * multipliers[k][i] * w[k][q];
        }
      }
      multiply(Op.TRANSPOSED, work, pulledBack[k]);
    }
    return multipliers;
  }

  /**
   * γ at the given multipliers; infinite where they prove nothing. The y_k are scaled by {@code
   * √Λ_k}, so that the form is {@code BᵀB − J}, J the identity on them and 0 on v.
   */
  private double upper(double[][] multipliers) {
    int n = (stages + 1) * d;
    DoubleMatrix form = form(multipliers);
    int m = stages * d;
    DoubleMatrix definite = DoubleMatrix.zeros(m, m);
    double[] row = new double[n];
    for (int i = 0; i < m; i++) {
      form.read((d + i) * n + d, row, m);
      for (int j = 0; j < m; j++) {
        row[j] = (i == j ? 1 : 0) - row[j];
      }
      definite.write(i * m, row, m);
    }
    Cholesky cholesky = new Cholesky(m);
    if (!cholesky.factor(definite)) {
      return Double.POSITIVE_INFINITY;
    }
    DoubleMatrix coupling = DoubleMatrix.zeros(d, m);
    DoubleMatrix solved = DoubleMatrix.zeros(d, m);
    DoubleMatrix complement = DoubleMatrix.zeros(d, d);
    double[] solution = new double[m];
    for (int i = 0; i < d; i++) {
      form.read(i * n, row, d);
      complement.write(i * d, row, d);
      form.read(i * n + d, solution, m);
      coupling.write(i * m, solution, m);
      cholesky.solve(solution);
      solved.write(i * m, solution, m);
    }
    Blas.gemm(1, coupling, Op.PLAIN, solved, Op.TRANSPOSED, 1, complement);
    SymmetricEigen eigen = new SymmetricEigen(d);
    eigen.decomposeValues(complement);
    return proved(form, eigen.value(0), formError(multipliers));
  }

  /**
   * The least of a few numbers from γ on that a factorisation proves: subtracted from the diagonal
   * are the error of the form and that of the factorisation, {@code γ_{n+1} tr} (S. M. Rump, see
   * {@link org.flowbound.rigor.VerifiedCholesky}; with twice the constant, for LAPACK's order of
   * operations).
   *
   * @param error of the form, in the 2-norm
   */
  private double proved(DoubleMatrix form, double gamma, double error) {
    int n = form.rows();
    Cholesky cholesky = new Cholesky(n);
    double[] row = new double[n];
    DoubleMatrix definite = DoubleMatrix.zeros(n, n);
    for (double margin = 1e-12; margin < 1e-3; margin *= 10) {
      double candidate = gamma * (1 + margin);
      double rounding =
          error + 2 * RoundedUp.gamma(2 * n + 16) * n * (Math.max(1, candidate) + error);
      for (int i = 0; i < n; i++) {
        form.read(i * n, row, n);
        for (int j = 0; j < n; j++) {
          row[j] = -row[j];
        }
        row[i] += (i < d ? candidate : 1) - rounding;
        definite.write(i * n, row, n);
      }
      if (cholesky.factor(definite)) {
        return candidate;
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /**
   * A bound of the 2-norm of the form's rounding error: with {@code M ≥ |B|} made by the same
   * operations on absolute values, each entry of B is off by at most {@code γ_k M_ij}, k the number
   * of operations that it went through, and the product by {@code γ_n MᵀM} on top.
   */
  private double formError(double[][] multipliers) {
    DoubleMatrix majorant = maps(multipliers, true);
    double squares = majorant.dot(majorant);
    double gamma = RoundedUp.gamma(stages * (d + stages + 10));
    return 1.01 * (2 * gamma + RoundedUp.gamma((stages + 1) * d)) * squares;
  }

  /** {@code BᵀB}. */
  private DoubleMatrix form(double[][] multipliers) {
    DoubleMatrix b = maps(multipliers, false);
    DoubleMatrix form = DoubleMatrix.zeros(b.rows(), b.rows());
    Blas.gemm(1, b, Op.TRANSPOSED, b, Op.PLAIN, 0, form);
    return form;
  }

  /**
   * B, the maps to f and to {@code r Λ_k^½ w_k}, one below the other.
   *
   * @param absolute whether all numbers are replaced by their absolute values
   */
  private DoubleMatrix maps(double[][] multipliers, boolean absolute) {
    int n = (stages + 1) * d;
    DoubleMatrix b = DoubleMatrix.zeros(n, n);
    DoubleMatrix weight = absolute ? magnitudes : a;
    double slope = absolute ? Math.abs(c) : c;
    DoubleMatrix[] response = new DoubleMatrix[stages];
    DoubleMatrix argument = DoubleMatrix.zeros(d, n);
    DoubleMatrix step = b.view(0, d, n);
    setIdentity(step);
    double[] row = new double[n];
    for (int k = 0; k < stages; k++) {
      argument.clear();
      setIdentity(argument);
      for (int j = 0; j < k; j++) {
        argument.add(h * method.a(k, j), response[j]);
      }
      DoubleMatrix state = b.view((k + 1) * d * n, d, n);
      Blas.gemm(1, weight, Op.PLAIN, argument, Op.PLAIN, 0, state);
      response[k] = DoubleMatrix.zeros(d, n);
      response[k].add(slope, state);
      for (int i = 0; i < d; i++) {
        double root = Math.sqrt(multipliers[k][i]);
        int own = (k + 1) * d + i;
        response[k].set(i, own, response[k].get(i, own) + 1 / root);
        state.read(i * n, row, n);
        for (int j = 0; j < n; j++) {
          row[j] *= r * root;
        }
        state.write(i * n, row, n);
      }
      step.add(h * method.b(k), response[k]);
    }
    return b;
  }

  private void setIdentity(DoubleMatrix onV) {
    for (int i = 0; i < d; i++) {
      onV.set(i, i, 1);
    }
  }

  /** The vertices that the relaxation's optimum is nearest to. */
  private double[][] roundedSlopes() {
    double[][] slopes = new double[stages][d];
    for (int k = 0; k < stages; k++) {
      for (int i = 0; i < d; i++) {
        double product = 0;
        for (int q = i * p; q < (i + 1) * p; q++) {
          product += w[k][q] * y[k][q];
        }
        slopes[k][i] = product > 0 ? problem.slopes().upper() : problem.slopes().lower();
      }
    }
    return slopes;
  }

  private void multiply(Op op, double[] x, double[] product) {
    left.write(0, x, d * p);
    Blas.gemm(1, a, op, left, Op.PLAIN, 0, right);
    right.read(0, product, d * p);
  }

  private double norm(double[] x, int from) {
    double sum = 0;
    for (int q = from; q < from + p; q++) {
      sum += x[q] * x[q];
    }
    return Math.sqrt(sum);
  }

  private static void axpy(double factor, double[] x, double[] target) {
    for (int q = 0; q < target.length; q++) {
      target[q] += factor * x[q];
    }
  }
}
