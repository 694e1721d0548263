package org.flowbound.training;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Keeps a checkpoint after every epoch. */
public final class CheckpointKeeper implements TrainingListener {
  private final Store store;

  /** Where checkpoints are kept. */
  @FunctionalInterface
  public interface Store {
    /** Keeps a checkpoint, in place of the one before. */
    void keep(Checkpoint checkpoint) throws IOException;
  }

  public CheckpointKeeper(Store store) {
    this.store = store;
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException if the checkpoint cannot be kept
   */
  @Override
  public void epoch(TrainingHistory.Epoch epoch, Checkpoint checkpoint) {
    try {
      store.keep(checkpoint);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
