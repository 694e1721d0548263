/**
 * Neural ODE classifiers: {@code x ↦ softmax(C u(T) + c)} with {@code u(0) = Bx + β} and {@code u'
 * = σ(Au + b)}, their values and their exact gradients.
 */
@NullMarked
package org.flowbound.network;

import org.jspecify.annotations.NullMarked;
