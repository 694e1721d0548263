package org.flowbound.training;

/** Hears how a training goes. */
public interface TrainingListener {
  /** Ignores everything. */
  TrainingListener SILENT = new TrainingListener() {};

  /**
   * Called after every mini-batch.
   *
   * @param epoch counted from 1
   * @param done mini-batches done in this epoch
   * @param all mini-batches of an epoch
   * @param loss mean cross-entropy over the epoch so far
   */
  default void batch(int epoch, int done, int all, double loss) {}

  /** Called after every epoch, with all that is needed to go on from there. */
  default void epoch(TrainingHistory.Epoch epoch, Checkpoint checkpoint) {}
}
