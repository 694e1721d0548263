/** Lipschitz bounds of the discrete network, and the radii that they certify. */
@NullMarked
package org.flowbound.certification;

import org.jspecify.annotations.NullMarked;
