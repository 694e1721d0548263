package org.flowbound.training;

import java.util.List;
import org.flowbound.stability.Interval;

/**
 * What happened during one training.
 *
 * @param epochs one entry per finished epoch
 * @param seconds wall-clock seconds of the whole training
 * @param projectionSeconds of these, the seconds spent in keeping the weights stable
 * @param samplesPerSecond training samples per second over all epochs, projections included
 */
public record TrainingHistory(
    List<Epoch> epochs, double seconds, double projectionSeconds, double samplesPerSecond) {
  public TrainingHistory {
    epochs = List.copyOf(epochs);
  }

  /**
   * One finished epoch.
   *
   * @param epoch counted from 1
   * @param loss mean cross-entropy over the epoch's training samples
   * @param trainAccuracy share of training samples classified correctly while training, in [0, 1]
   * @param validationAccuracy share of the validation samples classified correctly at the epoch's
   *     end, NaN without a validation split
   * @param delta the certified interval of δ(A) at the epoch's end
   * @param seconds wall-clock seconds of this epoch
   */
  public record Epoch(
      int epoch,
      double loss,
      double trainAccuracy,
      double validationAccuracy,
      Interval delta,
      double seconds) {}
}
