/** Training of classifiers, with constraints that keep their flow stable. */
@NullMarked
package org.flowbound.training;

import org.jspecify.annotations.NullMarked;
