/** Attacks on classifiers, and how accuracy falls under them. */
@NullMarked
package org.flowbound.attack;

import org.jspecify.annotations.NullMarked;
