package org.flowbound.training;

import org.jspecify.annotations.Nullable;

/**
 * Which of the classifiers of a training is kept, and when there will be no better one; both by the
 * accuracy on the validation images.
 *
 * @param best whether the classifier of the best epoch is kept, the first of them where several
 *     are, and not that of the last one
 * @param patience training stops after so many epochs in a row without a better one, null for never
 */
public record SelectionOptions(boolean best, @Nullable Integer patience) {
  /**
   * @throws IllegalArgumentException if a value is out of its range
   */
  public SelectionOptions {
    TrainingOptions.require(
        patience == null || patience >= 1,
        "patience",
        String.valueOf(patience),
        "at least 1 epoch");
  }

  /** The last classifier, after all epochs. */
  public static SelectionOptions last() {
    return new SelectionOptions(false, null);
  }

  public SelectionOptions withBest(boolean value) {
    return new SelectionOptions(value, patience);
  }

  public SelectionOptions withPatience(@Nullable Integer value) {
    return new SelectionOptions(best, value);
  }

  /**
   * Refuses a training without the images that the selection needs.
   *
   * @param images the number of validation images
   * @throws IllegalArgumentException if there are none, and some are needed
   */
  public void requireValidation(int images) {
    if (images == 0 && (best || patience != null)) {
      throw new IllegalArgumentException(
          "To keep the best classifier, or to stop when there is no better one, validation images"
              + " are needed, and there are none.");
    }
  }
}
