package org.flowbound.cli;

import org.flowbound.training.Stability;
import org.flowbound.training.StabilityOptions;
import org.jspecify.annotations.Nullable;

/** Ways to keep the flow stable, as they are named on the command line. */
enum StabilityOption {
  NONE(null),
  PROJECT(Stability.PROJECT),
  PENALTY(Stability.PENALTY),
  PARAMETRIZED(Stability.PARAMETRIZED);

  private final @Nullable Stability method;

  StabilityOption(@Nullable Stability method) {
    this.method = method;
  }

  StabilityOptions addTo(StabilityOptions options) {
    return method == null ? options : options.withMethod(method);
  }

  @Override
  public String toString() {
    return method == null ? "none" : method.id();
  }
}
