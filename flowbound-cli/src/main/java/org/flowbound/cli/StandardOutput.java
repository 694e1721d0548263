package org.flowbound.cli;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A stream that remembers why writing failed, which {@link java.io.PrintStream} does not tell. */
final class StandardOutput extends FilterOutputStream {
  private @Nullable IOException failure;

  StandardOutput(OutputStream out) {
    super(new BufferedOutputStream(out, 1 << 16));
  }

  @Override
  public void write(int b) throws IOException {
    attempt(() -> out.write(b));
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    attempt(() -> out.write(bytes, offset, length));
  }

  @Override
  public void flush() throws IOException {
    attempt(out::flush);
  }

  boolean isFailed() {
    return failure != null;
  }

  /** Whether the reader has gone, as {@code head} does when it has seen enough. */
  boolean isClosedByReader() {
    return reason().toLowerCase(Locale.ROOT).contains("pipe");
  }

  String reason() {
    return failure == null ? "" : String.valueOf(failure.getMessage());
  }

  private interface Action {
    void run() throws IOException;
  }

  private void attempt(Action action) throws IOException {
    try {
      action.run();
    } catch (IOException problem) {
      failure = failure == null ? problem : failure;
      throw problem;
    }
  }
}
