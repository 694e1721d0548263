/** Vector fields of neural ODEs and the activations that they are made of. */
@NullMarked
package org.flowbound.field;

import org.jspecify.annotations.NullMarked;
