package org.flowbound.cli;

import picocli.CommandLine.Option;

/** The option that says how large the ODE is. */
final class WidthOption {
  @Option(
      names = "--width",
      paramLabel = "D",
      description = "Dimension of the ODE's state, in [1, 4096] (default: ${DEFAULT-VALUE}).")
  @Range("[1, 4096]")
  private int width = 64;

  int width() {
    return width;
  }
}
