package org.flowbound.cli;

import org.flowbound.training.Checkpoint;
import org.flowbound.training.TrainingHistory;
import org.flowbound.training.TrainingListener;

/** Shows how far a training is. */
final class TrainingProgress implements TrainingListener {
  private final ProgressBar bar;
  private final String prefix;
  private final int epochs;

  /**
   * @param prefix of every line shown
   * @param epochs number of epochs in all
   */
  TrainingProgress(ProgressBar bar, String prefix, int epochs) {
    this.bar = bar;
    this.prefix = prefix;
    this.epochs = epochs;
  }

  @Override
  public void batch(int epoch, int done, int all, double loss) {
    bar.update(
        (epoch - 1 + (double) done / all) / epochs,
        "%sepoch %d of %d, loss %.3f".formatted(prefix, epoch, epochs, loss));
  }

  @Override
  public void epoch(TrainingHistory.Epoch epoch, Checkpoint checkpoint) {
    bar.update(
        (double) epoch.epoch() / epochs,
        "%sepoch %d of %d, validation %.2f %%, delta <= %s"
            .formatted(
                prefix,
                epoch.epoch(),
                epochs,
                100 * epoch.validationAccuracy(),
                Decimals.up(epoch.delta().upper())));
  }
}
