/** Trained models and checkpoints in files. */
@NullMarked
package org.flowbound.model;

import org.jspecify.annotations.NullMarked;
