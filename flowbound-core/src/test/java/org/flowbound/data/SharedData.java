package org.flowbound.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The real data sets, where a machine has them. */
public final class SharedData {
  private SharedData() {}

  /**
   * The folder of a data set such as {@code mnist}, in {@code FLOWBOUND_DATA} or else in {@code
   * ../shared/data} beside the repository. Where there is none, the test that asks is skipped.
   */
  public static Path folder(String name) {
    String variable = System.getenv("FLOWBOUND_DATA");
    Path folder =
        Path.of(variable == null || variable.isEmpty() ? "../../shared/data" : variable)
            .resolve(name);
    Assumptions.assumeTrue(
        Files.isDirectory(folder), () -> "No " + name + " here: " + folder.toAbsolutePath());
    return folder;
  }
}
