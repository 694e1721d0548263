package org.flowbound.history;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.flowbound.io.AtomicFile;
import org.flowbound.training.Checkpoint;
import org.flowbound.training.TrainingHistory;
import org.flowbound.training.TrainingListener;

/**
 * A file with one entry an epoch. The first epoch that is heard of writes the file anew, with all
 * epochs of the checkpoint: what a killed run has left in it, half an entry perhaps, does not
 * matter. Later epochs are appended, so that others can follow the file.
 */
abstract class EpochLog implements TrainingListener {
  private final Path file;
  private boolean begun;

  EpochLog(Path file) {
    this.file = file;
  }

  /** What the file starts with, before the entry of the first of these epochs. */
  abstract byte[] start(List<TrainingHistory.Epoch> epochs);

  abstract byte[] entry(TrainingHistory.Epoch epoch);

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException if the file cannot be written
   */
  @Override
  public final void epoch(TrainingHistory.Epoch epoch, Checkpoint checkpoint) {
    try {
      if (begun) {
        Files.write(file, entry(epoch), StandardOpenOption.APPEND);
      } else {
        byte[] whole = whole(checkpoint.history().epochs());
        AtomicFile.write(file, out -> out.write(whole));
        begun = true;
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private byte[] whole(List<TrainingHistory.Epoch> epochs) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(start(epochs));
    for (TrainingHistory.Epoch epoch : epochs) {
      bytes.writeBytes(entry(epoch));
    }
    return bytes.toByteArray();
  }
}
