package org.flowbound.training;

import org.flowbound.flow.Backward;
import org.jspecify.annotations.Nullable;

/**
 * How a classifier is trained.
 *
 * @param epochs passes over the training images
 * @param batchSize images in a mini-batch
 * @param samples what is made of the training samples first
 * @param optimizer how the parameters move along the gradients
 * @param objective what is minimised
 * @param stability the constraints that the parameters keep to
 * @param selection which classifier is kept, and when training stops early
 * @param seed all randomness derives from it
 * @param threads number of worker threads, on which the result does not depend
 * @param backward what the gradient is computed from, on which the result does not depend either
 */
public record TrainingOptions(
    int epochs,
    int batchSize,
    SampleOptions samples,
    OptimizerOptions optimizer,
    ObjectiveOptions objective,
    StabilityOptions stability,
    SelectionOptions selection,
    long seed,
    int threads,
    Backward backward) {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public TrainingOptions {
    require(epochs >= 0, "number of epochs", epochs, "at least 0");
    require(batchSize >= 1, "batch size", batchSize, "at least 1");
    require(threads >= 1, "number of threads", threads, "at least 1");
  }

  static void require(boolean condition, String name, Object value, String range) {
    if (!condition) {
      throw new IllegalArgumentException("The %s (%s) must be %s.".formatted(name, value, range));
    }
  }

  /**
   * Ten epochs of batches of 128 with the default optimizer, cross-entropy, no constraint, seed 1,
   * all processors.
   */
  public static TrainingOptions defaults() {
    return new TrainingOptions(
        10,
        128,
        SampleOptions.asTheyAre(),
        OptimizerOptions.defaults(),
        ObjectiveOptions.crossEntropy(),
        StabilityOptions.none(),
        SelectionOptions.last(),
        1,
        Runtime.getRuntime().availableProcessors(),
        Backward.STORE);
  }

  public TrainingOptions withEpochs(int value) {
    return new TrainingOptions(
        value, batchSize, samples, optimizer, objective, stability, selection, seed, threads,
        backward);
  }

  public TrainingOptions withBatchSize(int value) {
    return new TrainingOptions(
        epochs, value, samples, optimizer, objective, stability, selection, seed, threads,
        backward);
  }

  public TrainingOptions withSamples(SampleOptions value) {
    return new TrainingOptions(
        epochs, batchSize, value, optimizer, objective, stability, selection, seed, threads,
        backward);
  }

  public TrainingOptions withOptimizer(OptimizerOptions value) {
    return new TrainingOptions(
        epochs, batchSize, samples, value, objective, stability, selection, seed, threads,
        backward);
  }

  public TrainingOptions withObjective(ObjectiveOptions value) {
    return new TrainingOptions(
        epochs, batchSize, samples, optimizer, value, stability, selection, seed, threads,
        backward);
  }

  public TrainingOptions withStability(StabilityOptions value) {
    return new TrainingOptions(
        epochs, batchSize, samples, optimizer, objective, value, selection, seed, threads,
        backward);
  }

  public TrainingOptions withSelection(SelectionOptions value) {
    return new TrainingOptions(
        epochs, batchSize, samples, optimizer, objective, stability, value, seed, threads,
        backward);
  }

  public TrainingOptions withSeed(long value) {
    return new TrainingOptions(
        epochs, batchSize, samples, optimizer, objective, stability, selection, value, threads,
        backward);
  }

  public TrainingOptions withThreads(int value) {
    return new TrainingOptions(
        epochs, batchSize, samples, optimizer, objective, stability, selection, seed, value,
        backward);
  }

  public TrainingOptions withBackward(Backward value) {
    return new TrainingOptions(
        epochs, batchSize, samples, optimizer, objective, stability, selection, seed, threads,
        value);
  }

  /** With another largest learning rate. */
  public TrainingOptions withLearningRate(double value) {
    return withOptimizer(optimizer.withLearningRate(value));
  }

  /** With another bound on δ. */
  public TrainingOptions withTarget(@Nullable Double value) {
    return withStability(stability.withTarget(value));
  }

  /** With another bound on the linear layers. */
  public TrainingOptions withLinearNorm(@Nullable Double value) {
    return withStability(stability.withLinearNorm(value));
  }
}
