package org.flowbound.attack;

/** Projections on hyperplanes within the box [0, 1]ⁿ. */
final class BoxHyperplane {
  private static final int MAX_ROUNDS = 60;

  private BoxHyperplane() {}

  /**
   * The smallest step δ with {@code w·δ = c} that keeps {@code x + δ} in the box. With {@code |δ_i|
   * = min(t, u_i)} for ℓ∞ and {@code min(t|w_i|, u_i)} for ℓ₂, u_i what the box allows in the
   * direction that helps, {@code w·δ} is concave and piecewise linear in t, so that Newton's method
   * from t = 0 ends after finitely many rounds. Where the box does not reach the hyperplane, δ is
   * the step as far as it goes.
   *
   * @param offset where x starts in {@code points}; w and δ start at 0
   */
  static void project(
      PerturbationNorm norm,
      float[] points,
      int offset,
      float[] w,
      double c,
      float[] delta,
      int n) {
    double sign = Math.signum(c);
    double wanted = Math.abs(c);
    double t = 0;
    for (int round = 0; round < MAX_ROUNDS; round++) {
      double reached = 0;
      double slope = 0;
      for (int k = 0; k < n; k++) {
        double size = Math.abs(w[k]);
        double room = sign * w[k] > 0 ? 1.0 - points[offset + k] : points[offset + k];
        double rate = norm == PerturbationNorm.LINF ? 1 : size;
        if (t * rate < room) {
          slope += size * rate;
          reached += size * t * rate;
        } else {
          reached += size * room;
        }
      }
      if (reached >= wanted * (1 - 1e-9) || slope <= 0) {
        break;
      }
      t += (wanted - reached) / slope;
    }
    for (int k = 0; k < n; k++) {
      double direction = Math.signum(sign * w[k]);
      double room = direction > 0 ? 1.0 - points[offset + k] : points[offset + k];
      double rate = norm == PerturbationNorm.LINF ? 1 : Math.abs(w[k]);
      delta[k] = (float) (direction * Math.min(t * rate, room));
    }
  }

  /** The norm of a step. */
  static double length(PerturbationNorm norm, float[] delta, int n) {
    if (norm == PerturbationNorm.L2) {
      return PerturbationNorm.euclidean(delta, n);
    }
    double largest = 0;
    for (int k = 0; k < n; k++) {
      largest = Math.max(largest, Math.abs(delta[k]));
    }
    return largest;
  }
}
