package org.flowbound.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionStrategy;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** The entry point of the command line. */
public final class Main {
  private Main() {}

  /** Runs the command and ends the virtual machine with its exit code. */
  public static void main(String[] args) {
    Locale.setDefault(Locale.ROOT);
    Interruption interruption = Interruption.of(Thread.currentThread());
    StandardOutput standard = new StandardOutput(new FileOutputStream(FileDescriptor.out));
    PrintStream out = new PrintStream(standard, false, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    int exitCode = run(args, out, err);
    if (standard.isFailed() && !standard.isClosedByReader()) {
      err.println("flowbound: cannot write to standard output: " + standard.reason());
      exitCode = exitCode == ExitCode.DONE ? ExitCode.FAILURE : exitCode;
    }
    interruption.mainHasEnded();
    System.exit(exitCode);
  }

  /**
   * Runs the command within this process.
   *
   * @param out receives results and nothing else
   * @param err receives errors, notes and progress
   * @return the exit code
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    PrintWriter errors = new PrintWriter(err, true, StandardCharsets.UTF_8);
    PrintWriter results = new PrintWriter(out, false, StandardCharsets.UTF_8);
    ErrorReporter reporter = new ErrorReporter(errors, args);
    try {
      CommandLine commandLine =
          new CommandLine(new FlowboundCommand())
              .setOut(results)
              .setErr(errors)
              .setExpandAtFiles(false)
              .setExecutionStrategy(checked(new RunLast()))
              .setParameterExceptionHandler((problem, arguments) -> reporter.report(problem))
              .setExecutionExceptionHandler(
                  (problem, command, result) -> reporter.report(command, problem));
      return commandLine.execute(args);
    } catch (Throwable problem) {
      return reporter.report(null, problem);
    } finally {
      results.flush();
      errors.flush();
    }
  }

  private static IExecutionStrategy checked(IExecutionStrategy strategy) {
    return (ParseResult result) -> {
      Integer help = CommandLine.executeHelpRequest(result);
      if (help != null) {
        return help;
      }
      Range.Check.check(result);
      return strategy.execute(result);
    };
  }
}
