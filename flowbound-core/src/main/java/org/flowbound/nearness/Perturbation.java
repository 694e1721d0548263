package org.flowbound.nearness;

import java.util.List;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.Interval;

/**
 * A perturbation Δ that makes weights A stable, {@code δ(A + Δ) ≤ δ̄}, and how near it is to the
 * smallest.
 *
 * <p>{@code deltaAfter} speaks of {@link #apply(Matrix)} as rounded to double precision, with the
 * reservations of {@link org.flowbound.stability.ExpansivityBound}; {@code normLowerBound} holds
 * for every Δ, whatever the method, up to the rounding of its evaluation.
 *
 * @param method the method that found it
 * @param target δ̄
 * @param deltaBefore the certified interval of δ(A)
 * @param deltaAfter the certified interval of δ(A + Δ); its upper end is at most the target
 * @param matrix Δ, d × d
 * @param norm {@code ‖Δ‖_F}, or the {@link Structure}'s norm of Δ
 * @param normLowerBound a lower bound of the norm of every Δ of the structure that reaches the
 *     target
 * @param status what is proved of the norm
 * @param rounds the number of rounds of the method
 * @param seconds wall-clock time
 * @param history the steps of the two-level method, none of any other
 */
public record Perturbation(
    NearnessMethod method,
    double target,
    Interval deltaBefore,
    Interval deltaAfter,
    Matrix matrix,
    double norm,
    double normLowerBound,
    Status status,
    int rounds,
    double seconds,
    List<TwoLevelIterate> history) {
  public Perturbation {
    history = List.copyOf(history);
  }

  /** What is proved of a perturbation's norm. */
  public enum Status {
    /** The weights satisfied the target as they were: Δ = 0. */
    UNCHANGED,
    /** The relative gap is within the tolerance. */
    OPTIMAL,
    /** The target is reached, and the smallest norm lies between the two bounds. */
    BOUNDED
  }

  /** {@code (norm − normLowerBound)/norm}; 0 where Δ = 0. */
  public double relativeGap() {
    return norm == 0 ? 0 : Math.max(0, (norm - normLowerBound) / norm);
  }

  /** The stable weights A + Δ. */
  public Matrix apply(Matrix a) {
    return a.plus(matrix);
  }
}
