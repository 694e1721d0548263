package org.flowbound.training;

import org.flowbound.network.Classifier;

/**
 * The state of a training at the end of an epoch, from which it goes on as if it had never stopped.
 *
 * @param classifier the classifier so far, its entries single-precision numbers
 * @param steps Adam's steps so far
 * @param firstMoments Adam's first moments, one per parameter; not copied
 * @param secondMoments Adam's second moments, likewise
 * @param projectionMemory what the projections of A start from, empty if there were none; not
 *     copied
 * @param history the epochs so far
 */
public record Checkpoint(
    Classifier classifier,
    long steps,
    float[] firstMoments,
    float[] secondMoments,
    double[] projectionMemory,
    TrainingHistory history) {
  /** The number of epochs done. */
  public int epochs() {
    return history.epochs().size();
  }
}
