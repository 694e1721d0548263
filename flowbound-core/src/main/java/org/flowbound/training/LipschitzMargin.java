package org.flowbound.training;

import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.NativeMatrix;

/**
 * By how much the logits of the other classes are raised for a label: {@code ε L ‖C_y − C_j‖₂}. The
 * Lipschitz bound L is a constant of the loss, the distances of C's rows are not.
 */
final class LipschitzMargin {
  private final double factor;
  private final int classes;
  private final Matrix rows;
  private final double[] distances;

  /**
   * @param factor {@code ε L}
   * @param outputWeight C, copied
   */
  LipschitzMargin(double factor, NativeMatrix outputWeight) {
    this.factor = factor;
    this.rows = outputWeight.toMatrix();
    this.classes = rows.rows();
    this.distances = new double[classes * classes];
    for (int i = 0; i < classes; i++) {
      for (int j = 0; j < i; j++) {
        double square = 0;
        for (int k = 0; k < rows.columns(); k++) {
          double difference = rows.get(i, k) - rows.get(j, k);
          square += difference * difference;
        }
        distances[i * classes + j] = Math.sqrt(square);
        distances[j * classes + i] = distances[i * classes + j];
      }
    }
  }

  /** Raises the logits of all classes but the label. */
  void raise(double[] logits, int label) {
    for (int j = 0; j < classes; j++) {
      logits[j] += factor * distances[label * classes + j];
    }
  }

  /**
   * Adds the gradient with respect to C.
   *
   * @param raised the sums over the batch of the derivatives with respect to the raised logits j of
   *     images with label y, entry {@code y · classes + j}
   */
  void addGradient(double[] raised, NativeMatrix outputGradient) {
    double[] gradient = new double[classes * rows.columns()];
    for (int y = 0; y < classes; y++) {
      for (int j = 0; j < classes; j++) {
        double distance = distances[y * classes + j];
        if (j == y || distance == 0) {
          continue;
        }
        double scale = factor * raised[y * classes + j] / distance;
        for (int k = 0; k < rows.columns(); k++) {
          double change = scale * (rows.get(y, k) - rows.get(j, k));
          gradient[y * rows.columns() + k] += change;
          gradient[j * rows.columns() + k] -= change;
        }
      }
    }
    NativeMatrix sum = NativeMatrix.zeros(outputGradient.precision(), classes, rows.columns());
    sum.setFrom(Matrix.of(classes, rows.columns(), gradient));
    outputGradient.add(1, sum);
  }
}
