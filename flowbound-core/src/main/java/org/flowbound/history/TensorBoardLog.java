package org.flowbound.history;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import org.flowbound.training.TrainingHistory;

/**
 * The history of a training as scalars for TensorBoard, in one event file of a folder; the step is
 * the epoch.
 */
public final class TensorBoardLog extends EpochLog {
  private static final String FILE = "events.out.tfevents.flowbound";

  private double clock;

  /**
   * @param folder one for each training
   */
  public TensorBoardLog(Path folder) {
    super(folder.resolve(FILE));
  }

  @Override
  byte[] start(List<TrainingHistory.Epoch> epochs) {
    clock =
        1e-3 * System.currentTimeMillis()
            - epochs.stream().mapToDouble(TrainingHistory.Epoch::seconds).sum();
    return EventRecord.version(clock);
  }

  @Override
  byte[] entry(TrainingHistory.Epoch epoch) {
    clock += epoch.seconds();
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    Quantities.of(epoch)
        .forEach(
            (name, number) -> {
              if (!Double.isNaN(number.doubleValue())) {
                records.writeBytes(
                    EventRecord.scalar(clock, epoch.epoch(), name, number.floatValue()));
              }
            });
    return records.toByteArray();
  }
}
