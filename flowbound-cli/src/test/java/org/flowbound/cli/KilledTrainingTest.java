package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.flowbound.io.Tensor;
import org.flowbound.io.TensorFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings in processes of their own, killed without warning in the middle of an epoch. */
@Tag("slow")
class KilledTrainingTest {
  @TempDir private Path folder;

  private Process start(Path model, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.flowbound.cli.Main",
                "train",
                "--width=32",
                "--epochs=6",
                "--batch-size=64",
                "--validation=500",
                "--stability=project",
                "--target=-0.25",
                "--project-every=7",
                "--linear-norm=3",
                "--optimizer=sgd",
                "--nesterov",
                "--learning-rate=0.1",
                "--schedule=one-cycle",
                "--warmup=1.5",
                "--weight-decay=1e-4",
                "--clip=1",
                "--shift=2",
                "--label-smoothing=0.1",
                "--noise-deviation=0.05",
                "--keep=best",
                "--patience=6",
                "--history=" + model.resolveSibling("history.jsonl"),
                "-o",
                model.toString()));
    command.addAll(List.of(more));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(model.resolveSibling("output.txt").toFile())
        .start();
  }

  private void finish(Path model, String... more) throws Exception {
    Process process = start(model, more);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue())
        .as(Files.readString(model.resolveSibling("output.txt")))
        .isZero();
  }

  private static long epochs(Path model) throws IOException {
    Path history = model.resolveSibling("history.jsonl");
    return Files.exists(history) ? Files.readAllLines(history).size() : 0;
  }

  private static List<String> timeless(Path model) throws IOException {
    return Files.readAllLines(model.resolveSibling("history.jsonl")).stream()
        .map(line -> line.replaceAll("\"seconds\":[^,}]*", ""))
        .collect(Collectors.toList());
  }

  private Path in(String name) throws IOException {
    return Files.createDirectory(folder.resolve(name)).resolve("m.safetensors");
  }

  @Test
  void goesOnAsIfItHadNeverBeenKilled() throws Exception {
    Path whole = in("whole");
    finish(whole, "--threads=1");
    Path killed = in("killed");
    int kills = 0;
    for (int after : new int[] {1, 3}) {
      Process process = start(killed, "--threads=2", "--resume");
      while (process.isAlive() && epochs(killed) < after) {
        Thread.sleep(2);
      }
      // Within the next epoch, which takes a few hundred milliseconds.
      Thread.sleep(60);
      kills += process.isAlive() ? 1 : 0;
      process.destroyForcibly().waitFor();
      assertThat(killed).doesNotExist();
      assertThat(epochs(killed)).isBetween((long) after, 5L);
    }
    assertThat(kills).isEqualTo(2);
    finish(killed, "--threads=2", "--resume", "--backward=checkpoint");
    List<Tensor> expected = TensorFile.read(whole).tensors();
    List<Tensor> actual = TensorFile.read(killed).tensors();
    assertThat(actual).isEqualTo(expected);
    for (int k = 0; k < expected.size(); k++) {
      assertThat(bits(actual.get(k))).isEqualTo(bits(expected.get(k)));
    }
    assertThat(timeless(killed)).isEqualTo(timeless(whole));
    assertThat(timeless(killed)).hasSize(6);
  }

  private static long[] bits(Tensor tensor) {
    double[] values = tensor.values();
    long[] bits = new long[values.length];
    for (int k = 0; k < bits.length; k++) {
      bits[k] = Double.doubleToRawLongBits(values[k]);
    }
    return bits;
  }
}
