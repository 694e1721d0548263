package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final StringWriter err = new StringWriter();
  private final AtomicLong now = new AtomicLong();

  private ProgressBar bar(ProgressBar.Mode mode) {
    return new ProgressBar(new PrintWriter(err), mode, now::get);
  }

  private void pass(long milliseconds) {
    now.addAndGet(1_000_000 * milliseconds);
  }

  @Test
  void terminalIsRedrawnAtMostTenTimesASecondAndErasedAtTheEnd() {
    try (ProgressBar bar = bar(ProgressBar.Mode.TERMINAL)) {
      for (int k = 0; k < 1000; k++) {
        pass(1);
        bar.update(k / 1000.0, "step " + k);
      }
    }
    assertThat(err.toString().split("\r", -1)).hasSize(12);
    assertThat(err.toString())
        .startsWith("\r[==                  ]  10 %  step 99\033[K\r")
        .endsWith("\r\033[K")
        .doesNotContain("\n");
  }

  @Test
  void lineOnATerminalIsNeverWrapped() {
    try (ProgressBar bar = bar(ProgressBar.Mode.TERMINAL)) {
      pass(100);
      bar.update("x".repeat(300));
    }
    assertThat(err.toString()).isEqualTo("\r" + "x".repeat(79) + "\033[K\r\033[K");
  }

  @Test
  void elsewhereThereIsAPlainLineEveryTenSeconds() {
    try (ProgressBar bar = bar(ProgressBar.Mode.LINES)) {
      for (int k = 1; k <= 250; k++) {
        pass(100);
        bar.update("step " + k);
      }
    }
    assertThat(err.toString().lines()).containsExactly("step 100", "step 200");
  }

  @Test
  void quietIsQuiet() {
    try (ProgressBar bar = bar(ProgressBar.Mode.SILENT)) {
      pass(100_000);
      bar.update("step");
      bar.update(0.5, "step");
    }
    assertThat(err.toString()).isEmpty();
  }
}
