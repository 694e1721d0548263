package org.flowbound.nearness;

import java.util.Arrays;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.Cholesky;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;

/**
 * Weights whose δ is at most δ̄ by construction, as a smooth function of unconstrained variables: a
 * d × d matrix W and, unless the activation is linear, d numbers θ.
 *
 * <p>The weights that multipliers Λ certify are a ball, see {@link CertifiedBall},
 *
 * <pre>  A = Λ^½ K Q^½ − (c/r) Λ,   K = 2W(I + WᵀW)⁻¹,   Q = (2δ̄/r) I + ((c² − r²)/r²) Λ.</pre>
 *
 * <p>A singular value s of W becomes {@code 2s/(1 + s²)} of K, so that {@code ‖K‖₂ ≤ 1} and every
 * such K is reached, its orthogonal ones at finite W. {@code Λ_i} is an increasing function of θ_i
 * onto the interval where {@code Q_i > 0}: {@code e^θ} from the interval's lower end on, or a
 * logistic function between its two ends. Where r = 0 the weights {@code (δ̄/c) I ∓ S² + (W −
 * Wᵀ)/2} with {@code S = (W + Wᵀ)/2} are all stable ones. Not safe for concurrent use.
 */
public final class StableParametrization {
  /** The largest singular value of K that {@link #variables} starts with. */
  private static final double INNER = 0.95;

  /** The smallest multiplier that {@link #variables} starts with. */
  private static final double SMALLEST = 1e-4;

  private final int d;
  private final double c;
  private final double r;
  private final double target;
  private final double product;
  private final DoubleMatrix w;
  private final DoubleMatrix k;
  private final DoubleMatrix inverse;
  private final DoubleMatrix first;
  private final DoubleMatrix second;
  private final SymmetricEigen eigen;
  private final Cholesky cholesky;
  private final double[] lambda;
  private final double[] slope;
  private final double[] rowScale;
  private final double[] columnScale;
  private final double[] work;

  /**
   * @param d the order of the weights
   * @param slopes the interval of the activation's slopes
   * @param target the bound δ̄
   * @throws IllegalArgumentException if no weights satisfy the target
   */
  public StableParametrization(int d, SlopeBox slopes, double target) {
    NearestStableMatrix.requireFeasible(slopes, target);
    if (target <= 0 && slopes.lower() < 0 && slopes.upper() > 0) {
      throw new IllegalArgumentException(
          "The target (%s) must be positive with slopes of both signs, [%s, %s]: only A = 0 reaches 0."
              .formatted(target, slopes.lower(), slopes.upper()));
    }
    this.d = d;
    this.c = slopes.center();
    this.r = slopes.radius();
    this.target = target;
    this.product = slopes.lower() * slopes.upper();
    this.w = DoubleMatrix.zeros(d, d);
    this.k = DoubleMatrix.zeros(d, d);
    this.inverse = DoubleMatrix.zeros(d, d);
    this.first = DoubleMatrix.zeros(d, d);
    this.second = DoubleMatrix.zeros(d, d);
    this.eigen = new SymmetricEigen(d);
    this.cholesky = new Cholesky(d);
    this.lambda = new double[d];
    this.slope = new double[d];
    this.rowScale = new double[d];
    this.columnScale = new double[d];
    this.work = new double[d * d];
  }

  /** The number of variables: W row by row, then θ. */
  public int size() {
    return d * d + multiplierCount();
  }

  private int multiplierCount() {
    return r == 0 ? 0 : d;
  }

  /** The multipliers Λ of the last {@link #map}, with which its weights are certified. */
  public double[] multipliers() {
    return lambda.clone();
  }

  /**
   * Writes the weights A that belong to the variables.
   *
   * @param weights overwritten, d × d, row by row
   * @throws ArithmeticException if a variable is not finite, or too large
   */
  public void map(double[] variables, double[] weights) {
    w.write(0, variables, d * d);
    if (r == 0) {
      mapLinear(variables, weights);
      return;
    }
    for (int i = 0; i < d; i++) {
      setMultiplier(i, variables[d * d + i]);
    }
    invertGram();
    Blas.gemm(2, w, Op.PLAIN, inverse, Op.PLAIN, 0, k);
    k.read(0, weights, d * d);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        weights[i * d + j] *= rowScale[i] * columnScale[j];
      }
      weights[i * d + i] -= c / r * lambda[i];
    }
  }

  /** The ends of the open interval of multipliers with {@code Q > 0}; the upper may be infinite. */
  private double lowerEnd() {
    return product > 0 ? Math.max(0, -2 * target * r / product) : 0;
  }

  private double upperEnd() {
    return product < 0 ? -2 * target * r / product : Double.POSITIVE_INFINITY;
  }

  /** Λ_i, its derivative, and the scales that follow from it. */
  private void setMultiplier(int i, double theta) {
    double upperEnd = upperEnd();
    if (upperEnd < Double.POSITIVE_INFINITY) {
      double share = 1 / (1 + Math.exp(-theta));
      lambda[i] = upperEnd * share;
      slope[i] = lambda[i] * (1 - share);
    } else {
      slope[i] = Math.exp(theta);
      lambda[i] = lowerEnd() + slope[i];
    }
    rowScale[i] = Math.sqrt(lambda[i]);
    columnScale[i] = Math.sqrt(Math.max(0, 2 * target / r + product / (r * r) * lambda[i]));
  }

  private double theta(double multiplier) {
    double lowerEnd = lowerEnd();
    double upperEnd = upperEnd();
    if (upperEnd < Double.POSITIVE_INFINITY) {
      double share = Math.min(0.99, Math.max(0.01, multiplier / upperEnd));
      return Math.log(share / (1 - share));
    }
    return Math.log(Math.max(multiplier - lowerEnd, Math.max(SMALLEST, 0.01 * lowerEnd)));
  }

  /** {@code (I + WᵀW)⁻¹}. */
  private void invertGram() {
    Blas.gemm(1, w, Op.TRANSPOSED, w, Op.PLAIN, 0, first);
    for (int i = 0; i < d; i++) {
      first.set(i, i, 1 + first.get(i, i));
    }
    if (!cholesky.factor(first)) {
      throw new ArithmeticException("The variables are not finite, or too large.");
    }
    cholesky.invert(inverse);
  }

  private interface Function {
    double of(double eigenvalue);
  }

  private void applyToSpectrum(DoubleMatrix symmetric, Function function, DoubleMatrix result) {
    eigen.decompose(symmetric);
    double[] vector = new double[d];
    for (int e = 0; e < d; e++) {
      eigen.vector(e, vector);
      first.rows(e, e + 1).write(0, vector, d);
      double factor = function.of(eigen.value(e));
      for (int i = 0; i < d; i++) {
        vector[i] *= factor;
      }
      second.rows(e, e + 1).write(0, vector, d);
    }
    Blas.gemm(1, first, Op.TRANSPOSED, second, Op.PLAIN, 0, result);
  }

  /**
   * The gradient with respect to the variables of the last {@link #map}.
   *
   * @param variables those of the last call of {@link #map}
   * @param weightGradient the gradient with respect to A, d × d
   * @param gradient overwritten, one number per variable
   */
  public void pullBack(double[] variables, double[] weightGradient, double[] gradient) {
    if (r == 0) {
      pullBackLinear(variables, weightGradient, gradient);
      return;
    }
    k.read(0, work, d * d);
    double[] thetaGradient = new double[d];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        double product = weightGradient[i * d + j] * work[i * d + j];
        thetaGradient[i] += 0.5 * product * columnScale[j] / rowScale[i];
        thetaGradient[j] += columnScaleSlope(j) * product * rowScale[i];
      }
      thetaGradient[i] -= c / r * weightGradient[i * d + i];
    }
    for (int i = 0; i < d; i++) {
      gradient[d * d + i] = thetaGradient[i] * slope[i];
      for (int j = 0; j < d; j++) {
        work[i * d + j] = weightGradient[i * d + j] * rowScale[i] * columnScale[j];
      }
    }
    // With G the gradient for K and M = (I + WᵀW)⁻¹ it is 2GM − 2W(H + Hᵀ), H = M Wᵀ G M.
    first.write(0, work, d * d);
    Blas.gemm(1, first, Op.PLAIN, inverse, Op.PLAIN, 0, second);
    Blas.gemm(0.5, k, Op.TRANSPOSED, second, Op.PLAIN, 0, first);
    first.read(0, work, d * d);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = work[i * d + j] + work[j * d + i];
        work[i * d + j] = sum;
        work[j * d + i] = sum;
      }
    }
    first.write(0, work, d * d);
    Blas.gemm(-2, w, Op.PLAIN, first, Op.PLAIN, 2, second);
    second.read(0, gradient, d * d);
  }

  /** The derivative of the square root of Q_j with respect to Λ_j. */
  private double columnScaleSlope(int j) {
    return columnScale[j] > 0 ? 0.5 * product / (r * r) / columnScale[j] : 0;
  }

  private void mapLinear(double[] variables, double[] weights) {
    fillSymmetricPart(variables, first);
    Blas.gemm(-Math.signum(c), first, Op.PLAIN, first, Op.PLAIN, 0, second);
    second.read(0, weights, d * d);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        weights[i * d + j] += 0.5 * (variables[i * d + j] - variables[j * d + i]);
      }
      weights[i * d + i] += target / c;
    }
  }

  private void pullBackLinear(double[] variables, double[] weightGradient, double[] gradient) {
    fillSymmetricPart(variables, first);
    fillSymmetricPart(weightGradient, second);
    Blas.gemm(-Math.signum(c), first, Op.PLAIN, second, Op.PLAIN, 0, k);
    Blas.gemm(-Math.signum(c), second, Op.PLAIN, first, Op.PLAIN, 1, k);
    k.read(0, gradient, d * d);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        gradient[i * d + j] += 0.5 * (weightGradient[i * d + j] - weightGradient[j * d + i]);
      }
    }
  }

  private void fillSymmetricPart(double[] matrix, DoubleMatrix result) {
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        work[i * d + j] = 0.5 * (matrix[i * d + j] + matrix[j * d + i]);
      }
    }
    result.write(0, work, d * d);
  }

  /**
   * Variables of weights near {@code a}: near the best for these multipliers, and inside the ball
   * rather than on its boundary, where the derivatives of the singular values vanish.
   *
   * @param a weights, d × d
   * @param multipliers Λ, d numbers, which certify them or nearly do; not read for a linear
   *     activation
   */
  public double[] variables(Matrix a, double[] multipliers) {
    double[] variables = new double[size()];
    if (r == 0) {
      linearVariables(a, variables);
      return variables;
    }
    for (int i = 0; i < d; i++) {
      variables[d * d + i] = theta(multipliers[i]);
      setMultiplier(i, variables[d * d + i]);
    }
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        double entry = a.get(i, j) + (i == j ? c / r * lambda[i] : 0);
        double scale = rowScale[i] * columnScale[j];
        work[i * d + j] = scale > 0 ? entry / scale : 0;
      }
    }
    k.write(0, work, d * d);
    Blas.gemm(1, k, Op.TRANSPOSED, k, Op.PLAIN, 0, inverse);
    applyToSpectrum(
        inverse,
        square -> {
          double value = Math.sqrt(Math.max(0, square));
          double inner = Math.min(value, INNER);
          double ratio = value > 0 ? inner / value : 1;
          return ratio / (1 + Math.sqrt(1 - inner * inner));
        },
        inverse);
    Blas.gemm(1, k, Op.PLAIN, inverse, Op.PLAIN, 0, w);
    w.read(0, variables, d * d);
    return variables;
  }

  private void linearVariables(Matrix a, double[] variables) {
    a.copyTo(variables);
    fillSymmetricPart(variables, k);
    k.read(0, work, d * d);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        work[i * d + j] *= -Math.signum(c);
      }
      work[i * d + i] += target / Math.abs(c);
    }
    k.write(0, work, d * d);
    applyToSpectrum(k, value -> Math.sqrt(Math.max(value, 0)), inverse);
    inverse.read(0, work, d * d);
    double[] entries = Arrays.copyOf(variables, d * d);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        variables[i * d + j] = work[i * d + j] + 0.5 * (entries[i * d + j] - entries[j * d + i]);
      }
    }
  }
}
