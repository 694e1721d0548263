package org.flowbound.nearness;

import java.util.List;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;

/**
 * What a method found: a stable point near A.
 *
 * @param point d × d, row-major
 * @param upper a certified upper bound of δ there, at most the target; infinite if no stable point
 *     was found
 * @param lowerBound a lower bound of the distance of every stable point
 * @param rounds the number of rounds
 * @param history the steps of the two-level method
 */
record NearbyPoint(
    double[] point, double upper, double lowerBound, int rounds, List<TwoLevelIterate> history) {

  NearbyPoint(double[] point, double upper, double lowerBound, int rounds) {
    this(point, upper, lowerBound, rounds, List.of());
  }

  /**
   * The nearest point with δ ≤ 0 where slopes can be 0. With one slope D_ii ≠ 0 alone, {@code
   * μ₂(DB) = (D_ii b_ii + |D_ii| ‖b_i‖)/2}, with b_i the i-th row of B, so only a diagonal matrix
   * is possible, with entries of one sign, or 0 where slopes have both signs.
   */
  static NearbyPoint diagonal(Matrix a, SlopeBox slopes) {
    int d = a.rows();
    double[] point = new double[d * d];
    for (int i = 0; i < d; i++) {
      double entry = a.get(i, i);
      boolean kept = (entry <= 0 || slopes.upper() == 0) && (entry >= 0 || slopes.lower() == 0);
      point[i * d + i] = kept ? entry : 0;
    }
    double distance = Matrix.of(d, d, point).minus(a).frobeniusNorm();
    return new NearbyPoint(point, 0, distance, 0);
  }

  /** This point if its difference from A is of the structure; else that none is. */
  NearbyPoint within(Structure structure, Matrix a) {
    Matrix delta = Matrix.of(a.rows(), a.columns(), point).minus(a);
    return structure.contains(delta)
        ? new NearbyPoint(point, upper, structure.norm(delta), rounds)
        : new NearbyPoint(point, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, rounds);
  }
}
