package org.flowbound.attack;

import java.util.List;

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

  /**
   * How many samples are still classified correctly at one budget.
   *
   * @param eps the budget, in pixel units (pixels lie in [0, 1])
   * @param correct the number of samples classified correctly under attack
   * @param total the number of samples
   */
  public record Point(double eps, int correct, int total) {
    /** The share of samples classified correctly, in [0, 1]. */
    public double accuracy() {
      return (double) correct / total;
    }
  }
}
