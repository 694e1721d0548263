package org.flowbound.nearness;

import java.util.Arrays;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.SymmetricEigen;

/**
 * The multipliers of one set of inequalities {@code ⟨XVᵀ, A + Δ⟩ ≤ δ̄ ‖V‖²}, whose rows satisfy
 * {@code X_i = c_i V_i + r_i ‖V_i‖ T_i/‖T_i‖}.
 *
 * <p>With r = 0 these are the inequalities of the one diagonal matrix D = diag(c), {@code X = DV}.
 * With the centre and radius of a box they hold for every D in it at once, in the relaxed form of
 * {@link org.flowbound.stability.DiagonalScaling}. V and T are d × p, row-major, and mutable.
 */
final class Block {
  private final double[] center;
  private final double[] radius;
  private final boolean vertex;
  private int rank;
  private double[] v;
  private double[] t;

  private Block(double[] center, double[] radius, boolean vertex, int rank, double[] v) {
    this.center = center;
    this.radius = radius;
    this.vertex = vertex;
    this.rank = rank;
    this.v = v;
    this.t = new double[vertex ? 0 : v.length];
  }

  /** The inequalities of {@code D = diag(slopes)}; V is {@code d × rank}. */
  static Block vertex(double[] slopes, int rank, double[] v) {
    return new Block(slopes, new double[slopes.length], true, rank, v);
  }

  /** The relaxed inequalities of the box with the given centre and radius, with V = T = 0. */
  static Block box(double[] center, double[] radius, int rank) {
    return new Block(center, radius, false, rank, new double[center.length * rank]);
  }

  /** The relaxed inequalities of the box [lower, upper] in every coordinate, with V = T = 0. */
  static Block box(int d, double lower, double upper, int rank) {
    double[] center = new double[d];
    double[] radius = new double[d];
    Arrays.fill(center, 0.5 * (lower + upper));
    Arrays.fill(radius, 0.5 * (upper - lower));
    return new Block(center, radius, false, rank, new double[d * rank]);
  }

  boolean isVertex() {
    return vertex;
  }

  int rank() {
    return rank;
  }

  double[] v() {
    return v;
  }

  double[] t() {
    return t;
  }

  double[] center() {
    return center;
  }

  double[] radius() {
    return radius;
  }

  /** Replaces V, and T in a relaxed block. */
  void set(int newRank, double[] newV, double[] newT) {
    rank = newRank;
    v = newV;
    t = newT;
  }

  /** The sum of squares of V: the trace of the multiplier. */
  double trace() {
    double sum = 0;
    for (double x : v) {
      sum += x * x;
    }
    return sum;
  }

  /**
   * Rotates the columns of V, and of T with them, to orthogonal ones in descending order, and drops
   * those with a squared norm of at most {@code threshold} times that of the first.
   */
  void compress(double threshold) {
    if (rank == 1) {
      return;
    }
    DoubleMatrix columns = DoubleMatrix.zeros(v.length / rank, rank);
    columns.write(0, v, v.length);
    DoubleMatrix gram = DoubleMatrix.zeros(rank, rank);
    Blas.gemm(1, columns, Op.TRANSPOSED, columns, Op.PLAIN, 0, gram);
    SymmetricEigen eigen = new SymmetricEigen(rank);
    eigen.decompose(gram);
    int kept = 1;
    while (kept < rank && eigen.value(kept) > threshold * eigen.value(0)) {
      kept++;
    }
    DoubleMatrix rotation = DoubleMatrix.zeros(kept, rank);
    double[] q = new double[rank];
    for (int k = 0; k < kept; k++) {
      eigen.vector(k, q);
      rotation.rows(k, k + 1).write(0, q, rank);
    }
    double[] rotatedV = rotate(columns, v, rotation);
    double[] rotatedT = vertex ? t : rotate(columns, t, rotation);
    set(kept, rotatedV, rotatedT);
  }

  private double[] rotate(DoubleMatrix workspace, double[] source, DoubleMatrix rotation) {
    DoubleMatrix rotated = DoubleMatrix.zeros(workspace.rows(), rotation.rows());
    workspace.write(0, source, source.length);
    Blas.gemm(1, workspace, Op.PLAIN, rotation, Op.TRANSPOSED, 0, rotated);
    double[] target = new double[rotated.size()];
    rotated.read(0, target, target.length);
    return target;
  }
}
