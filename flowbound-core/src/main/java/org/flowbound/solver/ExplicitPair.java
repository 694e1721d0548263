package org.flowbound.solver;

import org.jspecify.annotations.Nullable;

/**
 * An explicit method with what comes beside it.
 *
 * @param tableau the s stages
 * @param order of the method
 * @param error {@code b − b̂}, s + 1 numbers, the last the weight of f at the step's end; null
 *     where there is no error estimate
 * @param errorOrder one more than the order of the embedded method
 * @param dense weights of the fourth coefficient of dense output, s + 1 numbers; null for the cubic
 *     of Hermite
 */
record ExplicitPair(
    ButcherTableau tableau,
    int order,
    double @Nullable [] error,
    int errorOrder,
    double @Nullable [] dense) {}
