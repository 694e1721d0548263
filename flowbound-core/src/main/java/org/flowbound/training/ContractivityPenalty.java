package org.flowbound.training;

import org.flowbound.linalg.Matrix;
import org.flowbound.network.Parameters;

/**
 * The regulariser {@code w Σ_i (a_ii + Σ_{j≠i} |a_ij|)₊}. A row's sum times a non-negative slope is
 * its part of {@code μ_∞(DA)}, so that the flow expands no distances in the maximum norm where the
 * regulariser is zero: contractivity is promoted through the weights alone, for all slopes at once,
 * as Zakwan, Xu and Ferrari-Trecate (arXiv 2508.11432) propose for slope-restricted activations.
 */
final class ContractivityPenalty {
  private final int d;
  private final double weight;
  private final double[] a;
  private final double[] gradient;

  ContractivityPenalty(int d, double weight) {
    this.d = d;
    this.weight = weight;
    this.a = new double[d * d];
    this.gradient = new double[d * d];
  }

  /** Adds the gradient to that of A; returns the value. */
  double addGradient(Parameters parameters, Variables target) {
    if (weight == 0) {
      return 0;
    }
    parameters.odeWeight().read(0, a, d * d);
    double value = 0;
    for (int i = 0; i < d; i++) {
      double sum = 0;
      for (int j = 0; j < d; j++) {
        sum += i == j ? a[i * d + j] : Math.abs(a[i * d + j]);
      }
      value += Math.max(0, sum);
      for (int j = 0; j < d; j++) {
        double slope = i == j ? 1 : Math.signum(a[i * d + j]);
        gradient[i * d + j] = sum > 0 ? weight * slope : 0;
      }
    }
    target.addToFlow(Matrix.of(d, d, gradient));
    return weight * value;
  }
}
