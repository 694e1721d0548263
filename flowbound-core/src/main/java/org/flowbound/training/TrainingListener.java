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

  /** A listener that tells this one and then {@code next}. */
  default TrainingListener andThen(TrainingListener next) {
    TrainingListener first = this;
    return new TrainingListener() {
      @Override
      public void batch(int epoch, int done, int all, double loss) {
        first.batch(epoch, done, all, loss);
        next.batch(epoch, done, all, loss);
      }

      @Override
      public void epoch(TrainingHistory.Epoch epoch, Checkpoint checkpoint) {
        first.epoch(epoch, checkpoint);
        next.epoch(epoch, checkpoint);
      }
    };
  }
}
