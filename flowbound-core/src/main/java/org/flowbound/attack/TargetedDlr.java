package org.flowbound.attack;

import java.util.Arrays;

/**
 * The targeted difference of logits ratio {@code −(z_y − z_t)/(z_π1 − (z_π3 + z_π4)/2)}, π the
 * order of decreasing logits (Croce, Hein, ICML 2020, section 4.2).
 */
final class TargetedDlr implements LogitLoss {
  static final int LEAST_CLASSES = 4;

  private final int[] order = new int[LEAST_CLASSES];

  @Override
  public double differentiate(double[] z, int y, int target) {
    int found = 0;
    for (int k = 0; k < z.length; k++) {
      int place = found;
      while (place > 0 && z[k] > z[order[place - 1]]) {
        if (place < order.length) {
          order[place] = order[place - 1];
        }
        place--;
      }
      if (place < order.length) {
        order[place] = k;
        found = Math.min(found + 1, order.length);
      }
    }
    double denominator = Math.max(z[order[0]] - (z[order[2]] + z[order[3]]) / 2, Double.MIN_NORMAL);
    double loss = (z[target] - z[y]) / denominator;
    // The gradient times the denominator.
    Arrays.fill(z, 0);
    z[target] += 1;
    z[y] -= 1;
    z[order[0]] -= loss;
    z[order[2]] += loss / 2;
    z[order[3]] += loss / 2;
    return loss;
  }
}
