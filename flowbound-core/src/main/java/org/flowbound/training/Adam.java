package org.flowbound.training;

import org.flowbound.linalg.FloatMatrix;
import org.flowbound.parallel.Workers;

/**
 * Adam (Kingma and Ba, ICLR 2015, algorithm 1) with decoupled weight decay (Loshchilov and Hutter,
 * ICLR 2019, algorithm 2), in single precision, on a vector of parameters that workers share in
 * ranges.
 */
final class Adam {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final float EPSILON = 1e-8f;
  private static final int RANGE = 8192;

  private final int size;
  private final int decayed;
  private final double weightDecay;
  private final float[] first;
  private final float[] second;
  private final float[][] theta;
  private final float[][] gradient;
  private long step;

  /**
   * @param size number of parameters
   * @param decayed how many of them, the first ones, decay
   * @param weightDecay the rate of decay, as a multiple of the learning rate
   */
  Adam(int size, int decayed, double weightDecay, int workers) {
    this.size = size;
    this.decayed = decayed;
    this.weightDecay = weightDecay;
    this.first = new float[size];
    this.second = new float[size];
    this.theta = new float[workers][RANGE];
    this.gradient = new float[workers][RANGE];
  }

  /** The first moments, which are a part of the state that a checkpoint keeps. */
  float[] firstMoments() {
    return first;
  }

  /** The second moments, likewise. */
  float[] secondMoments() {
    return second;
  }

  long step() {
    return step;
  }

  /** Takes over the state of another instance. */
  void resume(long steps, float[] firstMoments, float[] secondMoments) {
    if (firstMoments.length != size || secondMoments.length != size) {
      throw new IllegalArgumentException(
          "The moments (%d and %d numbers) must be as many as the parameters (%d)."
              .formatted(firstMoments.length, secondMoments.length, size));
    }
    step = steps;
    System.arraycopy(firstMoments, 0, first, 0, size);
    System.arraycopy(secondMoments, 0, second, 0, size);
  }

  /**
   * One step along the sum of the gradients, added in their order.
   *
   * @param parameters 1 × size, changed
   * @param gradients 1 × size each
   */
  void step(FloatMatrix parameters, FloatMatrix[] gradients, double learningRate, Workers workers) {
    step++;
    double t = step;
    double secondCorrection = Math.sqrt(1 - Math.pow(BETA2, t));
    float rate = (float) (learningRate * secondCorrection / (1 - Math.pow(BETA1, t)));
    float epsilon = (float) (EPSILON * secondCorrection);
    float kept = (float) (1 - learningRate * weightDecay);
    workers.run(
        (size + RANGE - 1) / RANGE,
        (task, worker) -> {
          int from = task * RANGE;
          int n = Math.min(RANGE, size - from);
          float[] g = gradient[worker];
          float[] x = theta[worker];
          gradients[0].read(from, g, n);
          for (int k = 1; k < gradients.length; k++) {
            gradients[k].read(from, x, n);
            for (int i = 0; i < n; i++) {
              g[i] += x[i];
            }
          }
          parameters.read(from, x, n);
          for (int i = 0; i < Math.min(n, decayed - from); i++) {
            x[i] *= kept;
          }
          update(x, g, from, n, rate, epsilon);
          parameters.write(from, x, n);
        });
  }

  private void update(float[] x, float[] g, int from, int n, float rate, float epsilon) {
    for (int i = 0; i < n; i++) {
      float m = BETA1 * first[from + i] + (1 - BETA1) * g[i];
      float v = BETA2 * second[from + i] + (1 - BETA2) * g[i] * g[i];
      first[from + i] = m;
      second[from + i] = v;
      x[i] -= rate * m / ((float) Math.sqrt(v) + epsilon);
    }
  }
}
