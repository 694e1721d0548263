package org.flowbound.stability;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.flowbound.linalg.Matrix;

/**
 * The smallest bound {@code cond(S) e^{δ(SAS⁻¹) T}} of the Lipschitz constant of a flow over [0, T]
 * that a weighted norm {@code ‖Su‖}, S a positive diagonal matrix, is found to give.
 *
 * <p>In the 2-norm S is sought by {@link WeightSearch}; in the 1- and ∞-norms along the curve
 * {@code S^θ}, 0 ≤ θ ≤ 1, to the weights of the smallest δ, which a Perron vector gives. S = I is
 * always among the candidates, so that the bound is never worse than without weights. Any S at all
 * gives a valid bound; that no other gives a smaller one is not claimed.
 *
 * @param problem the weights A and the slopes
 * @param horizon T
 */
public record WeightedExpansivity(Expansivity problem, double horizon) {
  private static final int GRID = 20;
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
    double[] ones = new double[problem.matrix().rows()];
    Arrays.fill(ones, 1);
    WeightedBound best = new WeightedBound(ones, plain);
    for (double[] weights : candidates(plain.norm(), options.seed())) {
      if (condition(weights) > 1 + NEGLIGIBLE && condition(weights) < LARGEST_CONDITION) {
        WeightedBound bound = bound(plain.norm(), options, weights);
        best = bound.lipschitz(horizon) < best.lipschitz(horizon) ? bound : best;
      }
    }
    return best;
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
        s,
        Expansivity.of(similar(problem.matrix(), s), problem.slopes())
            .bound(norm, options, ExpansivityListener.SILENT));
  }

  /** {@code SAS⁻¹}. */
  static Matrix similar(Matrix a, double[] s) {
    return Matrix.generate(a.rows(), a.columns(), (i, j) -> s[i] * a.get(i, j) / s[j]);
  }
}
