package org.flowbound.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Multinomial logistic regression in plain Java, apart from the library's networks: mini-batch Adam
 * on the mean cross-entropy plus {@code decay/2 · ‖W‖²}, with a step size that falls to zero.
 */
final class SoftmaxRegression {
  private static final int EPOCHS = 40;
  private static final int BATCH = 100;

  /** Per class the weights of the pixels, then the bias. */
  private final float[][] weights;

  private SoftmaxRegression(int size, int classes) {
    weights = new float[classes][size + 1];
  }

  static SoftmaxRegression train(LabeledImages images, double decay) {
    SoftmaxRegression model = new SoftmaxRegression(images.size(), images.classes());
    int length = images.size() + 1;
    float[][] gradient = new float[images.classes()][length];
    float[][] first = new float[images.classes()][length];
    float[][] second = new float[images.classes()][length];
    SplittableRandom random = new SplittableRandom(1);
    int steps = EPOCHS * images.count() / BATCH;
    for (int step = 1; step <= steps; step++) {
      model.gradient(images, random, gradient);
      double rate = 0.003 * (1 - (double) step / (steps + 1));
      float scale =
          (float) (rate * Math.sqrt(1 - Math.pow(0.999, step)) / (1 - Math.pow(0.9, step)));
      for (int c = 0; c < gradient.length; c++) {
        float[] w = model.weights[c];
        float[] m = first[c];
        float[] v = second[c];
        for (int k = 0; k < length; k++) {
          float g = gradient[c][k] + (k == length - 1 ? 0 : (float) decay * w[k]);
          m[k] = 0.9f * m[k] + 0.1f * g;
          v[k] = 0.999f * v[k] + 0.001f * g * g;
          w[k] -= scale * m[k] / ((float) Math.sqrt(v[k]) + 1e-8f);
        }
      }
    }
    return model;
  }

  /** The mean gradient of the cross-entropy over a random batch. */
  private void gradient(LabeledImages images, SplittableRandom random, float[][] gradient) {
    for (float[] row : gradient) {
      Arrays.fill(row, 0);
    }
    float[] x = new float[images.size()];
    for (int b = 0; b < BATCH; b++) {
      int image = random.nextInt(images.count());
      images.copyPixels(new int[] {image}, 0, 1, x);
      double[] p = logits(x);
      double largest = Arrays.stream(p).max().orElseThrow();
      double sum = 0;
      for (int c = 0; c < p.length; c++) {
        p[c] = Math.exp(p[c] - largest);
        sum += p[c];
      }
      for (int c = 0; c < p.length; c++) {
        float residual = (float) ((p[c] / sum - (c == images.label(image) ? 1 : 0)) / BATCH);
        float[] row = gradient[c];
        for (int k = 0; k < x.length; k++) {
          row[k] += residual * x[k];
        }
        row[x.length] += residual;
      }
    }
  }

  private double[] logits(float[] x) {
    double[] logits = new double[weights.length];
    for (int c = 0; c < logits.length; c++) {
      float[] row = weights[c];
      float sum = row[x.length];
      for (int k = 0; k < x.length; k++) {
        sum += row[k] * x[k];
      }
      logits[c] = sum;
    }
    return logits;
  }

  /** The share of the images that get their label. */
  double accuracy(LabeledImages images) {
    float[] x = new float[images.size()];
    int correct = 0;
    for (int i = 0; i < images.count(); i++) {
      images.copyPixels(new int[] {i}, 0, 1, x);
      double[] logits = logits(x);
      int best = 0;
      for (int c = 1; c < logits.length; c++) {
        best = logits[c] > logits[best] ? c : best;
      }
      correct += best == images.label(i) ? 1 : 0;
    }
    return (double) correct / images.count();
  }
}
