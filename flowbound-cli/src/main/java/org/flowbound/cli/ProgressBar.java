package org.flowbound.cli;

import java.io.PrintWriter;
import java.util.function.LongSupplier;

/**
 * Shows how far a long computation is, on standard error.
 *
 * <p>On a terminal it is one line that is redrawn at most ten times a second and erased at the end;
 * elsewhere it is a plain line every ten seconds.
 */
final class ProgressBar implements AutoCloseable {
  /** Where progress is shown. */
  enum Mode {
    TERMINAL(100),
    LINES(10_000),
    SILENT(Long.MAX_VALUE);

    private final long milliseconds;

    Mode(long milliseconds) {
      this.milliseconds = milliseconds;
    }
  }

  private static final int COLUMNS = 79;
  private static final int BAR = 20;

  private final PrintWriter err;
  private final Mode mode;
  private final LongSupplier clock;
  private long last;
  private boolean drawn;

  /**
   * @param clock nanoseconds from any origin
   */
  ProgressBar(PrintWriter err, Mode mode, LongSupplier clock) {
    this.err = err;
    this.mode = mode;
    this.clock = clock;
    this.last = clock.getAsLong();
  }

  /** Shows {@code text} if it is time to. */
  synchronized void update(String text) {
    if (isDue()) {
      show(text);
    }
  }

  /**
   * Shows a bar and {@code text} if it is time to.
   *
   * @param fraction the share that is done, in [0, 1]
   */
  synchronized void update(double fraction, String text) {
    if (isDue()) {
      int filled = (int) Math.round(BAR * Math.min(1, Math.max(0, fraction)));
      show(
          "[%s%s] %3.0f %%  %s"
              .formatted("=".repeat(filled), " ".repeat(BAR - filled), 100 * fraction, text));
    }
  }

  private boolean isDue() {
    return mode != Mode.SILENT && clock.getAsLong() - last >= 1_000_000 * mode.milliseconds;
  }

  private void show(String text) {
    last = clock.getAsLong();
    if (mode == Mode.TERMINAL) {
      err.print("\r" + text.substring(0, Math.min(COLUMNS, text.length())) + "\033[K");
      err.flush();
      drawn = true;
    } else {
      err.println(text);
    }
  }

  /** Erases the line. */
  @Override
  public synchronized void close() {
    if (drawn) {
      err.print("\r\033[K");
      err.flush();
      drawn = false;
    }
  }
}
