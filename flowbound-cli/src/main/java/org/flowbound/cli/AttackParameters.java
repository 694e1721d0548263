package org.flowbound.cli;

import org.flowbound.attack.AttackLoss;
import org.flowbound.attack.AttackSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that change an attack's own settings. */
final class AttackParameters {
  @Option(
      names = "--iterations",
      paramLabel = "N",
      description = {
        "Gradient steps after each start, in [1, 1000000] (default: 10 for bim and mi-fgsm, 40 for"
            + " pgd, 50 for deepfool, 200 for cw, 100 for the others)."
      })
  @Range("[1, 1000000]")
  private @Nullable Integer iterations;

  @Option(
      names = "--restarts",
      paramLabel = "N",
      description = "Starts of pgd, apgd, fab and square, in [1, 10000] (default: 1).")
  @Range("[1, 10000]")
  private @Nullable Integer restarts;

  @Option(
      names = "--step-size",
      paramLabel = "S",
      description = {
        "Length of a step of bim, pgd and mi-fgsm as a multiple of eps, in (0, inf) (default:"
            + " 2.5/iterations for pgd, else 1/iterations)."
      })
  @Range("(0, inf)")
  private @Nullable Double stepSize;

  @Option(
      names = "--queries",
      paramLabel = "N",
      description = {
        "Evaluations of the network that square makes for each image, or draws of noise, in [1,"
            + " 10000000] (default: 5000 for square, 1 for noise, 10 for boundary-noise)."
      })
  @Range("[1, 10000000]")
  private @Nullable Integer queries;

  @Option(
      names = "--loss",
      paramLabel = "L",
      description = {
        "What bim, pgd and mi-fgsm increase: ${COMPLETION-CANDIDATES} (default: ce). ce is the"
            + " cross-entropy, dlr the difference of logits ratio (3 classes at least)."
      })
  private @Nullable AttackLoss loss;

  AttackSettings settings(long seed) {
    return new AttackSettings(iterations, restarts, stepSize, queries, loss, seed);
  }
}
