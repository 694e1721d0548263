package org.flowbound.cli;

import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** The command line as it was given, quoted so that a shell runs it again. */
final class CommandText {
  private CommandText() {}

  static String of(CommandSpec command) {
    return "flowbound "
        + command.root().commandLine().getParseResult().originalArgs().stream()
            .map(CommandText::quote)
            .collect(Collectors.joining(" "));
  }

  private static String quote(String argument) {
    return argument.matches("[\\w./:=,#@%+-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
