package org.flowbound.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say what is printed. */
final class OutputOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--json",
      description =
          "Print the result as one JSON object on standard output, and nothing else there.")
  private boolean json;

  @Option(names = "--quiet", description = "Show no progress and no notes.")
  private boolean quiet;

  // ErrorReporter looks for it among the arguments, which may be too wrong to be parsed.
  @SuppressWarnings("UnusedVariable")
  @Option(names = "--debug", description = "Show the stack trace of an error.")
  private boolean debug;

  /**
   * Prints a result.
   *
   * @param fields printed with {@code --json}, see {@link Json#object}
   * @param text printed without
   */
  void print(Object fields, String text) {
    PrintWriter out = command.commandLine().getOut();
    out.println(json ? Json.object(fields) : text.stripTrailing());
    out.flush();
  }

  /** Opens a progress bar, to be closed before the result is printed. */
  ProgressBar progress() {
    ProgressBar.Mode mode =
        quiet
            ? ProgressBar.Mode.SILENT
            : Boolean.getBoolean("flowbound.terminal")
                ? ProgressBar.Mode.TERMINAL
                : ProgressBar.Mode.LINES;
    return new ProgressBar(command.commandLine().getErr(), mode, System::nanoTime);
  }

  /** Prints a remark on standard error, unless it is to be quiet. */
  void note(String text) {
    if (!quiet) {
      command.commandLine().getErr().println(command.qualifiedName() + ": " + text);
    }
  }
}
