package org.flowbound.training;

/**
 * Gradient descent with momentum, {@code v ← μ v + g}, {@code θ ← θ − η v} (Polyak), or, in
 * Nesterov's form, {@code θ ← θ − η (g + μ v)} (Sutskever, Martens, Dahl, Hinton, ICML 2013). It
 * remembers v, unless {@code μ = 0}.
 */
final class Momentum extends Optimizer {
  private final float momentum;
  private final boolean nesterov;

  Momentum(int size, int decayed, OptimizerOptions options, int workers) {
    super(size, decayed, options, options.momentum() > 0 ? 1 : 0, workers);
    this.momentum = (float) options.momentum();
    this.nesterov = options.nesterov();
  }

  @Override
  Rule rule(long step, double learningRate) {
    float rate = (float) learningRate;
    if (momentum == 0) {
      return (x, g, state, from, n) -> {
        for (int i = 0; i < n; i++) {
          x[i] -= rate * g[i];
        }
      };
    }
    return (x, g, state, from, n) -> move(x, g, state[0], from, n, rate);
  }

  private void move(float[] x, float[] g, float[] velocity, int from, int n, float rate) {
    float mu = momentum;
    boolean ahead = nesterov;
    for (int i = 0; i < n; i++) {
      float v = mu * velocity[from + i] + g[i];
      velocity[from + i] = v;
      x[i] -= rate * (ahead ? g[i] + mu * v : v);
    }
  }
}
