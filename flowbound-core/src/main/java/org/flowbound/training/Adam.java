package org.flowbound.training;

/**
 * Adam (Kingma and Ba, ICLR 2015, algorithm 1), with coupled or decoupled weight decay (Loshchilov
 * and Hutter, ICLR 2019, algorithm 2). It remembers the first and the second moments.
 */
final class Adam extends Optimizer {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final float EPSILON = 1e-8f;

  Adam(int size, int decayed, OptimizerOptions options, int workers) {
    super(size, decayed, options, 2, workers);
  }

  @Override
  Rule rule(long step, double learningRate) {
    double t = step;
    double secondCorrection = Math.sqrt(1 - Math.pow(BETA2, t));
    float rate = (float) (learningRate * secondCorrection / (1 - Math.pow(BETA1, t)));
    float epsilon = (float) (EPSILON * secondCorrection);
    return (x, g, state, from, n) -> move(x, g, state[0], state[1], from, n, rate, epsilon);
  }

  private static void move(
      float[] x,
      float[] g,
      float[] first,
      float[] second,
      int from,
      int n,
      float rate,
      float epsilon) {
    for (int i = 0; i < n; i++) {
      float m = BETA1 * first[from + i] + (1 - BETA1) * g[i];
      float v = BETA2 * second[from + i] + (1 - BETA2) * g[i] * g[i];
      first[from + i] = m;
      second[from + i] = v;
      x[i] -= rate * m / ((float) Math.sqrt(v) + epsilon);
    }
  }
}
