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

  /** How often A was moved to keep its certified δ below the target. */
  public int projections() {
    return epochs.stream().mapToInt(Epoch::projections).sum();
  }

  /** How far in all: the sum of the Frobenius norms of these moves. */
  public double projectedDistance() {
    return epochs.stream().mapToDouble(Epoch::projectedDistance).sum();
  }

  /**
   * One finished epoch.
   *
   * @param epoch counted from 1
   * @param loss mean loss over the epoch's training samples, regularisers included
   * @param trainAccuracy share of training samples classified correctly while training, in [0, 1]:
   *     as they were trained on, with any noise and adversarial perturbation
   * @param validationAccuracy share of the validation samples classified correctly at the epoch's
   *     end, NaN without a validation split
   * @param delta the certified interval of δ(A) at the epoch's end
   * @param learningRate of the epoch's last step
   * @param norms of the gradient and of the weights
   * @param projections how often A was moved to keep its certified δ below the target
   * @param projectedDistance how far in all: the sum of the Frobenius norms of these moves
   * @param seconds wall-clock seconds of this epoch
   */
  public record Epoch(
      int epoch,
      double loss,
      double trainAccuracy,
      double validationAccuracy,
      Interval delta,
      double learningRate,
      Norms norms,
      int projections,
      double projectedDistance,
      double seconds) {}

  /**
   * Frobenius norms.
   *
   * @param gradient of the loss by all variables, before clipping: the mean over the epoch's steps
   * @param input of B at the epoch's end
   * @param ode of A
   * @param output of C
   */
  public record Norms(double gradient, double input, double ode, double output) {
    /** Not known: NaN. */
    public static final Norms UNKNOWN = new Norms(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }
}
