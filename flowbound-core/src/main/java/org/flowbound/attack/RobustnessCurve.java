package org.flowbound.attack;

import java.util.List;
import java.util.Optional;

/**
 * The accuracy of one classifier under one attack, over a grid of budgets.
 *
 * @param attack the attack's name, such as {@code fgsm}
 * @param norm the norm that the budget bounds, such as {@code linf}
 * @param results one point per budget, in the order asked for
 */
public record RobustnessCurve(String attack, String norm, List<Point> results) {
  public RobustnessCurve {
    results = List.copyOf(results);
  }

  /** The point at this budget, if it was asked for. */
  public Optional<Point> at(double eps) {
    return results.stream().filter(point -> point.eps() == eps).findFirst();
  }

  /**
   * How many samples are still classified correctly at one budget.
   *
   * @param eps the budget, in pixel units (pixels lie in [0, 1])
   * @param correct the number of samples classified correctly under attack
   * @param total the number of samples
   */
  public record Point(double eps, int correct, int total) {
    /**
     * @throws IllegalArgumentException unless {@code 0 ≤ correct ≤ total}, {@code total > 0} and
     *     eps is finite and not negative
     */
    public Point {
      if (!(eps >= 0 && eps < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "The budget eps (%s) must be finite and not negative.".formatted(eps));
      }
      if (total <= 0 || correct < 0 || correct > total) {
        throw new IllegalArgumentException(
            "%d correct of %d samples: need 0 <= correct <= total and total > 0."
                .formatted(correct, total));
      }
    }

    /** The share of samples classified correctly, in [0, 1]. */
    public double accuracy() {
      return (double) correct / total;
    }
  }
}
