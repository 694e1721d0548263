/**
 * What a proof in floating point needs: directed rounding, error bounds, a verified Cholesky
 * factorisation.
 *
 * <p>Everything here is IEEE 754 binary64 in rounding to nearest, evaluated in the written order:
 * since Java 17 every operation on {@code double} is exactly that, without wider registers and
 * without contraction to fused operations. {@code u = 2⁻⁵³} is the unit roundoff and {@code η =
 * 2⁻¹⁰⁷⁴} the smallest positive number. For {@code ∘} among {@code + − · /} and the square root,
 *
 * <pre>  fl(x ∘ y) = (x ∘ y)(1 + ε) + ω,   |ε| ≤ u,   |ω| ≤ η/2,   εω = 0,</pre>
 *
 * unless it overflows, with {@code ω = 0} for sums, differences and square roots.
 */
@NullMarked
package org.flowbound.rigor;

import org.jspecify.annotations.NullMarked;
