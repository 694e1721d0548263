package org.flowbound.linalg;

/** The floating-point format that a {@link NativeMatrix} is stored and computed in. */
public enum Precision {
  FLOAT32,
  FLOAT64
}
