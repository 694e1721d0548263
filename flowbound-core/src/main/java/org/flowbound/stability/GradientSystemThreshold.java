package org.flowbound.stability;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.jspecify.annotations.Nullable;

/**
 * The contractivity threshold by the two-level method of [2] (arXiv 2402.13092), as a baseline: it
 * certifies nothing.
 *
 * <p>The inner level follows the gradient system {@code D_ii' = v_i (Av)_i}, v the leading
 * eigenvector of sym(DA), with components that would leave [α, 1] held at its ends, by Euler steps
 * whose size is controlled so that μ₂(DA) increases, from D = I and from the last extremiser to a
 * stationary point. The outer level solves {@code μ₂(D(α)A) = c} for α by Newton's method inside
 * bisection. The stationary point is a local maximum, so that the result tends to be too small.
 */
public final class GradientSystemThreshold {
  private static final int MAX_STEPS = 2000;
  private static final int MAX_NEWTON = 100;

  private final Matrix a;
  private final int d;
  private final double level;
  private final DoubleMatrix symmetric;
  private final SymmetricEigen eigen;
  private final double[] v;
  private double @Nullable [] last;

  private GradientSystemThreshold(ContractivityThreshold problem) {
    double largest = problem.matrix().maxAbs();
    double scale = largest > 0 ? largest : 1;
    this.a = problem.matrix().times(1 / scale);
    this.d = a.rows();
    this.level = problem.level() / scale;
    this.symmetric = DoubleMatrix.zeros(d, d);
    this.eigen = new SymmetricEigen(d);
    this.v = new double[d];
  }

  /**
   * The α that the method ends with; none where it sees the level kept at α = 0, or exceeded at 1.
   *
   * @param tolerance how closely α is sought, in (0, 1)
   */
  public static OptionalDouble of(ContractivityThreshold problem, double tolerance) {
    return new GradientSystemThreshold(problem).solve(tolerance);
  }

  private OptionalDouble solve(double tolerance) {
    if (value(extremizer(1)) > level || value(extremizer(0)) <= level) {
      return OptionalDouble.empty();
    }
    double low = 0;
    double high = 1;
    double alpha = 0.5;
    for (int k = 0; k < MAX_NEWTON && high - low > tolerance; k++) {
      double[] slopes = extremizer(alpha);
      double excess = value(slopes) - level;
      double[] g = gradient();
      double derivative = 0;
      for (int i = 0; i < d; i++) {
        derivative += slopes[i] == alpha ? g[i] : 0;
      }
      if (excess > 0) {
        low = alpha;
      } else {
        high = alpha;
      }
      double next = alpha - excess / derivative;
      if (!(next > low && next < high)) {
        next = 0.5 * (low + high);
      } else if (Math.abs(next - alpha) <= 0.1 * tolerance) {
        return OptionalDouble.of(next);
      }
      alpha = next;
    }
    return OptionalDouble.of(0.5 * (low + high));
  }

  /** The better of the stationary points from D = I and from the last one, moved to α. */
  private double[] extremizer(double alpha) {
    double[] ones = new double[d];
    Arrays.fill(ones, 1);
    double[] fromOnes = ascend(ones, alpha);
    if (last != null) {
      double least = Arrays.stream(last).min().orElse(1);
      double[] moved =
          Arrays.stream(last)
              .map(slope -> slope == least ? alpha : Math.max(alpha, slope))
              .toArray();
      double[] fromLast = ascend(moved, alpha);
      last = value(fromLast) > value(fromOnes) ? fromLast : fromOnes;
    } else {
      last = fromOnes;
    }
    return last;
  }

  private double[] ascend(double[] start, double alpha) {
    double[] slopes = start;
    double current = value(slopes);
    double step = 1;
    for (int k = 0; k < MAX_STEPS; k++) {
      double[] g = gradient();
      double[] next = advance(slopes, g, step, alpha);
      if (Arrays.equals(next, slopes)) {
        break;
      }
      double reached = value(next);
      while (!(reached > current) && step > 1e-8) {
        step *= 0.5;
        next = advance(slopes, g, step, alpha);
        reached = value(next);
      }
      if (!(reached > current)) {
        break;
      }
      slopes = next;
      current = reached;
      step *= 2;
    }
    return slopes;
  }

  private double[] advance(double[] slopes, double[] g, double step, double alpha) {
    double[] next = new double[d];
    Arrays.setAll(next, i -> Math.min(1, Math.max(alpha, slopes[i] + step * g[i])));
    return next;
  }

  /** μ₂(DA); leaves its leading eigenvector behind. */
  private double value(double[] slopes) {
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        symmetric.set(i, j, 0.5 * (slopes[i] * a.get(i, j) + slopes[j] * a.get(j, i)));
      }
    }
    eigen.decomposeLargest(symmetric, 1);
    eigen.vector(0, v);
    return eigen.value(0);
  }

  private double[] gradient() {
    double[] g = new double[d];
    for (int i = 0; i < d; i++) {
      double product = 0;
      for (int j = 0; j < d; j++) {
        product += a.get(i, j) * v[j];
      }
      g[i] = v[i] * product;
    }
    return g;
  }
}
