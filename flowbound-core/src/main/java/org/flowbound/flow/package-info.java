/**
 * Flows of neural ODEs: one-step methods, the discrete flow map that they make, and its exact
 * derivatives.
 */
@NullMarked
package org.flowbound.flow;

import org.jspecify.annotations.NullMarked;
