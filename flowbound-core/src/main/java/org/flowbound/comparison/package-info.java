/** The main job: classical and stabilised classifiers, trained and attacked side by side. */
@NullMarked
package org.flowbound.comparison;

import org.jspecify.annotations.NullMarked;
