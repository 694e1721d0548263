package org.flowbound.stability;

import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;

/** The maximum over all vertices, one by one: the independent answer for small d. */
public final class Enumeration {
  private Enumeration() {}

  public static double maximum(Matrix a, SlopeBox slopes, Norm norm) {
    int d = a.rows();
    double best = Double.NEGATIVE_INFINITY;
    for (int signs = 0; signs < 1 << d; signs++) {
      int s = signs;
      Matrix scaled =
          Matrix.generate(
              d, d, (i, j) -> ((s >> i & 1) == 1 ? slopes.upper() : slopes.lower()) * a.get(i, j));
      best = Math.max(best, LogarithmicNorm.of(scaled, norm));
    }
    return best;
  }
}
