/**
 * Local robustness: whether a network's prediction is the same throughout a ball around an image,
 * decided by following the set of all states through the steps of the integrator.
 */
@NullMarked
package org.flowbound.verification;

import org.jspecify.annotations.NullMarked;
