package org.flowbound.history;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.flowbound.training.TrainingHistory;

/**
 * The history of a training as text, one line an epoch: JSON Lines, or CSV with a line of names
 * first. Numbers are written so that they round-trip; unknown ones are {@code null}, or empty.
 */
public final class HistoryFile extends EpochLog {
  private static final String CSV = ".csv";
  private static final String JSON_LINES = ".jsonl";

  private final boolean csv;

  /**
   * @param file whose extension, {@code .jsonl} or {@code .csv}, says what it is
   * @throws IllegalArgumentException if it has another extension
   */
  public HistoryFile(Path file) {
    super(file);
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (!name.endsWith(CSV) && !name.endsWith(JSON_LINES)) {
      throw new IllegalArgumentException(
          "A history is written as .jsonl or .csv, not to '%s'.".formatted(file));
    }
    this.csv = name.endsWith(CSV);
  }

  @Override
  byte[] start(List<TrainingHistory.Epoch> epochs) {
    return csv
        ? line("epoch," + String.join(",", Quantities.of(epochs.get(0)).keySet()))
        : new byte[0];
  }

  @Override
  byte[] entry(TrainingHistory.Epoch epoch) {
    Map<String, Number> numbers = Quantities.of(epoch);
    if (csv) {
      return line(
          numbers.values().stream()
              .map(number -> Double.isNaN(number.doubleValue()) ? "" : number.toString())
              .collect(Collectors.joining(",", epoch.epoch() + ",", "")));
    }
    return line(
        numbers.entrySet().stream()
            .map(number -> "\"%s\":%s".formatted(number.getKey(), json(number.getValue())))
            .collect(Collectors.joining(",", "{\"epoch\":" + epoch.epoch() + ",", "}")));
  }

  private static String json(Number number) {
    return Double.isFinite(number.doubleValue()) ? number.toString() : "null";
  }

  private static byte[] line(String text) {
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
