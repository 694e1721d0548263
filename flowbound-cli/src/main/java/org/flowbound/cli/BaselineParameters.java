package org.flowbound.cli;

import java.util.Arrays;
import java.util.List;
import org.flowbound.comparison.Baseline;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say which other ways to train for robustness are compared. */
final class BaselineParameters {
  private static final String IDS =
      "fgsm, pgd, trades, noise, jacobian, contractivity, weight-decay";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--baselines",
      paramLabel = "B",
      split = ",",
      description = {
        "Other ways to train for robustness, separated by commas, each alone and with every target"
            + " and the linear norm: "
            + IDS
            + " (default: none)."
      })
  private List<String> baselines = List.of();

  @Option(
      names = "--adversarial-eps",
      paramLabel = "E",
      description = {
        "Size of the perturbations that the baselines fgsm, pgd and trades train on, in the maximum"
            + " norm and pixel units, in (0, inf) (default: ${DEFAULT-VALUE})."
      })
  @Range("(0, inf)")
  private double adversarialEps = Baseline.Strengths.defaults().adversarialEps();

  @Option(
      names = "--adversarial-steps",
      paramLabel = "N",
      description = {
        "Gradient steps of the baselines pgd and trades, in [1, 1000] (default: ${DEFAULT-VALUE})."
      })
  @Range("[1, 1000]")
  private int adversarialSteps = Baseline.Strengths.defaults().adversarialSteps();

  @Option(
      names = "--trades-weight",
      paramLabel = "W",
      description = {
        "Weight of the divergence in the baseline trades, in [0, inf) (default: ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private double tradesWeight = Baseline.Strengths.defaults().tradesWeight();

  @Option(
      names = "--noise-deviation",
      paramLabel = "S",
      description = {
        "Standard deviation of the Gaussian noise of the baseline noise, in [0, inf) (default:"
            + " ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private double noiseDeviation = Baseline.Strengths.defaults().noiseDeviation();

  @Option(
      names = "--jacobian-weight",
      paramLabel = "W",
      description = {
        "Weight of the Jacobian's norm in the baseline jacobian, in [0, inf) (default:"
            + " ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private double jacobianWeight = Baseline.Strengths.defaults().jacobianWeight();

  @Option(
      names = "--contractivity-weight",
      paramLabel = "W",
      description = {
        "Weight of the regulariser in the baseline contractivity, in [0, inf) (default:"
            + " ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private double contractivityWeight = Baseline.Strengths.defaults().contractivityWeight();

  @Option(
      names = "--baseline-weight-decay",
      paramLabel = "W",
      description = {
        "Rate of decay in the baseline weight-decay, as a multiple of the learning rate, in [0, inf)"
            + " (default: ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private double weightDecay = Baseline.Strengths.defaults().weightDecay();

  List<Baseline> baselines() {
    return baselines.stream().map(this::baseline).toList();
  }

  private Baseline baseline(String id) {
    return Arrays.stream(Baseline.values())
        .filter(value -> value.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new ParameterException(
                    command.commandLine(), "--baselines must be of %s, not %s".formatted(IDS, id)));
  }

  Baseline.Strengths strengths() {
    return new Baseline.Strengths(
        adversarialEps,
        adversarialSteps,
        tradesWeight,
        noiseDeviation,
        jacobianWeight,
        contractivityWeight,
        weightDecay);
  }
}
