package org.flowbound.stability;

import java.util.Arrays;

/**
 * A bound of the expansion in a weighted norm {@code ‖Su‖}, S a positive diagonal matrix.
 *
 * <p>D commutes with S, so that the logarithmic norm of DA is that of {@code D (SAS⁻¹)} in the norm
 * without weights: {@code bound} is the interval of {@code δ(SAS⁻¹)}. As {@code min s_i ‖u‖ ≤ ‖Su‖
 * ≤ max s_i ‖u‖}, the flow expands distances over [0, T] by at most {@code cond(S) e^{δT}} in the
 * norm without weights too.
 *
 * @param weights the diagonal of S, the largest of them 1
 * @param bound the certified interval of {@code δ(SAS⁻¹)}
 */
public record WeightedBound(double[] weights, ExpansivityBound bound) {
  /** {@code max s_i / min s_i}. */
  public double condition() {
    return Arrays.stream(weights).max().orElse(1) / Arrays.stream(weights).min().orElse(1);
  }

  /** The bound {@code cond(S) e^{δT}} of the flow's Lipschitz constant in the norm itself. */
  public double lipschitz(double horizon) {
    return condition() * bound.lipschitz(horizon);
  }
}
