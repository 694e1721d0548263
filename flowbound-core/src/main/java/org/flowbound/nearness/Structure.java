package org.flowbound.nearness;

import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;

/**
 * What Δ may look like, and what it costs: the linear space of the matrices Δ, symmetric where that
 * is asked for, whose entries of infinite weight are 0, with the norm {@code ‖Δ‖ = (Σ w_ij
 * Δ_ij²)^½}. With weights of 1 alone, and infinity, this is the Frobenius norm.
 *
 * <p>The projection onto a convex set within such a space is as convex as that within all matrices.
 * Its dual is the same with {@link #represent} applied to the sum of multipliers, so every dual
 * value is a lower bound of the norm of every Δ of the structure.
 *
 * <p>Which targets are within reach is decided at once where
 *
 * <ul>
 *   <li>a diagonal entry stays as it is and is too large already: out of reach, for {@code δ(A) ≥
 *       D_ii a_ii};
 *   <li>no diagonal entry has to stay and the slopes do not reach 0: every target is, by a shift;
 *   <li>A is of the structure itself and the target is not negative: it is, by {@code Δ = −A}.
 * </ul>
 *
 * <p>In the cases that remain the search decides: it either ends with a certified Δ, or without one
 * and with a lower bound of the norm of every Δ that there might be. Where the target is only just
 * within reach, so that no Δ leaves a margin, it can end without one although there is one.
 *
 * @param name what messages call it
 * @param isSymmetric whether Δ must be symmetric
 * @param weights the weights w of the squared entries, d × d: positive, infinite where Δ must be 0
 */
public record Structure(String name, boolean isSymmetric, Matrix weights) {
  /** Relative to the weights A and the target. */
  private static final double FARTHEST = 1e6;

  /**
   * @throws IllegalArgumentException if the weights are not square, or one is not positive
   */
  public Structure {
    if (!weights.isSquare()) {
      throw new IllegalArgumentException(
          "The weights of a structure must be a square matrix, not %d x %d."
              .formatted(weights.rows(), weights.columns()));
    }
    for (int i = 0; i < weights.rows(); i++) {
      for (int j = 0; j < weights.columns(); j++) {
        if (!(weights.get(i, j) > 0)) {
          throw new IllegalArgumentException(
              "The weight (%s) in row %d, column %d of a structure must be in (0, inf]."
                  .formatted(weights.get(i, j), i + 1, j + 1));
        }
      }
    }
  }

  /** Any Δ. */
  public static Structure full(int d) {
    return weighted(Matrix.generate(d, d, (i, j) -> 1)).named("full");
  }

  /** Symmetric Δ. */
  public static Structure symmetric(int d) {
    return full(d).andSymmetric().named("symmetric");
  }

  /** Diagonal Δ. */
  public static Structure diagonal(int d) {
    return weighted(Matrix.generate(d, d, (i, j) -> i == j ? 1 : Double.POSITIVE_INFINITY))
        .named("diagonal");
  }

  /** Δ that keeps the zeros of A. */
  public static Structure patternOf(Matrix a) {
    return weighted(
            Matrix.generate(
                a.rows(), a.columns(), (i, j) -> a.get(i, j) == 0 ? Double.POSITIVE_INFINITY : 1))
        .named("pattern");
  }

  /** Any Δ, with weights for the squares of its entries; infinity keeps an entry of A. */
  public static Structure weighted(Matrix weights) {
    return new Structure("weighted", false, weights);
  }

  /** The symmetric Δ of this structure. */
  public Structure andSymmetric() {
    return new Structure("symmetric " + name, true, weights);
  }

  public Structure named(String newName) {
    return new Structure(newName, isSymmetric, weights);
  }

  /** The order d of the matrices. */
  public int order() {
    return weights.rows();
  }

  /** Whether it allows any Δ and weighs every entry alike. */
  public boolean isFull() {
    boolean full = !isSymmetric;
    for (int i = 0; i < order() && full; i++) {
      for (int j = 0; j < order() && full; j++) {
        full = weights.get(i, j) == 1;
      }
    }
    return full;
  }

  /** {@code (Σ w_ij Δ_ij²)^½}, over the entries that may differ from 0. */
  public double norm(Matrix delta) {
    return Matrix.generate(
            order(),
            order(),
            (i, j) -> isFree(i, j) ? Math.sqrt(weights.get(i, j)) * delta.get(i, j) : 0)
        .frobeniusNorm();
  }

  /** Whether Δ is of this structure. */
  public boolean contains(Matrix delta) {
    for (int i = 0; i < order(); i++) {
      for (int j = 0; j < order(); j++) {
        if ((delta.get(i, j) != 0 && !isFree(i, j))
            || (isSymmetric && delta.get(i, j) != delta.get(j, i))) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean isFree(int i, int j) {
    return weights.get(i, j) < Double.POSITIVE_INFINITY
        && !(isSymmetric && weights.get(j, i) == Double.POSITIVE_INFINITY);
  }

  /** The norm beyond which no Δ is sought; infinite where every target is within reach. */
  double farthest(Matrix a, double target) {
    if (isFull()) {
      return Double.POSITIVE_INFINITY;
    }
    double largest = 0;
    for (int i = 0; i < order(); i++) {
      for (int j = 0; j < order(); j++) {
        largest = isFree(i, j) ? Math.max(largest, weights.get(i, j)) : largest;
      }
    }
    double size = a.frobeniusNorm() + Math.sqrt(order()) * Math.abs(target);
    return FARTHEST * Math.sqrt(largest) * size;
  }

  /** Whether the multiples of the identity are of this structure. */
  boolean containsIdentity() {
    return contains(Matrix.identity(order()));
  }

  /**
   * Replaces G by the Δ of the structure that represents it, {@code ⟨G, E⟩ = Σ w_ij Δ_ij E_ij} for
   * every E of the structure: the orthogonal projection of G where all weights are 1 or infinite.
   *
   * @param g d × d, row-major
   * @return {@code ‖Δ‖²}
   */
  double represent(double[] g) {
    int d = order();
    double squaredNorm = 0;
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        if (!isSymmetric) {
          double entry = g[i * d + j] / weights.get(i, j);
          squaredNorm += entry * g[i * d + j];
          g[i * d + j] = entry;
        } else if (j <= i) {
          double weight = weights.get(i, j) + weights.get(j, i);
          double sum = g[i * d + j] + g[j * d + i];
          double entry = sum / weight;
          squaredNorm += (i == j ? 0.5 : 1) * sum * entry;
          g[i * d + j] = entry;
          g[j * d + i] = entry;
        }
      }
    }
    return squaredNorm;
  }

  /**
   * @throws IllegalArgumentException if an entry of the diagonal that stays as it is exceeds the
   *     target, or the order is not that of A
   */
  void requireReachable(Matrix a, SlopeBox slopes, double target) {
    if (order() != a.rows()) {
      throw new IllegalArgumentException(
          "The structure %s is of order %d, the weights are %d x %d."
              .formatted(name, order(), a.rows(), a.columns()));
    }
    for (int i = 0; i < order(); i++) {
      double entry = a.get(i, i);
      if (!isFree(i, i) && Math.max(slopes.lower() * entry, slopes.upper() * entry) > target) {
        throw new IllegalArgumentException(
            "The target (%s) is out of reach: the structure %s keeps the entry %s in row and column %d."
                .formatted(target, name, entry, i + 1));
      }
    }
  }
}
