package org.flowbound.training;

import java.util.Locale;

/** Rules by which parameters move along the gradients of the loss. */
public enum OptimizerMethod {
  /** Gradient descent with momentum; weight decay adds {@code λ θ} to the gradient. */
  SGD,
  /** Adam; weight decay adds {@code λ θ} to the gradient. */
  ADAM,
  /** Adam with decoupled weight decay: {@code θ ← (1 − ηλ) θ} before each step. */
  ADAMW;

  /** The name on the command line and in model files. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
