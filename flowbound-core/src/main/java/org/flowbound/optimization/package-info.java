/** General optimisation methods that the bounds and projections are computed with. */
@NullMarked
package org.flowbound.optimization;

import org.jspecify.annotations.NullMarked;
