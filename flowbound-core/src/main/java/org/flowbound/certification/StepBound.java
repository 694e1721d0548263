package org.flowbound.certification;

/**
 * What is known of the largest expansion of one step.
 *
 * @param lower an expansion that some slopes attain
 * @param upper one that no slopes exceed: proved, rounding errors included, by a Cholesky
 *     factorisation, unless all slopes are equal, where a margin is added for rounding
 */
public record StepBound(double lower, double upper) {}
