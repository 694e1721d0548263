package org.flowbound.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.flowbound.io.UnusableFileException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what went wrong, and which exit code that is. */
final class ErrorReporter {
  private final PrintWriter err;
  private final boolean debug;

  ErrorReporter(PrintWriter err, String[] args) {
    this.err = err;
    this.debug = Arrays.asList(args).contains("--debug");
  }

  /** Reports wrong usage. */
  int report(ParameterException problem) {
    return line(problem.getCommandLine(), describe(problem), problem, ExitCode.USAGE);
  }

  /** Reports a failure of the command, or of the command line itself where there is none. */
  int report(@Nullable CommandLine command, Throwable problem) {
    if (problem instanceof UnusableFileException file) {
      return line(command, file.getMessage(), problem, ExitCode.INPUT);
    }
    if (problem instanceof ResumableInterruption resumable) {
      return line(command, "interrupted; " + resumable.getMessage(), problem, ExitCode.INTERRUPTED);
    }
    if (isInterruption(problem)) {
      return line(command, "interrupted", problem, ExitCode.INTERRUPTED);
    }
    return line(command, describe(problem), problem, ExitCode.FAILURE);
  }

  private static boolean isInterruption(Throwable problem) {
    return problem instanceof CancellationException
        || problem instanceof InterruptedException
        || problem instanceof ClosedByInterruptException
        || Thread.currentThread().isInterrupted();
  }

  private int line(@Nullable CommandLine command, String text, Throwable problem, int exitCode) {
    String name = command == null ? "flowbound" : command.getCommandSpec().qualifiedName();
    err.println(name + ": " + printable(text));
    if (debug) {
      problem.printStackTrace(err);
    }
    return exitCode;
  }

  /** The text in one line, with nothing in it that a terminal would obey. */
  private static String printable(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
  }

  private static String describe(ParameterException problem) {
    if (problem instanceof UnmatchedArgumentException unmatched) {
      return describe(unmatched);
    }
    ArgSpec argument = problem.getArgSpec();
    String value = problem.getValue();
    String expectation = argument == null || value == null ? null : expectation(argument);
    if (expectation != null) {
      return "%s %s must %s".formatted(name(argument), value, expectation);
    }
    String message = String.valueOf(problem.getMessage());
    if (problem.getCause() instanceof IllegalArgumentException) {
      return message;
    }
    return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1) + hint(problem);
  }

  private static String describe(UnmatchedArgumentException unmatched) {
    CommandLine command = unmatched.getCommandLine();
    String name = unmatched.getUnmatched().get(0).replaceFirst("^(--[^=]+)=.*", "$1");
    if (unmatched.isUnknownOption()) {
      Collection<String> options = command.getCommandSpec().optionsMap().keySet();
      return "unknown option '%s'%s".formatted(name, remedy(unmatched, name, options));
    }
    if (command.getSubcommands().isEmpty()) {
      return "unexpected argument '%s'%s".formatted(name, hint(unmatched));
    }
    return "unknown command '%s'%s"
        .formatted(name, remedy(unmatched, name, command.getSubcommands().keySet()));
  }

  private static String remedy(
      ParameterException problem, String misspelt, Collection<String> names) {
    return Spelling.closest(misspelt, names)
        .map("; did you mean '%s'?"::formatted)
        .orElse(hint(problem));
  }

  private static String hint(ParameterException problem) {
    return "; see '%s --help'".formatted(problem.getCommandLine().getCommandSpec().qualifiedName());
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static @Nullable String expectation(ArgSpec argument) {
    Class<?> type = argument.auxiliaryTypes()[0];
    String range = Range.Check.of(argument);
    if (List.of(int.class, Integer.class, long.class, Long.class).contains(type)) {
      return "be a whole number " + (range == null ? "of at most 64 bits" : "in " + range);
    }
    if (List.of(double.class, Double.class).contains(type)) {
      return range == null ? "be a number" : "lie in " + range;
    }
    if (type.isEnum()) {
      return "be one of "
          + StreamSupport.stream(argument.completionCandidates().spliterator(), false)
              .collect(Collectors.joining(", "));
    }
    return null;
  }

  private static String describe(Throwable problem) {
    for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return "out of memory; allow Java more, for instance with FLOWBOUND_JAVA_OPTS=-Xmx8g";
      }
    }
    if (problem instanceof UncheckedIOException unchecked) {
      return describe(unchecked.getCause());
    }
    if (problem instanceof NoSuchFileException file) {
      return file.getFile() + ": no such file";
    }
    if (problem instanceof AccessDeniedException file) {
      return file.getFile() + ": permission denied";
    }
    if (problem instanceof FileSystemException || problem.getClass() == IOException.class) {
      return String.valueOf(problem.getMessage());
    }
    return "internal failure, %s; --debug shows where".formatted(problem);
  }
}
