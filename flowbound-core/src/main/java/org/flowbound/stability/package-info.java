/** The logarithmic norm, its maximum δ over slope boxes, and certified bounds for it. */
@NullMarked
package org.flowbound.stability;

import org.jspecify.annotations.NullMarked;
