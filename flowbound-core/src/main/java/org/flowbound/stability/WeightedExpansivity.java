package org.flowbound.stability;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.flowbound.linalg.Matrix;

/**
 * The smallest bound {@code cond(S) e^{δ_S T}}, {@code δ_S = max_D μ(SDAS⁻¹)}, of the Lipschitz
 * constant of a flow over [0, T] that a weighted norm {@code ‖Su‖} is found to give. S is a
 * positive diagonal matrix or, in the 2-norm, a symmetric positive definite one.
 *
 * <p>A diagonal S commutes with D, so that {@code δ_S = δ(SAS⁻¹)} is bounded as closely as δ
 * itself; for another one it is bounded by a relaxation, and of the bounds of L the smallest is
 * kept.
 *
 * <p>In the 2-norm S is sought by {@link WeightSearch} and, up to d = 128, by {@link
 * FullWeightSearch} from there and from I; in the 1- and ∞-norms along the curve {@code S^θ}, 0 ≤ θ
 * ≤ 1, to the weights of the smallest δ, which a Perron vector gives. S = I is always among the
 * candidates, so that the bound is never worse than without weights. Any S at all gives a valid
 * bound; that no other gives a smaller one is not claimed.
 *
 * @param problem the weights A and the slopes
 * @param horizon T
 */
public record WeightedExpansivity(Expansivity problem, double horizon) {
  private static final int GRID = 20;
  private static final int LARGEST_FULL_ORDER = 128;
  private static final double NEGLIGIBLE = 1e-6;
  private static final double LARGEST_CONDITION = 1e12;

  /**
   * @throws IllegalArgumentException if T is not positive and finite
   */
  public WeightedExpansivity {
    if (!(horizon > 0) || Double.isInfinite(horizon)) {
      throw new IllegalArgumentException(
          "The final time T (%s) must be positive and finite.".formatted(horizon));
    }
  }

  /** The best bound found in the given norm. */
  public WeightedBound bound(Norm norm, BoundOptions options) {
    return improve(problem.bound(norm, options, ExpansivityListener.SILENT), options);
  }

  /**
   * The best bound found in the norm of {@code plain}.
   *
   * @param plain the bound without weights, which is returned where no weights improve on it
   */
  public WeightedBound improve(ExpansivityBound plain, BoundOptions options) {
    int d = problem.matrix().rows();
    WeightedBound best = new WeightedBound(Matrix.identity(d), 1, plain);
    List<double[]> diagonals = candidates(plain.norm(), options.seed());
    for (double[] weights : diagonals) {
      if (isUsable(condition(weights))) {
        best = better(best, bound(plain.norm(), options, weights));
      }
    }
    if (plain.norm() == Norm.TWO && d > 1 && d <= LARGEST_FULL_ORDER) {
      FullWeightSearch search = new FullWeightSearch(problem, horizon, options.seed());
      best = better(best, search.fromIdentity());
      double[] weights = diagonals.get(0);
      if (isUsable(condition(weights))) {
        best = better(best, search.fromDiagonal(weights));
      }
    }
    return best;
  }

  private static boolean isUsable(double condition) {
    return condition > 1 + NEGLIGIBLE && condition < LARGEST_CONDITION;
  }

  private WeightedBound better(WeightedBound one, WeightedBound other) {
    return other.lipschitz(horizon) < one.lipschitz(horizon) ? other : one;
  }

  private List<double[]> candidates(Norm norm, long seed) {
    if (norm == Norm.TWO) {
      return List.of(new WeightSearch(problem, horizon, seed).run());
    }
    double[] perron = PerronWeights.of(problem, norm);
    return IntStream.rangeClosed(1, GRID)
        .mapToObj(k -> Arrays.stream(perron).map(s -> Math.pow(s, (double) k / GRID)).toArray())
        .toList();
  }

  private static double condition(double[] weights) {
    return Arrays.stream(weights).max().orElse(1) / Arrays.stream(weights).min().orElse(1);
  }

  /** The bound with given weights, of which only the ratios matter. */
  WeightedBound bound(Norm norm, BoundOptions options, double[] weights) {
    double largest = Arrays.stream(weights).max().orElse(1);
    double[] s = Arrays.stream(weights).map(weight -> weight / largest).toArray();
    return new WeightedBound(
        Matrix.diagonal(s),
        condition(s),
        Expansivity.of(similar(problem.matrix(), s), problem.slopes())
            .bound(norm, options, ExpansivityListener.SILENT));
  }

  /** {@code SAS⁻¹}. */
  static Matrix similar(Matrix a, double[] s) {
    return Matrix.generate(a.rows(), a.columns(), (i, j) -> s[i] * a.get(i, j) / s[j]);
  }
}
