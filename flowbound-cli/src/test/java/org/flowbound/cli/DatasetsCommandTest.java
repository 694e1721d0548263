package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.flowbound.data.Dataset;
import org.flowbound.io.UnusableFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class DatasetsCommandTest {
  @TempDir private Path folder;

  /** Writes two images of 2 x 2 for training and for testing. */
  private void writeImages() throws IOException {
    for (String part : new String[] {"train", "t10k"}) {
      ByteBuffer images = ByteBuffer.allocate(16 + 8);
      images.putInt(0x803).putInt(2).putInt(2).putInt(2);
      Files.write(folder.resolve(part + "-images-idx3-ubyte"), images.array());
      ByteBuffer labels = ByteBuffer.allocate(8 + 2);
      labels.putInt(0x801).putInt(2).put((byte) 0).put((byte) 1);
      Files.write(folder.resolve(part + "-labels-idx1-ubyte"), labels.array());
    }
  }

  private static JsonNode listing(Outcome outcome, String name) throws IOException {
    for (JsonNode dataset : new ObjectMapper().readTree(outcome.out()).get("datasets")) {
      if (dataset.get("name").textValue().equals(name)) {
        return dataset;
      }
    }
    throw new AssertionError(name + " is not listed: " + outcome);
  }

  @Test
  void listsWhatIsInTheFolder() throws Exception {
    writeImages();
    Outcome outcome = Outcome.of("datasets", "--data-dir", folder.toString(), "--json");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(listing(outcome, "strokes").get("files")).isEmpty();
    assertThat(listing(outcome, "idx").get("files"))
        .hasSize(4)
        .allMatch(file -> file.get("state").textValue().equals("ok"));
    assertThat(listing(outcome, "mnist").get("files"))
        .hasSize(4)
        .allMatch(file -> file.get("state").textValue().equals("differs"));
  }

  @Test
  void textNamesEveryDataSet() throws Exception {
    writeImages();
    Outcome outcome = Outcome.of("datasets", "--data-dir", folder.toString());
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out())
        .contains("strokes ", "mnist ", "fashion-mnist ", "idx ", "differs ", folder.toString());
  }

  @Test
  void missingFilesAreToldAndNoFailure() throws Exception {
    Outcome outcome = Outcome.of("datasets", "--data-dir", folder.toString(), "--json");
    assertThat(outcome.exitCode()).isZero();
    assertThat(listing(outcome, "idx").get("files"))
        .hasSize(4)
        .allMatch(file -> file.get("state").textValue().equals("missing"));
  }

  @Test
  void unreadableFileIsExitCode3() throws Exception {
    writeImages();
    Path truncated = folder.resolve("t10k-images-idx3-ubyte");
    Files.write(truncated, new byte[] {0, 0, 8, 3, 0});
    Outcome outcome = Outcome.of("datasets", "--data-dir", folder.toString());
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.out()).contains("unreadable");
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .startsWith("flowbound datasets: " + truncated + ": ");
  }

  @Test
  void missingFolderIsExitCode3() {
    Path missing = folder.resolve("none");
    assertThat(Outcome.of("datasets", "--data-dir", missing.toString()))
        .isEqualTo(
            new Outcome(
                3,
                "",
                "flowbound datasets: %s: no such folder; --data-dir must name one\n"
                    .formatted(missing)));
  }

  @Command(name = "probe")
  private static final class Probe {
    @Mixin private DatasetOptions dataset;
    @Mixin private OutputOptions output;
  }

  private static Dataset load(String... options) throws UnusableFileException {
    Probe probe = new Probe();
    new CommandLine(probe).parseArgs(options);
    return probe.dataset.load(probe.output);
  }

  @Test
  void optionsPickOnesOwnImages() throws Exception {
    writeImages();
    Dataset dataset = load("--dataset=idx", "--data-dir", folder.toString());
    assertThat(dataset.training().count()).isEqualTo(2);
  }

  @Test
  void optionsThatDoNotFitAreWrongUsage() {
    assertThatThrownBy(() -> load("--dataset=cifar"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContainingAll("cifar", "strokes", "mnist");
    assertThatThrownBy(() -> load("--dataset=idx")).isInstanceOf(ParameterException.class);
    assertThatThrownBy(() -> load("--dataset=npz")).isInstanceOf(ParameterException.class);
    assertThatThrownBy(() -> load("--data-dir", folder.toString()))
        .isInstanceOf(ParameterException.class);
  }
}
