/** Measurements of the library, of which the documentation quotes the results. */
@NullMarked
package org.flowbound.benchmarks;

import org.jspecify.annotations.NullMarked;
