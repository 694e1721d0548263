package org.flowbound.training;

import org.jspecify.annotations.Nullable;

/**
 * How a classifier is trained.
 *
 * @param epochs passes over the training images
 * @param batchSize images in a mini-batch
 * @param optimizer how the parameters move along the gradients
 * @param objective what is minimised
 * @param stability the constraints that the parameters keep to
 * @param seed all randomness derives from it
 * @param threads number of worker threads, on which the result does not depend
 */
public record TrainingOptions(
    int epochs,
    int batchSize,
    OptimizerOptions optimizer,
    ObjectiveOptions objective,
    StabilityOptions stability,
    long seed,
    int threads) {
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
        OptimizerOptions.defaults(),
        ObjectiveOptions.crossEntropy(),
        StabilityOptions.none(),
        1,
        Runtime.getRuntime().availableProcessors());
  }

  public TrainingOptions withEpochs(int value) {
    return new TrainingOptions(value, batchSize, optimizer, objective, stability, seed, threads);
  }

  public TrainingOptions withBatchSize(int value) {
    return new TrainingOptions(epochs, value, optimizer, objective, stability, seed, threads);
  }

  public TrainingOptions withOptimizer(OptimizerOptions value) {
    return new TrainingOptions(epochs, batchSize, value, objective, stability, seed, threads);
  }

  public TrainingOptions withObjective(ObjectiveOptions value) {
    return new TrainingOptions(epochs, batchSize, optimizer, value, stability, seed, threads);
  }

  public TrainingOptions withStability(StabilityOptions value) {
    return new TrainingOptions(epochs, batchSize, optimizer, objective, value, seed, threads);
  }

  public TrainingOptions withSeed(long value) {
    return new TrainingOptions(epochs, batchSize, optimizer, objective, stability, value, threads);
  }

  public TrainingOptions withThreads(int value) {
    return new TrainingOptions(epochs, batchSize, optimizer, objective, stability, seed, value);
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
