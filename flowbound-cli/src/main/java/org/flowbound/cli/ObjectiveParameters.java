package org.flowbound.cli;

import java.util.Arrays;
import org.flowbound.training.AdversarialTraining;
import org.flowbound.training.ObjectiveOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say what a training minimises. */
final class ObjectiveParameters {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--margin-eps",
      paramLabel = "E",
      description = {
        "Train for certified l2 radii of E, in [0, inf): the logits of the other classes are raised"
            + " by E times the Lipschitz bound first. Needs --target and --linear-norm (default:"
            + " ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private double marginEps = 0;

  @Option(
      names = "--adversarial",
      paramLabel = "M",
      description = {
        "Adversarial training, in the maximum norm and within [0, 1]: fgsm, pgd or trades (default:"
            + " none)."
      })
  private @Nullable String adversarial;

  @Option(
      names = "--adversarial-eps",
      paramLabel = "E",
      description = {
        "Size of the perturbations of --adversarial in pixel units, in (0, inf) (default:"
            + " ${DEFAULT-VALUE})."
      })
  @Range("(0, inf)")
  private double adversarialEps = 0.1;

  @Option(
      names = "--adversarial-steps",
      paramLabel = "N",
      description = {"Gradient steps of pgd and trades, in [1, 1000] (default: ${DEFAULT-VALUE})."})
  @Range("[1, 1000]")
  private int adversarialSteps = 7;

  @Option(
      names = "--trades-weight",
      paramLabel = "B",
      description = {
        "Weight of the divergence in trades, in [0, inf) (default: ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private double tradesWeight = 6;

  @Option(
      names = "--noise-deviation",
      paramLabel = "S",
      description = {
        "Add Gaussian noise of this deviation to the pixels while training, in [0, inf) (default:"
            + " ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private double noiseDeviation = 0;

  @Option(
      names = "--jacobian-weight",
      paramLabel = "W",
      description = {
        "Add W/2 times the squared Frobenius norm of the Jacobian from pixels to logits, estimated"
            + " by random projections, in [0, inf) (default: ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private double jacobianWeight = 0;

  @Option(
      names = "--contractivity-weight",
      paramLabel = "W",
      description = {
        "Add W times the sum over A's rows of max(0, a_ii + sum of |a_ij|), which vanishes where the"
            + " flow is contractive in the maximum norm, in [0, inf) (default: ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private double contractivityWeight = 0;

  ObjectiveOptions options() {
    return new ObjectiveOptions(
        marginEps, adversarial(), noiseDeviation, jacobianWeight, contractivityWeight);
  }

  private @Nullable AdversarialTraining adversarial() {
    if (adversarial == null) {
      return null;
    }
    String name = adversarial;
    AdversarialTraining.Method method =
        Arrays.stream(AdversarialTraining.Method.values())
            .filter(value -> value.id().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new ParameterException(
                        command.commandLine(),
                        "--adversarial must be fgsm, pgd or trades, not %s".formatted(name)));
    return new AdversarialTraining(method, adversarialEps, adversarialSteps, tradesWeight);
  }
}
