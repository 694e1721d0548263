package org.flowbound.cli;

import org.flowbound.field.Activation;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.network.Normalization;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say what the network is. */
final class NetworkOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--activation",
      paramLabel = "S",
      description = {
        "Activation: smooth-leaky-relu, leaky-relu, identity, tanh, sigmoid, softplus, relu, elu,"
            + " silu or gelu (default: ${DEFAULT-VALUE})."
      })
  private String activation = "smooth-leaky-relu";

  @Option(
      names = "--alpha",
      paramLabel = "A",
      description = {
        "Smallest slope of smooth-leaky-relu and leaky-relu, in (0, 1] (default:"
            + " ${DEFAULT-VALUE}); the other activations have slopes of their own."
      })
  @Range("(0, 1]")
  private double alpha = 0.1;

  @Option(
      names = "--solver",
      paramLabel = "M",
      description =
          "Solver with equal steps: euler, midpoint, heun, ralston, bogacki-shampine, rk4,"
              + " dormand-prince or tsitouras (default: ${DEFAULT-VALUE}).")
  private String solver = "euler";

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Number of the solver's steps, in [1, 10000] (default: ${DEFAULT-VALUE}).")
  @Range("[1, 10000]")
  private int steps = 20;

  @Option(
      names = "--final-time",
      paramLabel = "T",
      description = "Final time T of the ODE, in (0, inf) (default: ${DEFAULT-VALUE}).")
  @Range("(0, inf)")
  private double finalTime = 1;

  @Option(
      names = "--pixel-mean",
      paramLabel = "M",
      description = {
        "The network subtracts M from every pixel first (default: ${DEFAULT-VALUE}). Perturbations"
            + " are measured before that."
      })
  @Range("(-inf, inf)")
  private double pixelMean = 0;

  @Option(
      names = "--pixel-deviation",
      paramLabel = "S",
      description = "And divides by S, in (0, inf) (default: ${DEFAULT-VALUE}).")
  @Range("(0, inf)")
  private double pixelDeviation = 1;

  Activation activation() {
    return Usage.check(command, () -> Activation.of(activation, alpha));
  }

  Discretization discretization() {
    return Usage.check(command, () -> new Discretization(RungeKutta.of(solver), steps, finalTime));
  }

  Normalization normalization() {
    return new Normalization(pixelMean, pixelDeviation);
  }
}
