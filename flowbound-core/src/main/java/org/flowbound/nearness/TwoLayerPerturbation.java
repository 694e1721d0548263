package org.flowbound.nearness;

import org.flowbound.linalg.Matrix;
import org.flowbound.stability.Interval;

/**
 * Changes Δ₂, Δ₁ of both weights of a two-layer field, {@code δ(A₂ + Δ₂, A₁ + Δ₁) ≤ δ̄}, and how
 * near they are to the smallest.
 *
 * @param target δ̄
 * @param deltaBefore the certified interval of δ(A₂, A₁)
 * @param deltaAfter that of the changed weights; its upper end is at most the target
 * @param outer Δ₂, d × m
 * @param inner Δ₁, m × d
 * @param norm {@code √(‖Δ₁‖² + ‖Δ₂‖²)}
 * @param normLowerBound a lower bound of the norm of all changes that reach the target
 * @param status what is proved of the norm
 * @param rounds the number of rounds
 * @param seconds wall-clock time
 */
public record TwoLayerPerturbation(
    double target,
    Interval deltaBefore,
    Interval deltaAfter,
    Matrix outer,
    Matrix inner,
    double norm,
    double normLowerBound,
    Perturbation.Status status,
    int rounds,
    double seconds) {
  /** {@code (norm − normLowerBound)/norm}; 0 where nothing is changed. */
  public double relativeGap() {
    return norm == 0 ? 0 : Math.max(0, (norm - normLowerBound) / norm);
  }
}
