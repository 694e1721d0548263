/**
 * Weights and tensors in files: NumPy, safetensors, MATLAB, text and ONNX.
 *
 * <p>{@link org.flowbound.io.Weights} reads and writes the matrices that the rest of the library
 * works on; {@link org.flowbound.io.TensorFile} is the whole content of a file. Files are not
 * trusted: they are listed first, what they declare is compared with their size and with the memory
 * before anything is allocated, and whatever is wrong ends in an {@link
 * org.flowbound.io.UnusableFileException} of one line. Files are written through {@link
 * org.flowbound.io.AtomicFile}, so that only whole ones appear.
 */
@NullMarked
package org.flowbound.io;

import org.jspecify.annotations.NullMarked;
