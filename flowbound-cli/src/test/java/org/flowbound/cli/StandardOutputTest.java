package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StandardOutputTest {
  private static StandardOutput printedTo(String reason) {
    StandardOutput standard =
        new StandardOutput(
            new OutputStream() {
              @Override
              public void write(int b) throws IOException {
                throw new IOException(reason);
              }
            });
    try (PrintStream out = new PrintStream(standard, false, StandardCharsets.UTF_8)) {
      out.println("result");
    }
    return standard;
  }

  @Test
  void readerThatHasGoneIsToldFromAFullDisk() {
    assertThat(printedTo("Broken pipe").isClosedByReader()).isTrue();
    StandardOutput full = printedTo("No space left on device");
    assertThat(full.isFailed()).isTrue();
    assertThat(full.isClosedByReader()).isFalse();
    assertThat(full.reason()).isEqualTo("No space left on device");
  }
}
