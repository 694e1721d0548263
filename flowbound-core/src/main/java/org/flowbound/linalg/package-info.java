/**
 * Dense linear algebra on OpenBLAS.
 *
 * <p>{@link org.flowbound.linalg.Matrix} is the immutable value in which weights travel; {@link
 * org.flowbound.linalg.NativeMatrix} is the mutable block of native memory, in single or double
 * precision, that inner loops hand to {@link org.flowbound.linalg.Blas} without copying. OpenBLAS
 * always runs on one thread: parallelism is the caller's, in Java.
 */
@NullMarked
package org.flowbound.linalg;

import org.jspecify.annotations.NullMarked;
