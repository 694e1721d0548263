package org.flowbound.stability;

import org.flowbound.linalg.Matrix;

/**
 * A bound of the expansion in a weighted norm {@code ‖Su‖}, S a positive diagonal matrix or, in the
 * 2-norm, a symmetric positive definite one.
 *
 * <p>{@code bound} is the interval of {@code δ_S = max_D μ(SDAS⁻¹)}, the norm being {@code
 * (uᵀPu)^½}, {@code P = S²}, in the 2-norm. As {@code ‖u‖/‖S⁻¹‖ ≤ ‖Su‖ ≤ ‖S‖ ‖u‖}, the flow expands
 * distances over [0, T] by at most {@code cond(S) e^{δ_S T}} in the norm without weights too.
 *
 * @param weights S, its largest entry or eigenvalue 1
 * @param condition {@code ‖S‖ ‖S⁻¹‖}, or a little more
 * @param bound the certified interval of {@code δ_S}
 */
public record WeightedBound(Matrix weights, double condition, ExpansivityBound bound) {
  /** The bound {@code cond(S) e^{δ_S T}} of the flow's Lipschitz constant in the norm itself. */
  public double lipschitz(double horizon) {
    return condition * bound.lipschitz(horizon);
  }

  /** Whether S is diagonal. */
  public boolean isDiagonal() {
    int d = weights.rows();
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        if (i != j && weights.get(i, j) != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** The diagonal of S. */
  public double[] diagonal() {
    double[] diagonal = new double[weights.rows()];
    for (int i = 0; i < diagonal.length; i++) {
      diagonal[i] = weights.get(i, i);
    }
    return diagonal;
  }
}
