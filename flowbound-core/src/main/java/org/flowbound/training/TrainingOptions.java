package org.flowbound.training;

import org.jspecify.annotations.Nullable;

/**
 * How a classifier is trained.
 *
 * @param epochs passes over the training images
 * @param batchSize images in a mini-batch
 * @param learningRate Adam's largest learning rate
 * @param schedule how the learning rate changes over the training
 * @param weightDecay the rate at which weights decay, as a multiple of the learning rate; biases do
 *     not
 * @param target the bound δ̄ that the certified δ(A) is kept below by projection, null for none
 * @param projectEvery project after every so many steps
 * @param linearNorm the bound κ on the spectral norms of both linear layers, in pixel units for the
 *     first, null for none
 * @param seed all randomness derives from it
 * @param threads number of worker threads, on which the result does not depend
 */
public record TrainingOptions(
    int epochs,
    int batchSize,
    double learningRate,
    LearningRateSchedule schedule,
    double weightDecay,
    @Nullable Double target,
    int projectEvery,
    @Nullable Double linearNorm,
    long seed,
    int threads) {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public TrainingOptions {
    require(epochs >= 0, "number of epochs", epochs, "at least 0");
    require(
        weightDecay >= 0 && learningRate * weightDecay < 1,
        "weight decay",
        weightDecay,
        "at least 0 and less than 1 over the learning rate");
    require(batchSize >= 1, "batch size", batchSize, "at least 1");
    require(
        learningRate > 0 && Double.isFinite(learningRate),
        "learning rate",
        learningRate,
        "positive and finite");
    require(target == null || Double.isFinite(target), "target", String.valueOf(target), "finite");
    require(projectEvery >= 1, "interval of projections", projectEvery, "at least 1 step");
    require(
        linearNorm == null || (linearNorm > 0 && Double.isFinite(linearNorm)),
        "bound on the linear layers",
        String.valueOf(linearNorm),
        "positive and finite");
    require(threads >= 1, "number of threads", threads, "at least 1");
  }

  private static void require(boolean condition, String name, Object value, String range) {
    if (!condition) {
      throw new IllegalArgumentException("The %s (%s) must be %s.".formatted(name, value, range));
    }
  }

  /**
   * Ten epochs of batches of 128, Adam with a learning rate that falls from 1e-3 along a cosine, no
   * constraint, seed 1, all processors.
   */
  public static TrainingOptions defaults() {
    return new TrainingOptions(
        10,
        128,
        1e-3,
        LearningRateSchedule.COSINE,
        0,
        null,
        50,
        null,
        1,
        Runtime.getRuntime().availableProcessors());
  }

  public TrainingOptions withEpochs(int value) {
    return new TrainingOptions(
        value,
        batchSize,
        learningRate,
        schedule,
        weightDecay,
        target,
        projectEvery,
        linearNorm,
        seed,
        threads);
  }

  public TrainingOptions withBatchSize(int value) {
    return new TrainingOptions(
        epochs,
        value,
        learningRate,
        schedule,
        weightDecay,
        target,
        projectEvery,
        linearNorm,
        seed,
        threads);
  }

  public TrainingOptions withLearningRate(double value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        value,
        schedule,
        weightDecay,
        target,
        projectEvery,
        linearNorm,
        seed,
        threads);
  }

  public TrainingOptions withSchedule(LearningRateSchedule value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        learningRate,
        value,
        weightDecay,
        target,
        projectEvery,
        linearNorm,
        seed,
        threads);
  }

  public TrainingOptions withWeightDecay(double value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        learningRate,
        schedule,
        value,
        target,
        projectEvery,
        linearNorm,
        seed,
        threads);
  }

  public TrainingOptions withTarget(@Nullable Double value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        learningRate,
        schedule,
        weightDecay,
        value,
        projectEvery,
        linearNorm,
        seed,
        threads);
  }

  public TrainingOptions withProjectEvery(int value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        learningRate,
        schedule,
        weightDecay,
        target,
        value,
        linearNorm,
        seed,
        threads);
  }

  public TrainingOptions withLinearNorm(@Nullable Double value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        learningRate,
        schedule,
        weightDecay,
        target,
        projectEvery,
        value,
        seed,
        threads);
  }

  public TrainingOptions withSeed(long value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        learningRate,
        schedule,
        weightDecay,
        target,
        projectEvery,
        linearNorm,
        value,
        threads);
  }

  public TrainingOptions withThreads(int value) {
    return new TrainingOptions(
        epochs,
        batchSize,
        learningRate,
        schedule,
        weightDecay,
        target,
        projectEvery,
        linearNorm,
        seed,
        value);
  }
}
