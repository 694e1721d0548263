package org.flowbound.cli;

import java.util.List;
import java.util.Map;
import org.flowbound.attack.AttackedImages;
import org.flowbound.data.LabeledImages;
import org.flowbound.io.ElementType;
import org.flowbound.io.Shape;
import org.flowbound.io.Tensor;
import org.flowbound.io.TensorFile;

/** Attacked images as arrays. */
final class AttackExamples {
  private AttackExamples() {}

  /**
   * Arrays {@code original} and {@code perturbed} (count × rows × columns), {@code label}, {@code
   * prediction} and {@code correct} (count), {@code eps} (1).
   */
  static TensorFile of(AttackedImages attacked) {
    LabeledImages originals = attacked.originals();
    int count = originals.count();
    int size = originals.size();
    Shape images = Shape.of(count, originals.rows(), originals.columns());
    double[] original = new double[count * size];
    double[] perturbed = new double[count * size];
    double[] label = new double[count];
    double[] prediction = new double[count];
    double[] correct = new double[count];
    float[] image = new float[size];
    int[] index = new int[1];
    for (int i = 0; i < count; i++) {
      index[0] = i;
      originals.copyPixels(index, 0, 1, image);
      for (int k = 0; k < size; k++) {
        original[i * size + k] = image[k];
        perturbed[i * size + k] = attacked.pixels()[i * size + k];
      }
      label[i] = originals.label(i);
      prediction[i] = attacked.predictions()[i];
      correct[i] = attacked.correct()[i] ? 1 : 0;
    }
    return new TensorFile(
        List.of(
            Tensor.of("original", images, ElementType.FLOAT32, original),
            Tensor.of("perturbed", images, ElementType.FLOAT32, perturbed),
            Tensor.of("label", Shape.of(count), ElementType.INT64, label),
            Tensor.of("prediction", Shape.of(count), ElementType.INT64, prediction),
            Tensor.of("correct", Shape.of(count), ElementType.INT64, correct),
            Tensor.of("eps", Shape.of(1), ElementType.FLOAT64, attacked.eps())),
        Map.of());
  }
}
