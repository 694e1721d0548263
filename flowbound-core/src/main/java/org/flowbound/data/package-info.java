/** Image data: IDX files, the embedded stroke digits, and where data sets are found. */
@NullMarked
package org.flowbound.data;

import org.jspecify.annotations.NullMarked;
