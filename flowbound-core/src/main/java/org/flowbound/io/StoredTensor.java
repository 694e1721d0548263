package org.flowbound.io;

import java.io.IOException;

/** A tensor that a file holds and that has not been loaded yet. */
record StoredTensor(String name, Shape shape, ElementType type, Loader loader) {
  /** Loads the entries in row-major order. */
  @FunctionalInterface
  interface Loader {
    double[] load() throws IOException;
  }

  Tensor load() throws IOException {
    Heap.requireArray(shape.elements());
    return Tensor.owning(name, shape, type, loader.load());
  }
}
