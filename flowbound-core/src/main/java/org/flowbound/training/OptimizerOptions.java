package org.flowbound.training;

/**
 * How the parameters move along the gradients of the loss.
 *
 * @param learningRate Adam's largest learning rate
 * @param schedule how the learning rate changes over the training
 * @param weightDecay the rate at which weights decay, as a multiple of the learning rate; biases do
 *     not
 */
public record OptimizerOptions(
    double learningRate, LearningRateSchedule schedule, double weightDecay) {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public OptimizerOptions {
    TrainingOptions.require(
        learningRate > 0 && Double.isFinite(learningRate),
        "learning rate",
        learningRate,
        "positive and finite");
    TrainingOptions.require(
        weightDecay >= 0 && learningRate * weightDecay < 1,
        "weight decay",
        weightDecay,
        "at least 0 and less than 1 over the learning rate");
  }

  /** Adam with a learning rate that falls from 1e-3 along a cosine, no weight decay. */
  public static OptimizerOptions defaults() {
    return new OptimizerOptions(1e-3, LearningRateSchedule.COSINE, 0);
  }

  public OptimizerOptions withLearningRate(double value) {
    return new OptimizerOptions(value, schedule, weightDecay);
  }

  public OptimizerOptions withSchedule(LearningRateSchedule value) {
    return new OptimizerOptions(learningRate, value, weightDecay);
  }

  public OptimizerOptions withWeightDecay(double value) {
    return new OptimizerOptions(learningRate, schedule, value);
  }
}
