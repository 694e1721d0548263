package org.flowbound.training;

/**
 * What is made of the training samples before they are learned.
 *
 * @param shift the largest number of pixels by which images are shifted, in each direction and anew
 *     in every epoch; what comes in is black
 * @param labelSmoothing the share of the label's probability that is spread over all classes
 */
public record SampleOptions(int shift, double labelSmoothing) {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public SampleOptions {
    TrainingOptions.require(shift >= 0, "shift", shift, "at least 0 pixels");
    TrainingOptions.require(
        labelSmoothing >= 0 && labelSmoothing < 1, "label smoothing", labelSmoothing, "in [0, 1)");
  }

  /** The samples as they are. */
  public static SampleOptions asTheyAre() {
    return new SampleOptions(0, 0);
  }

  public SampleOptions withShift(int value) {
    return new SampleOptions(value, labelSmoothing);
  }

  public SampleOptions withLabelSmoothing(double value) {
    return new SampleOptions(shift, value);
  }
}
