/** How names and numbers are written for people. */
@NullMarked
package org.flowbound.report.text;

import org.jspecify.annotations.NullMarked;
