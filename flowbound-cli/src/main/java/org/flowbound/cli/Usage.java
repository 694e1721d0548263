package org.flowbound.cli;

import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Turns the library's complaints about option values into complaints about the usage. */
final class Usage {
  private Usage() {}

  /**
   * What {@code construction} makes of the command's options.
   *
   * @throws ParameterException if a value is not allowed
   */
  static <T> T check(CommandSpec command, Supplier<T> construction) {
    try {
      return construction.get();
    } catch (IllegalArgumentException notAllowed) {
      throw new ParameterException(command.commandLine(), notAllowed.getMessage(), notAllowed);
    }
  }
}
