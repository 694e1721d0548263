package org.flowbound.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.Discretization;
import org.flowbound.io.Python;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.flowbound.network.Parameters;
import org.flowbound.stability.Interval;
import org.flowbound.training.Checkpoint;
import org.flowbound.training.OptimizerState;
import org.flowbound.training.TrainingHistory;
import org.flowbound.training.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
  private static final Classifier CLASSIFIER =
      Parameters.random(
              new Architecture(
                  1,
                  1,
                  2,
                  1,
                  new SmoothLeakyRelu(0.1),
                  Discretization.defaults(),
                  Normalization.NONE),
              Precision.FLOAT32,
              new SplittableRandom(1))
          .toClassifier();

  @TempDir private Path folder;

  private static TrainingHistory.Epoch epoch(int k) {
    return new TrainingHistory.Epoch(
        k,
        1.0 / k,
        0.9,
        k == 2 ? Double.NaN : 0.8,
        new Interval(-0.5 - 1e-9, -0.5),
        1e-3 / 3,
        new TrainingHistory.Norms(0.1, 2, 3, 4),
        k,
        0.25,
        1.5);
  }

  /** Lets a listener hear the epochs from … to, as after a resumption. */
  private static void hear(TrainingListener listener, int from, int to) {
    List<TrainingHistory.Epoch> epochs = new ArrayList<>();
    for (int k = 1; k <= to; k++) {
      epochs.add(epoch(k));
      if (k >= from) {
        listener.epoch(
            epoch(k),
            new Checkpoint(
                CLASSIFIER,
                null,
                OptimizerState.START,
                new double[0],
                new TrainingHistory(epochs, 1, 0, 1)));
      }
    }
  }

  @Test
  void jsonLines() throws Exception {
    Path file = folder.resolve("new/history.jsonl");
    hear(new HistoryFile(file), 1, 3);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(3);
    ObjectMapper json = new ObjectMapper();
    for (int k = 1; k <= 3; k++) {
      JsonNode row = json.readTree(lines.get(k - 1));
      assertThat(row.path("epoch").asInt()).isEqualTo(k);
      assertThat(row.path("loss").asDouble()).isEqualTo(1.0 / k);
      assertThat(row.path("validationAccuracy").isNull()).isEqualTo(k == 2);
      assertThat(row.path("deltaLower").asDouble()).isEqualTo(-0.5 - 1e-9);
      assertThat(row.path("learningRate").asDouble()).isEqualTo(1e-3 / 3);
      assertThat(row.path("odeNorm").asDouble()).isEqualTo(3);
      assertThat(row.path("projections").isInt()).isTrue();
    }
  }

  @Test
  void commaSeparatedValues() throws Exception {
    Path file = folder.resolve("history.csv");
    hear(new HistoryFile(file), 1, 2);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .isEqualTo(
            "epoch,loss,trainAccuracy,validationAccuracy,deltaLower,deltaUpper,learningRate,"
                + "gradientNorm,inputNorm,odeNorm,outputNorm,projections,projectedDistance,seconds");
    String common = "%s,-0.5,%s,0.1,2.0,3.0,4.0".formatted(-0.5 - 1e-9, 1e-3 / 3);
    assertThat(lines.get(1)).isEqualTo("1,1.0,0.9,0.8," + common + ",1,0.25,1.5");
    assertThat(lines.get(2)).isEqualTo("2,0.5,0.9,," + common + ",2,0.25,1.5");
  }

  @Test
  void aResumedTrainingRepairsWhatAKilledOneLeft() throws Exception {
    Path whole = folder.resolve("whole.jsonl");
    hear(new HistoryFile(whole), 1, 5);
    Path killed = folder.resolve("killed.jsonl");
    hear(new HistoryFile(killed), 1, 3);
    Files.writeString(killed, Files.readString(killed) + "{\"epoch\":4,\"lo");
    hear(new HistoryFile(killed), 4, 5);
    assertThat(killed).hasSameTextualContentAs(whole);
  }

  @Test
  void otherExtensionsAreRefused() {
    assertThatThrownBy(() -> new HistoryFile(Path.of("h.txt")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(".jsonl or .csv");
    assertThatThrownBy(() -> hear(new HistoryFile(Path.of("/proc/none/h.csv")), 1, 1))
        .isInstanceOf(UncheckedIOException.class);
  }

  /** Parses the file by what is written about the format, with a CRC-32C of its own. */
  private static final String PARSER =
      """
      import glob, struct
      def crc32c(data):
          crc = 0xffffffff
          for byte in data:
              crc ^= byte
              for _ in range(8):
                  crc = (crc >> 1) ^ (0x82f63b78 if crc & 1 else 0)
          return crc ^ 0xffffffff
      def masked(data):
          crc = crc32c(data)
          return (((crc >> 15) | (crc << 17)) + 0xa282ead8) & 0xffffffff
      def fields(data):
          i = 0
          def varint():
              nonlocal i
              value = shift = 0
              while True:
                  byte = data[i]; i += 1
                  value |= (byte & 127) << shift; shift += 7
                  if byte < 128: return value
          while i < len(data):
              key = varint()
              if key & 7 == 0: yield key >> 3, varint()
              elif key & 7 == 1: yield key >> 3, struct.unpack("<d", data[i:i + 8])[0]; i += 8
              elif key & 7 == 5: yield key >> 3, struct.unpack("<f", data[i:i + 4])[0]; i += 4
              else:
                  n = varint(); yield key >> 3, data[i:i + n]; i += n
      (name,) = glob.glob("*tfevents*")
      data = open(name, "rb").read()
      while data:
          length, check = struct.unpack("<QI", data[:12])
          assert check == masked(data[:8])
          message = data[12:12 + length]
          assert struct.unpack("<I", data[12 + length:16 + length])[0] == masked(message)
          data = data[16 + length:]
          event = dict(fields(message))
          if 3 in event:
              print(event[3].decode())
          else:
              value = dict(fields(dict(fields(event[5]))[1]))
              print(event[2], value[1].decode(), value[2], event[1])
      """;

  @Test
  void eventFilesAreWhatTheirFormatSays() throws Exception {
    Python.assumeModule("struct");
    hear(new TensorBoardLog(folder), 1, 2);
    hear(new TensorBoardLog(folder), 3, 4);
    List<String> lines = Python.run(folder, PARSER).lines().toList();
    assertThat(lines.get(0)).isEqualTo("brain.Event:2");
    assertThat(lines).hasSize(1 + 4 * 13 - 1);
    List<String[]> losses =
        lines.stream().map(line -> line.split(" ", -1)).filter(l -> l.length == 4).toList();
    int k = 0;
    for (String[] loss : losses) {
      if (loss[1].equals("loss")) {
        k++;
        assertThat(loss[0]).isEqualTo(Integer.toString(k));
        assertThat(Float.parseFloat(loss[2])).isEqualTo(1.0f / k);
        assertThat(Double.parseDouble(loss[3]))
            .isCloseTo(1e-3 * System.currentTimeMillis(), within(100.0));
      }
    }
    assertThat(k).isEqualTo(4);
  }

  @Test
  void tensorBoardReadsTheEvents() throws Exception {
    Python.assumeModule("tensorboard");
    hear(new TensorBoardLog(folder), 1, 4);
    String output =
        Python.run(
            folder,
            """
            from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
            events = EventAccumulator(".")
            events.Reload()
            print("loss:", *[(e.step, e.value) for e in events.Scalars("loss")])
            print(*events.Tags()["scalars"])
            """);
    assertThat(output)
        .contains("loss: (1, 1.0) (2, 0.5) (3, 0.3333333432674408) (4, 0.25)")
        .contains("deltaUpper")
        .contains("odeNorm");
  }
}
