package org.flowbound.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.flowbound.comparison.ComparisonResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  @TempDir Path folder;

  @Test
  void writesAllFilesIntoANewFolderAndNothingElse() throws IOException {
    Path fresh = folder.resolve("a/b");
    List<Path> written = Report.write(ComparisonFixture.typical(), fresh);
    assertThat(written)
        .containsExactly(
            fresh.resolve("report.html"),
            fresh.resolve("results.json"),
            fresh.resolve("results.csv"),
            fresh.resolve("accuracy.svg"),
            fresh.resolve("delta.svg"));
    try (var files = Files.list(fresh)) {
      assertThat(files).containsExactlyInAnyOrderElementsOf(written);
    }
  }

  @Test
  void replacesAnEarlierReportAndKeepsWhatElseIsThere() throws IOException {
    Files.writeString(folder.resolve("model.safetensors"), "weights");
    Files.writeString(folder.resolve("results.csv"), "old");
    Report.write(ComparisonFixture.classicalOnly(), folder);
    assertThat(folder.resolve("model.safetensors")).hasContent("weights");
    assertThat(Files.readString(folder.resolve("results.csv"))).startsWith("model,");
  }

  @Test
  void theSameResultGivesTheSameBytes() throws IOException {
    ComparisonResult result = ComparisonFixture.typical();
    for (Path file : Report.write(result, folder.resolve("one"))) {
      Report.write(ComparisonFixture.typical(), folder.resolve("two"));
      assertThat(file).hasSameBinaryContentAs(folder.resolve("two").resolve(file.getFileName()));
    }
  }

  @Test
  void refusesAFileInPlaceOfTheFolder() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> Report.write(ComparisonFixture.typical(), file))
        .isInstanceOf(IOException.class)
        .hasMessage(file + " is a file; the report needs a folder.");
  }

  /** Left in the build folder for people to look at. */
  @Test
  void writesAnExample() throws IOException {
    assertThat(Report.write(ComparisonFixture.typical(), Path.of("target", "example-report")))
        .allSatisfy(file -> assertThat(file).isNotEmptyFile());
  }
}
