/** Worker threads. */
@NullMarked
package org.flowbound.parallel;

import org.jspecify.annotations.NullMarked;
