/** Files that tell how a training goes, one entry an epoch: for people, scripts and TensorBoard. */
@NullMarked
package org.flowbound.history;

import org.jspecify.annotations.NullMarked;
