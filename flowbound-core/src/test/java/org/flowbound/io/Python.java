package org.flowbound.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Scripts for the system's Python, whose libraries are the other side of a comparison. */
public final class Python {
  private static final String INTERPRETER = "/usr/bin/python3";

  private Python() {}

  /** Skips the test, visibly, where the module is not installed. */
  public static void assumeModule(String module) throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of(INTERPRETER))
            && start(Path.of("."), "import " + module).waitFor() == 0,
        INTERPRETER + " has no module " + module);
  }

  /** Runs a script in {@code folder}, lets it succeed and returns what it prints. */
  public static String run(Path folder, String script) throws IOException, InterruptedException {
    Process process = start(folder, script);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output.strip();
  }

  private static Process start(Path folder, String script) throws IOException {
    return new ProcessBuilder(INTERPRETER, "-c", script)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .start();
  }

  /** Numbers as a Python script prints them with {@code float.hex}, separated by spaces. */
  static List<Double> hexNumbers(String output) {
    return Stream.of(output.split("\\s+")).map(Python::hexNumber).toList();
  }

  private static double hexNumber(String text) {
    return switch (text) {
      case "nan" -> Double.NaN;
      case "inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }
}
