package org.flowbound.cli;

import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code flowbound}, under which the others are. */
@Command(
    name = "flowbound",
    header = "Provably stable neural ordinary differential equations.",
    description = {
      "%nA neural ODE u' = s(Au + b), with an activation s whose slopes lie in [alpha, 1], expands"
          + " distances over [0, T] by at most e^(delta T), where delta is the largest logarithmic"
          + " norm of DA over all diagonal D with entries in [alpha, 1]. Flowbound bounds delta,"
          + " and makes networks whose delta is below a target."
    },
    footer = {
      "  flowbound bound weights.npy --alpha 0.1",
      "  flowbound datasets",
      "  flowbound COMMAND --help",
      "  source <(flowbound generate-completion)    # in bash or zsh"
    },
    subcommands = {
      CompareCommand.class,
      BoundCommand.class,
      VerifyCommand.class,
      ThresholdCommand.class,
      StabilizeCommand.class,
      TrainCommand.class,
      AttackCommand.class,
      CertifyCommand.class,
      ExportCommand.class,
      ImportCommand.class,
      DatasetsCommand.class,
      GenerateCompletion.class
    })
final class FlowboundCommand extends HelpfulCommand {
  @Spec private CommandSpec command;

  @Override
  public Integer call() {
    command.commandLine().usage(command.commandLine().getErr());
    return ExitCode.USAGE;
  }
}
