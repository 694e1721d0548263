package org.flowbound.network;

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
