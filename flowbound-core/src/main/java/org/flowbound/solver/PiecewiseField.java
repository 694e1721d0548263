package org.flowbound.solver;

import java.util.List;
import java.util.OptionalDouble;

/**
 * A field that is constant in time between breakpoints, such as {@code σ(A(t)u + b(t))} with
 * piecewise constant A and b: the k-th of n pieces holds for {@code t_{k−1} ≤ t < t_k}, the first
 * from −∞, the last to +∞. The parameters are those of all pieces, one after the other.
 */
public final class PiecewiseField implements DifferentiableField {
  private final double[] breakpoints;
  private final List<DifferentiableField> pieces;
  private final int[] offsets;
  private final int parameterCount;

  /**
   * @param breakpoints n − 1 times, increasing
   * @param pieces n fields of one dimension
   * @throws IllegalArgumentException if there are not as many, or the times do not increase
   */
  public PiecewiseField(double[] breakpoints, List<? extends DifferentiableField> pieces) {
    if (pieces.size() != breakpoints.length + 1) {
      throw new IllegalArgumentException(
          "%d breakpoints need %d pieces, not %d."
              .formatted(breakpoints.length, breakpoints.length + 1, pieces.size()));
    }
    for (int k = 0; k < breakpoints.length; k++) {
      if (!Double.isFinite(breakpoints[k]) || (k > 0 && !(breakpoints[k - 1] < breakpoints[k]))) {
        throw new IllegalArgumentException(
            "Breakpoints must be finite and increase: number %d is %s."
                .formatted(k + 1, breakpoints[k]));
      }
    }
    this.breakpoints = breakpoints.clone();
    this.pieces = List.copyOf(pieces);
    this.offsets = new int[pieces.size()];
    int size = 0;
    for (int k = 0; k < offsets.length; k++) {
      DifferentiableField piece = this.pieces.get(k);
      if (piece.dimension() != dimension()) {
        throw new IllegalArgumentException(
            "Piece %d has dimension %d, the first has %d."
                .formatted(k + 1, piece.dimension(), dimension()));
      }
      offsets[k] = size;
      size = Math.addExact(size, piece.parameterCount());
    }
    this.parameterCount = size;
  }

  private int pieceAt(double t) {
    int k = 0;
    while (k < breakpoints.length && t >= breakpoints[k]) {
      k++;
    }
    return k;
  }

  @Override
  public int dimension() {
    return pieces.get(0).dimension();
  }

  @Override
  public int parameterCount() {
    return parameterCount;
  }

  /** The largest of the pieces' bounds, if all have one. */
  @Override
  public OptionalDouble logarithmicNormBound() {
    double largest = Double.NEGATIVE_INFINITY;
    for (DifferentiableField piece : pieces) {
      OptionalDouble bound = piece.logarithmicNormBound();
      if (bound.isEmpty()) {
        return bound;
      }
      largest = Math.max(largest, bound.getAsDouble());
    }
    return OptionalDouble.of(largest);
  }

  @Override
  public double[] discontinuities() {
    return breakpoints.clone();
  }

  @Override
  public void evaluate(double t, double[] u, double[] du) {
    pieces.get(pieceAt(t)).evaluate(t, u, du);
  }

  @Override
  public void jacobianVector(double t, double[] u, double[] w, double[] result) {
    pieces.get(pieceAt(t)).jacobianVector(t, u, w, result);
  }

  @Override
  public void vectorJacobian(
      double t, double[] u, double[] g, double[] result, double[] parameterGradient, int offset) {
    int k = pieceAt(t);
    pieces.get(k).vectorJacobian(t, u, g, result, parameterGradient, offset + offsets[k]);
  }
}
