package org.flowbound.training;

import java.util.List;
import org.flowbound.network.Classifier;
import org.jspecify.annotations.Nullable;

/**
 * The state of a training at the end of an epoch, from which it goes on as if it had never stopped.
 *
 * @param classifier the classifier so far, its entries single-precision numbers
 * @param best the classifier of the best epoch so far; null if it is not to be kept, or there was
 *     no epoch
 * @param optimizer the optimiser's state
 * @param projectionMemory what the constraint of δ starts from, empty if there was none; not copied
 * @param history the epochs so far
 */
public record Checkpoint(
    Classifier classifier,
    @Nullable Classifier best,
    OptimizerState optimizer,
    double[] projectionMemory,
    TrainingHistory history) {
  /** The state before the first epoch. */
  static Checkpoint start(Classifier classifier) {
    return new Checkpoint(
        classifier,
        null,
        OptimizerState.START,
        new double[0],
        new TrainingHistory(List.of(), 0, 0, 0));
  }

  /** The number of epochs done. */
  public int epochs() {
    return history.epochs().size();
  }

  /** The classifier that the training is for: the best one where that is kept, else the last. */
  public Classifier kept() {
    return best == null ? classifier : best;
  }
}
