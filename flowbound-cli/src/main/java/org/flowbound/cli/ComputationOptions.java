package org.flowbound.cli;

import picocli.CommandLine.Option;

/** The options that say with what a result is computed. */
final class ComputationOptions {
  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Number of threads, in [1, 1024] (default: all processors).")
  @Range("[1, 1024]")
  private int threads = Runtime.getRuntime().availableProcessors();

  long seed() {
    return seed;
  }

  int threads() {
    return threads;
  }
}
