package org.flowbound.nearness;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * What stability costs: the smallest {@code ‖Δ‖} with {@code δ(A + Δ) ≤ δ̄} against the target δ̄.
 *
 * <p>It is a convex and non-increasing function of the target: if {@code Δ₀} and {@code Δ₁} reach
 * {@code δ̄₀} and {@code δ̄₁}, then {@code (1 − s)Δ₀ + sΔ₁} reaches {@code (1 − s)δ̄₀ + sδ̄₁}. The
 * norms found enclose it together with their lower bounds.
 *
 * @param points the results, from the highest target to the lowest, each target once
 */
public record TradeOffCurve(List<Perturbation> points) {
  /**
   * @throws IllegalArgumentException if there are no points, or targets do not decrease
   */
  public TradeOffCurve {
    points = List.copyOf(points);
    if (points.isEmpty()) {
      throw new IllegalArgumentException("A curve needs at least one target.");
    }
    for (int k = 1; k < points.size(); k++) {
      if (!(points.get(k).target() < points.get(k - 1).target())) {
        throw new IllegalArgumentException(
            "The targets of a curve must decrease: %s does not follow %s."
                .formatted(points.get(k).target(), points.get(k - 1).target()));
      }
    }
  }

  /**
   * Solves the problem for each target, with the options for each.
   *
   * @param problem whose own target is not used
   * @param targets in any order
   * @throws IllegalArgumentException if there are none, or one cannot be reached
   */
  public static TradeOffCurve of(
      NearestStableMatrix problem,
      double[] targets,
      NearnessOptions options,
      NearnessListener listener) {
    List<NearestStableMatrix> problems =
        DoubleStream.of(targets)
            .distinct()
            .map(target -> -target)
            .sorted()
            .mapToObj(negative -> problem.withTarget(0 - negative))
            .toList();
    return new TradeOffCurve(problems.stream().map(each -> each.solve(options, listener)).toList());
  }
}
