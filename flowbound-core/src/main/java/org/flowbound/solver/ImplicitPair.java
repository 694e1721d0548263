package org.flowbound.solver;

import org.jspecify.annotations.Nullable;

/**
 * A diagonally implicit method with what comes beside it. All diagonal entries are one γ, but for
 * the first, which may be 0.
 *
 * @param tableau the s stages
 * @param order of the method
 * @param error {@code b − b̂}, s numbers; null where there is no error estimate
 * @param errorOrder one more than the order of the embedded method
 */
record ImplicitPair(ButcherTableau tableau, int order, double @Nullable [] error, int errorOrder) {}
