package org.flowbound.stability;

import java.util.function.Predicate;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;

/**
 * The expansivity {@code δ(A₂, A₁) = max_{D ∈ Ω} μ₂(A₂DA₁)} of the neural ODE {@code u' = A₂ σ(A₁u
 * + b₁) + b₂}: its flow expands distances over [0, T] in the 2-norm by at most {@code e^{δT}}.
 *
 * <p>It is convex in D, and the same relaxation and search as for one layer bound it: with {@code
 * g_i = (A₂ᵀv)_i (A₁v)_i},
 *
 * <pre>
 *   δ = max_{‖v‖=1} Σ_i max(α g_i, β g_i) ≤ min_{Λ>0} λ_max(c sym(A₂A₁) + (r/2)(A₂ΛA₂ᵀ + A₁ᵀΛ⁻¹A₁)),
 * </pre>
 *
 * <p>c and r the centre and radius of the slopes [α, β]. A wide hidden layer makes this a search
 * over many slopes, but the eigenvalue problems stay those of order d.
 *
 * @param outer A₂, d × m
 * @param inner A₁, m × d
 * @param slopes the interval of the activation's slopes
 */
public record TwoLayerExpansivity(Matrix outer, Matrix inner, SlopeBox slopes) {
  /**
   * @throws IllegalArgumentException if a matrix is empty or not finite, or the shapes do not fit
   */
  public TwoLayerExpansivity {
    if (outer.columns() != inner.rows() || outer.rows() != inner.columns()) {
      throw new IllegalArgumentException(
          "The weights A₂ (%d x %d) and A₁ (%d x %d) of two layers must be d x m and m x d."
              .formatted(outer.rows(), outer.columns(), inner.rows(), inner.columns()));
    }
    if (inner.rows() == 0 || inner.columns() == 0) {
      throw new IllegalArgumentException("The weights of two layers must not be empty.");
    }
    if (!outer.isFinite() || !inner.isFinite()) {
      throw new IllegalArgumentException("The weights hold NaN or infinite entries.");
    }
  }

  /** The certified interval. */
  public ExpansivityBound bound(BoundOptions options) {
    return bound(options, ExpansivityListener.SILENT);
  }

  /** The certified interval; {@code listener} hears how it closes. Its vertex has m slopes. */
  public ExpansivityBound bound(BoundOptions options, ExpansivityListener listener) {
    return new BranchAndBound(this, options, listener, Double.NEGATIVE_INFINITY, vertex -> true)
        .run();
  }

  /**
   * Looks for vertices D with {@code μ₂(A₂DA₁) > level}, as {@link Expansivity#search}. If it ends
   * without a limit, and finds none, {@code upper ≤ level}.
   *
   * @param exceeding hears every local maximum above the level that is come across, some more than
   *     once; false ends the search
   */
  public ExpansivityBound search(
      double level, BoundOptions options, Predicate<double[]> exceeding) {
    return new BranchAndBound(this, options, ExpansivityListener.SILENT, level, exceeding).run();
  }
}
