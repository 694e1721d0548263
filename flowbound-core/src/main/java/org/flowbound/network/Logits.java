package org.flowbound.network;

import org.flowbound.linalg.NativeMatrix;

/** What is read off the logits of one image. */
public final class Logits {
  private Logits() {}

  /** Whether the label's logit is larger than every other one: a tie or a NaN is wrong. */
  public static boolean isCorrect(double[] logits, int label) {
    for (int k = 0; k < logits.length; k++) {
      if (k != label && !(logits[label] > logits[k])) {
        return false;
      }
    }
    return true;
  }

  /** The class with the largest logit, the first of them where several are. */
  public static int prediction(double[] logits) {
    int best = 0;
    for (int k = 1; k < logits.length; k++) {
      if (logits[k] > logits[best]) {
        best = k;
      }
    }
    return best;
  }

  /**
   * What a network answers.
   *
   * @param label the class with the largest logit, the first of them where several are
   * @param confidence its softmax probability
   */
  public record Prediction(int label, double confidence) {}

  /** The answer in every row of logits. */
  public static Prediction[] predictions(NativeMatrix logits) {
    Prediction[] predictions = new Prediction[logits.rows()];
    double[] row = new double[logits.columns()];
    for (int i = 0; i < predictions.length; i++) {
      logits.read(i * row.length, row, row.length);
      int label = prediction(row);
      softmax(row, label);
      predictions[i] = new Prediction(label, row[label]);
    }
    return predictions;
  }

  /**
   * Overwrites the logits with their softmax probabilities.
   *
   * @return the logarithm of the label's probability
   */
  public static double softmax(double[] logits, int label) {
    double largest = logits[prediction(logits)];
    double sum = 0;
    double ofLabel = logits[label] - largest;
    for (int k = 0; k < logits.length; k++) {
      logits[k] = Math.exp(logits[k] - largest);
      sum += logits[k];
    }
    for (int k = 0; k < logits.length; k++) {
      logits[k] /= sum;
    }
    return ofLabel - Math.log(sum);
  }
}
