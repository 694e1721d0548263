package org.flowbound.io;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a file holds, listed but not loaded.
 *
 * @param unsupported the names of what is no array of real numbers, and what it is
 */
record Contents(
    List<StoredTensor> tensors, Map<String, String> unsupported, Map<String, String> metadata) {
  private static final int MAX_RANK = 64;

  Contents {
    tensors = List.copyOf(tensors);
    unsupported = Collections.unmodifiableMap(new LinkedHashMap<>(unsupported));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** The content of a file of one tensor. */
  static Contents of(StoredTensor tensor) {
    return new Contents(List.of(tensor), Map.of(), Map.of());
  }

  /** Adds to the dimensions that a file declares for one tensor. */
  static void addDimension(List<Long> dimensions, long dimension) throws MalformedException {
    if (dimensions.size() == MAX_RANK) {
      throw new MalformedException(
          "is corrupt: a tensor has more than %d dimensions".formatted(MAX_RANK));
    }
    dimensions.add(dimension);
  }

  /** The shape that a file declares. */
  static Shape shape(List<Long> dimensions) throws MalformedException {
    try {
      return new Shape(dimensions);
    } catch (IllegalArgumentException invalid) {
      throw new MalformedException("is corrupt: " + invalid.getMessage(), invalid);
    }
  }
}
