/** Weights and tensors in files: NumPy, safetensors, MATLAB, CSV and ONNX. */
@NullMarked
package org.flowbound.io;

import org.jspecify.annotations.NullMarked;
