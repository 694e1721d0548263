package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.flowbound.io.UnusableFileException;
import org.junit.jupiter.api.Test;

class ErrorReporterTest {
  private final StringWriter err = new StringWriter();

  private int report(Throwable problem, String... args) {
    return new ErrorReporter(new PrintWriter(err, true), args).report(null, problem);
  }

  @Test
  void unusableFileIsExitCode3() {
    int exitCode = report(new UnusableFileException(Path.of("a.npy"), "is truncated"));
    assertThat(exitCode).isEqualTo(3);
    assertThat(err).hasToString("flowbound: a.npy: is truncated\n");
  }

  @Test
  void fileSystemProblemsAreSaidInWords() {
    assertThat(report(new NoSuchFileException("out/x"))).isEqualTo(1);
    assertThat(report(new UncheckedIOException(new AccessDeniedException("y")))).isEqualTo(1);
    assertThat(report(new IOException("No space left on device"))).isEqualTo(1);
    assertThat(err.toString().lines())
        .containsExactly(
            "flowbound: out/x: no such file",
            "flowbound: y: permission denied",
            "flowbound: No space left on device");
  }

  @Test
  void internalFailureIsOneLineWithoutStackTrace() {
    assertThat(report(new IllegalStateException("several\n  lines"))).isEqualTo(1);
    assertThat(err.toString().lines())
        .containsExactly(
            "flowbound: internal failure, java.lang.IllegalStateException: several lines;"
                + " --debug shows where");
  }

  @Test
  void virtualMachineErrorsAreOneLine() {
    assertThat(report(new StackOverflowError())).isEqualTo(1);
    Throwable nested = new IllegalStateException(new ExecutionException(new OutOfMemoryError()));
    assertThat(report(nested)).isEqualTo(1);
    assertThat(err.toString().lines())
        .containsExactly(
            "flowbound: internal failure, java.lang.StackOverflowError; --debug shows where",
            "flowbound: out of memory; allow Java more, for instance with"
                + " FLOWBOUND_JAVA_OPTS=-Xmx8g");
  }

  @Test
  void debugShowsTheStackTrace() {
    report(new IllegalStateException("broken"), "bound", "--debug");
    assertThat(err.toString()).contains("\tat " + ErrorReporterTest.class.getName());
  }

  @Test
  void cancellationIsInterruption() {
    assertThat(report(new CancellationException())).isEqualTo(130);
    assertThat(err).hasToString("flowbound: interrupted\n");
  }

  @Test
  void terminalsAreNotObeyed() {
    report(new IOException("\u001b[2J\r\nevil"));
    assertThat(err.toString().strip()).isEqualTo("flowbound: ?[2J evil");
  }
}
