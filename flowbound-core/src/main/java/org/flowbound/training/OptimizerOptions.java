package org.flowbound.training;

/**
 * How the parameters move along the gradients of the loss.
 *
 * @param method the rule of a step
 * @param learningRate the largest learning rate
 * @param schedule how the learning rate changes over the training
 * @param warmup number of epochs, not necessarily whole, over which the rate rises linearly to what
 *     the schedule says
 * @param weightDecay the rate λ at which weights decay, in the way of the method; biases do not
 * @param momentum of {@link OptimizerMethod#SGD}; the others have none to choose
 * @param nesterov whether that momentum is Nesterov's
 * @param clip gradients whose 2-norm is larger are scaled down to it; infinite for none
 */
public record OptimizerOptions(
    OptimizerMethod method,
    double learningRate,
    LearningRateSchedule schedule,
    double warmup,
    double weightDecay,
    double momentum,
    boolean nesterov,
    double clip) {
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
        warmup >= 0 && Double.isFinite(warmup), "warm-up", warmup, "at least 0 epochs and finite");
    TrainingOptions.require(
        weightDecay >= 0 && learningRate * weightDecay < 1,
        "weight decay",
        weightDecay,
        "at least 0 and less than 1 over the learning rate");
    TrainingOptions.require(momentum >= 0 && momentum < 1, "momentum", momentum, "in [0, 1)");
    TrainingOptions.require(
        !nesterov || momentum > 0, "momentum", momentum, "positive where it is Nesterov's");
    TrainingOptions.require(clip > 0, "bound on the gradient's norm", clip, "positive");
  }

  /**
   * Adam with a learning rate that falls from 1e-3 along a cosine, no warm-up, weight decay or
   * clipping; the momentum of gradient descent is 0.9.
   */
  public static OptimizerOptions defaults() {
    return new OptimizerOptions(
        OptimizerMethod.ADAMW,
        1e-3,
        LearningRateSchedule.COSINE,
        0,
        0,
        0.9,
        false,
        Double.POSITIVE_INFINITY);
  }

  public OptimizerOptions withMethod(OptimizerMethod value) {
    return new OptimizerOptions(
        value, learningRate, schedule, warmup, weightDecay, momentum, nesterov, clip);
  }

  public OptimizerOptions withLearningRate(double value) {
    return new OptimizerOptions(
        method, value, schedule, warmup, weightDecay, momentum, nesterov, clip);
  }

  public OptimizerOptions withSchedule(LearningRateSchedule value) {
    return new OptimizerOptions(
        method, learningRate, value, warmup, weightDecay, momentum, nesterov, clip);
  }

  public OptimizerOptions withWarmup(double value) {
    return new OptimizerOptions(
        method, learningRate, schedule, value, weightDecay, momentum, nesterov, clip);
  }

  public OptimizerOptions withWeightDecay(double value) {
    return new OptimizerOptions(
        method, learningRate, schedule, warmup, value, momentum, nesterov, clip);
  }

  public OptimizerOptions withMomentum(double value) {
    return new OptimizerOptions(
        method, learningRate, schedule, warmup, weightDecay, value, nesterov, clip);
  }

  public OptimizerOptions withNesterov(boolean value) {
    return new OptimizerOptions(
        method, learningRate, schedule, warmup, weightDecay, momentum, value, clip);
  }

  public OptimizerOptions withClip(double value) {
    return new OptimizerOptions(
        method, learningRate, schedule, warmup, weightDecay, momentum, nesterov, value);
  }

  /**
   * The learning rate of a step.
   *
   * @param before how many epochs are done before it, with a fraction
   * @param after how many are done after it
   * @param epochs how many there are in all
   */
  double rate(double before, double after, int epochs) {
    double rise = after < warmup ? after / warmup : 1;
    return rise * learningRate * schedule.factor(before / epochs);
  }
}
