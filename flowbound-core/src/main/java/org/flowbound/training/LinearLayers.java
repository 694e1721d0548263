package org.flowbound.training;

import java.util.Locale;

/** How the two linear layers keep to the bound κ on their spectral norms. */
public enum LinearLayers {
  /** Singular values above κ are lowered to κ, after every few steps. */
  PROJECTED,
  /** All singular values are κ, after every step. */
  ORTHOGONAL;

  /** The name on the command line and in model files. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
