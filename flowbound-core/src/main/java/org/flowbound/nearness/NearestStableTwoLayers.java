package org.flowbound.nearness;

import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.ExpansivityBound;
import org.flowbound.stability.Interval;
import org.flowbound.stability.TwoLayerExpansivity;

/**
 * The smallest changes of both weights of the field {@code A₂ σ(A₁u + b₁) + b₂} that bring its
 * expansivity down to δ̄: {@code min √(‖Δ₁‖² + ‖Δ₂‖²)} with {@code δ(A₂ + Δ₂, A₁ + Δ₁) ≤ δ̄}.
 *
 * <p>The pairs that satisfy it are no convex set, since δ is convex in each of the two alone. Still
 * the lower bound, a Lagrangian dual, holds for all pairs; where the norm found agrees with it, the
 * pair is the global optimum. It does so as long as the multipliers are small, which is for targets
 * that are not too deep; else a gap is left.
 *
 * @param outer A₂, d × m
 * @param inner A₁, m × d
 * @param slopes the interval of the activation's slopes
 * @param target δ̄
 */
public record NearestStableTwoLayers(Matrix outer, Matrix inner, SlopeBox slopes, double target) {
  /** The part of the time limit for the interval of δ, before and after. */
  private static final int BOUND_SHARE = 10;

  /**
   * @throws IllegalArgumentException if the weights are not those of two layers, or no weights
   *     satisfy the target: it is not finite, or negative where a slope can be 0 or the hidden
   *     layer is the narrower one
   */
  public NearestStableTwoLayers {
    TwoLayerExpansivity problem = new TwoLayerExpansivity(outer, inner, slopes);
    NearestStableMatrix.requireFeasible(slopes, target);
    if (target < 0 && problem.inner().rows() < problem.inner().columns()) {
      throw new IllegalArgumentException(
          "The target (%s) must be at least 0 with %d hidden units for %d states: A₂DA₁ is singular."
              .formatted(target, inner.rows(), inner.columns()));
    }
  }

  /**
   * Finds the changes by projection; the method of the options is not looked at.
   *
   * @throws IllegalArgumentException if no weights that reach the target were found
   */
  public TwoLayerPerturbation solve(NearnessOptions options) {
    long start = System.nanoTime();
    BoundOptions bounds =
        BoundOptions.defaults()
            .withTimeLimit(options.timeLimit().dividedBy(BOUND_SHARE))
            .withThreads(options.threads())
            .withSeed(options.seed());
    ExpansivityBound before = new TwoLayerExpansivity(outer, inner, slopes).bound(bounds);
    TwoLayerProjection projection = new TwoLayerProjection(this, options);
    if (before.upper() > target) {
      projection.run();
    } else {
      projection.keep(outer, inner, before.upper());
    }
    Matrix deltaOuter = projection.outer().minus(outer);
    Matrix deltaInner = projection.inner().minus(inner);
    ExpansivityBound after =
        new TwoLayerExpansivity(outer.plus(deltaOuter), inner.plus(deltaInner), slopes)
            .bound(bounds);
    double upper = Math.min(after.upper(), projection.upper());
    double norm = Math.hypot(deltaOuter.frobeniusNorm(), deltaInner.frobeniusNorm());
    double lowerBound = Math.min(norm, projection.lowerBound());
    return new TwoLayerPerturbation(
        target,
        before.interval(),
        new Interval(Math.min(after.lower(), upper), upper),
        deltaOuter,
        deltaInner,
        norm,
        lowerBound,
        status(norm, lowerBound, options.tolerance()),
        projection.rounds(),
        1e-9 * (System.nanoTime() - start));
  }

  private static Perturbation.Status status(double norm, double lowerBound, double tolerance) {
    if (norm == 0) {
      return Perturbation.Status.UNCHANGED;
    }
    return norm - lowerBound <= tolerance * norm
        ? Perturbation.Status.OPTIMAL
        : Perturbation.Status.BOUNDED;
  }
}
