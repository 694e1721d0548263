package org.flowbound.certification;

/**
 * What is known of the largest expansion of one step.
 *
 * @param lower an expansion that some slopes attain
 * @param upper one that no slopes exceed, up to the rounding of its evaluation in floating point,
 *     for which a margin is added
 */
public record StepBound(double lower, double upper) {}
