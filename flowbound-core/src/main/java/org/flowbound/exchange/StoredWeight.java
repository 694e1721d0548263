package org.flowbound.exchange;

/**
 * A weight matrix as a graph stores it.
 *
 * @param name of the constant
 * @param transposed whether the constant is the transpose of the matrix that a state is multiplied
 *     by
 */
public record StoredWeight(String name, boolean transposed) {
  StoredWeight transpose() {
    return new StoredWeight(name, !transposed);
  }
}
