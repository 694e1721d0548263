package org.flowbound.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Turns the library's complaints about option values into complaints about the usage. */
final class Usage {
  private Usage() {}

  /** What the library makes of option values. */
  @FunctionalInterface
  interface Construction<T, E extends Exception> {
    T get() throws E;
  }

  /**
   * What {@code construction} makes of the command's options.
   *
   * @throws ParameterException if a value is not allowed
   */
  static <T, E extends Exception> T check(CommandSpec command, Construction<T, E> construction)
      throws E {
    try {
      return construction.get();
    } catch (IllegalArgumentException notAllowed) {
      throw new ParameterException(command.commandLine(), notAllowed.getMessage(), notAllowed);
    }
  }
}
