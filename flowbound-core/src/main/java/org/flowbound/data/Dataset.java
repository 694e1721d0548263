package org.flowbound.data;

import java.util.List;

/**
 * Training and test images of one task.
 *
 * @param name such as {@code mnist}
 * @param source where the images came from: a folder, or how they were generated
 * @param classNames one name per class
 */
public record Dataset(
    String name,
    String source,
    LabeledImages training,
    LabeledImages test,
    List<String> classNames) {
  /**
   * @throws IllegalArgumentException if the two parts differ in image size or number of classes
   */
  public Dataset {
    classNames = List.copyOf(classNames);
    if (training.rows() != test.rows()
        || training.columns() != test.columns()
        || training.classes() != test.classes()
        || training.classes() != classNames.size()) {
      throw new IllegalArgumentException(
          "Training and test images of '%s' differ in size or classes.".formatted(name));
    }
  }

  public Dataset withSource(String value) {
    return new Dataset(name, value, training, test, classNames);
  }
}
