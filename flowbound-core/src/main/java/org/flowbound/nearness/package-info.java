/**
 * The nearest stable weights: the smallest {@code ‖Δ‖_F} with {@code δ(A + Δ) ≤ δ̄} (problem P3).
 *
 * <p>For fixed D, {@code Δ ↦ μ₂(D(A + Δ))} is convex, so the feasible set is convex and its nearest
 * point unique. Every D in the slope box and every V give the inequality {@code ⟨DVVᵀ, A + Δ⟩ ≤ δ̄
 * ‖V‖²}; the multipliers of the active ones are what {@link org.flowbound.nearness.ProjectionDual}
 * computes, in low-rank form. With the vertices of the box as D this is the nearest point itself,
 * and every dual value a proven lower bound of its distance; with the relaxation of {@link
 * org.flowbound.stability.DiagonalScaling} in the place of D it is the nearest point whose
 * stability one matrix inequality certifies, a little farther away and much cheaper.
 */
@NullMarked
package org.flowbound.nearness;

import org.jspecify.annotations.NullMarked;
