package org.flowbound.nearness;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;

/**
 * The smallest distance to {@code δ ≤ δ̄} for small d, by the plainest means: every vertex in turn,
 * every eigenvector above the target as an inequality, and Hildreth's coordinate ascent on the
 * multipliers.
 */
final class CuttingPlanes {
  private CuttingPlanes() {}

  static double distance(Matrix a, SlopeBox slopes, double target) {
    return nearest(a, slopes, target, UnaryOperator.identity()).minus(a).frobeniusNorm();
  }

  /**
   * The nearest point.
   *
   * @param projection of d × d matrices, row-major, onto what a perturbation may be
   */
  static Matrix nearest(
      Matrix a, SlopeBox slopes, double target, UnaryOperator<double[]> projection) {
    int d = a.rows();
    List<double[]> cuts = new ArrayList<>();
    List<Double> multipliers = new ArrayList<>();
    SymmetricEigen eigen = new SymmetricEigen(d);
    double[] b = a.toArray();
    double[] v = new double[d];
    for (int round = 0; round < 400; round++) {
      double violation = 0;
      for (int signs = 0; signs < 1 << d; signs++) {
        int s = signs;
        double[] point = b;
        Matrix scaled = Matrix.generate(d, d, (i, j) -> slope(slopes, s, i) * point[i * d + j]);
        eigen.decompose(DoubleMatrix.of(scaled.plus(scaled.transpose()).times(0.5)));
        for (int e = 0; e < d && eigen.value(e) > target + 1e-9; e++) {
          violation = Math.max(violation, eigen.value(e) - target);
          eigen.vector(e, v);
          double[] cut = new double[d * d];
          for (int i = 0; i < d; i++) {
            for (int j = 0; j < d; j++) {
              cut[i * d + j] = slope(slopes, signs, i) * v[i] * v[j];
            }
          }
          cuts.add(cut);
          multipliers.add(0.0);
        }
      }
      if (violation < 1e-8) {
        break;
      }
      hildreth(cuts, multipliers, b, target, projection);
      for (int k = cuts.size() - 1; k >= 0; k--) {
        if (multipliers.get(k) == 0) {
          cuts.remove(k);
          multipliers.remove(k);
        }
      }
    }
    return Matrix.of(d, d, b);
  }

  private static double slope(SlopeBox slopes, int signs, int i) {
    return (signs >> i & 1) == 1 ? slopes.upper() : slopes.lower();
  }

  private static void hildreth(
      List<double[]> cuts,
      List<Double> multipliers,
      double[] b,
      double target,
      UnaryOperator<double[]> projection) {
    List<double[]> steps = cuts.stream().map(projection).toList();
    double largest = Double.POSITIVE_INFINITY;
    for (int sweep = 0; sweep < 5000 && largest > 1e-13; sweep++) {
      largest = 0;
      for (int k = 0; k < cuts.size(); k++) {
        double[] cut = cuts.get(k);
        double[] direction = steps.get(k);
        double value = 0;
        double squaredNorm = 0;
        for (int m = 0; m < b.length; m++) {
          value += cut[m] * b[m];
          squaredNorm += cut[m] * direction[m];
        }
        double step = Math.max((value - target) / squaredNorm, -multipliers.get(k));
        for (int m = 0; m < b.length; m++) {
          b[m] -= step * direction[m];
        }
        multipliers.set(k, multipliers.get(k) + step);
        largest = Math.max(largest, Math.abs(step));
      }
    }
  }
}
