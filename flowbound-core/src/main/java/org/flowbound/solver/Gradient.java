package org.flowbound.solver;

/**
 * A loss and its gradient.
 *
 * @param loss the sum of its terms
 * @param state the gradient with respect to the initial state, d numbers
 * @param parameters the gradient with respect to the field's parameters, p numbers
 * @param forward what the forward passes took, recomputation included
 * @param backward what the backward pass took; evaluations are vector–Jacobian products
 * @param storedStates how many vectors of d numbers were kept at once, at most
 */
public record Gradient(
    double loss,
    double[] state,
    double[] parameters,
    Statistics forward,
    Statistics backward,
    long storedStates) {}
