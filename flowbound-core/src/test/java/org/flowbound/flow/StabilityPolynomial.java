package org.flowbound.flow;

/** What a step of an explicit method multiplies a solution of u' = λu by, z = hλ. */
public final class StabilityPolynomial {
  private StabilityPolynomial() {}

  /** The series of e^z up to the order, and the product of the subdiagonal where s exceeds it. */
  public static double of(RungeKutta method, double z) {
    double term = 1;
    double sum = 1;
    for (int k = 1; k <= method.order(); k++) {
      term *= z / k;
      sum += term;
    }
    int s = method.stages();
    if (s == method.order()) {
      return sum;
    }
    double last = method.b(s - 1) * z;
    for (int i = 1; i < s; i++) {
      last *= method.a(i, i - 1) * z;
    }
    return sum + last;
  }
}
