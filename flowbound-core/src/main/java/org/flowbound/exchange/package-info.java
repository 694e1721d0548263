/**
 * Classifiers to and from other tools: their tensors under the names of model files, their ONNX
 * graphs, in which neural ODEs are recognised, and robustness properties for verifiers.
 */
@NullMarked
package org.flowbound.exchange;

import org.jspecify.annotations.NullMarked;
