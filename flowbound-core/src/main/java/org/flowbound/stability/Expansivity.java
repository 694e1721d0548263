package org.flowbound.stability;

import java.util.function.Predicate;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;

/**
 * The expansivity {@code δ(A) = max_{D ∈ Ω} μ(DA)} of the neural ODE {@code u' = σ(Au + b)}: its
 * flow expands distances over [0, T] by at most {@code e^{δT}}.
 *
 * <p>In the 2-norm this is a convex maximisation over the vertices of the box (problem P1; [2]
 * arXiv 2402.13092, [3] arXiv 2501.10740). It is bounded from below by monotone ascent, from above
 * by diagonal scaling, and the gap is closed by branch and bound, or by elimination where A is
 * narrowly banded. In the 1- and ∞-norms the maximum has a closed form.
 *
 * @param matrix the weights A, d × d
 * @param slopes the interval of the activation's slopes
 */
public record Expansivity(Matrix matrix, SlopeBox slopes) {
  /**
   * @throws IllegalArgumentException if the matrix is empty, not square or not finite
   */
  public Expansivity {
    requireUsable(matrix);
  }

  static void requireUsable(Matrix matrix) {
    if (!matrix.isSquare() || matrix.rows() == 0) {
      throw new IllegalArgumentException(
          "The weights must be a square matrix, not %d x %d."
              .formatted(matrix.rows(), matrix.columns()));
    }
    if (!matrix.isFinite()) {
      throw new IllegalArgumentException("The weights hold NaN or infinite entries.");
    }
  }

  public static Expansivity of(Matrix matrix, SlopeBox slopes) {
    return new Expansivity(matrix, slopes);
  }

  /** The certified interval in the 2-norm with default options. */
  public ExpansivityBound bound() {
    return bound(BoundOptions.defaults());
  }

  /** The certified interval in the 2-norm. */
  public ExpansivityBound bound(BoundOptions options) {
    return bound(options, ExpansivityListener.SILENT);
  }

  /** The certified interval in the 2-norm; {@code listener} hears how it closes. */
  public ExpansivityBound bound(BoundOptions options, ExpansivityListener listener) {
    return BandedSearch.appliesTo(matrix)
        ? new BandedSearch(matrix, slopes, options, listener).run()
        : new BranchAndBound(matrix, slopes, options, listener, false).run();
  }

  /**
   * The interval in the 2-norm whose upper end is proved in real arithmetic, with the proof; {@code
   * listener} hears how it closes.
   *
   * @throws ArithmeticException if the weights are so large that the proof overflows
   */
  public CertifiedBound certify(BoundOptions options, ExpansivityListener listener) {
    return certify(Norm.TWO, options, listener);
  }

  /**
   * The interval in any of the norms whose upper end is proved in real arithmetic, with the proof.
   *
   * @throws ArithmeticException if the weights are so large that the proof overflows
   */
  public CertifiedBound certify(Norm norm, BoundOptions options, ExpansivityListener listener) {
    return new CertificateProducer(this, options, listener).run(norm);
  }

  /**
   * Looks for vertices D with {@code μ₂(DA) > level} by the same search, in which nothing below the
   * level is refined. If it ends without a limit, and finds none, {@code upper ≤ level}.
   *
   * @param exceeding hears every local maximum above the level that is come across, some more than
   *     once; false ends the search
   */
  public ExpansivityBound search(
      double level, BoundOptions options, Predicate<double[]> exceeding) {
    return new BranchAndBound(matrix, slopes, options, level, exceeding).run();
  }

  /** The value in the 1- or ∞-norm, exact but for rounding; in the 2-norm as {@link #bound()}. */
  public ExpansivityBound bound(Norm norm) {
    return bound(norm, BoundOptions.defaults(), ExpansivityListener.SILENT);
  }

  /** The certified interval in any of the norms; there is no search but in the 2-norm. */
  public ExpansivityBound bound(Norm norm, BoundOptions options, ExpansivityListener listener) {
    if (norm == Norm.TWO) {
      return bound(options, listener);
    }
    long start = System.nanoTime();
    double[] vertex = LogarithmicNorm.maximizer(matrix, slopes, norm);
    double value = LogarithmicNorm.of(scaledRows(vertex), norm);
    double margin = 2 * matrix.rows() * Math.ulp(1.0) * LogarithmicNorm.sumBound(matrix, slopes);
    return new ExpansivityBound(
        matrix.rows(),
        slopes,
        norm,
        value,
        value + margin,
        margin <= options.tolerance() * Math.max(1, Math.abs(value + margin)),
        0,
        1e-9 * (System.nanoTime() - start),
        vertex);
  }

  private Matrix scaledRows(double[] diagonal) {
    return Matrix.generate(
        matrix.rows(), matrix.columns(), (i, j) -> diagonal[i] * matrix.get(i, j));
  }
}
