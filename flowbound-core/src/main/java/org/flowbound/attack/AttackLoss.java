package org.flowbound.attack;

import java.util.Arrays;
import java.util.List;

/** The losses that gradient attacks increase; z are the logits and y is the label. */
public enum AttackLoss implements LogitLoss {
  /** The cross-entropy {@code log Σ_j exp(z_j − z_y)}. */
  CROSS_ENTROPY("ce", 2) {
    @Override
    public double differentiate(double[] z, int y, int target) {
      int rival = rival(z, y);
      double ofLabel = z[y];
      double ofRival = z[rival];
      double sum = 0;
      for (int k = 0; k < z.length; k++) {
        z[k] = k == y ? 0 : Math.exp(z[k] - ofRival);
        sum += z[k];
      }
      for (int k = 0; k < z.length; k++) {
        z[k] /= sum;
      }
      z[y] = -1;
      double margin = ofLabel - ofRival;
      return margin >= 0
          ? Math.log1p(sum * Math.exp(-margin))
          : Math.log(sum + Math.exp(margin)) - margin;
    }
  },

  /**
   * The difference of logits ratio {@code −(z_y − max_{j≠y} z_j)/(z_π1 − z_π3)}, π the order of
   * decreasing logits (Croce, Hein, <em>Reliable evaluation of adversarial robustness with an
   * ensemble of diverse parameter-free attacks</em>, ICML 2020, section 4). It does not change when
   * the logits are scaled, which defences that shrink gradients rely on.
   */
  DLR("dlr", 3) {
    @Override
    public double differentiate(double[] z, int y, int target) {
      int rival = rival(z, y);
      int first = z[y] > z[rival] ? y : rival;
      int third = -1;
      if (first == y) {
        for (int k = 0; k < z.length; k++) {
          if (k != y && k != rival && (third < 0 || z[k] > z[third])) {
            third = k;
          }
        }
      } else {
        int second = -1;
        for (int k = 0; k < z.length; k++) {
          if (k == first) {
            continue;
          }
          if (second < 0 || z[k] > z[second]) {
            third = second;
            second = k;
          } else if (third < 0 || z[k] > z[third]) {
            third = k;
          }
        }
      }
      double numerator = z[rival] - z[y];
      double denominator = Math.max(z[first] - z[third], Double.MIN_NORMAL);
      double loss = numerator / denominator;
      // The gradient times the denominator.
      Arrays.fill(z, 0);
      z[rival] += 1;
      z[y] -= 1;
      z[first] -= loss;
      z[third] += loss;
      return loss;
    }
  },

  /** The margin {@code max_{j≠y} z_j − z_y}, positive where the image is misclassified. */
  MARGIN("margin", 2) {
    @Override
    public double differentiate(double[] z, int y, int target) {
      int rival = rival(z, y);
      double loss = z[rival] - z[y];
      Arrays.fill(z, 0);
      z[rival] = 1;
      z[y] = -1;
      return loss;
    }
  };

  private final String id;
  private final int leastClasses;

  AttackLoss(String id, int leastClasses) {
    this.id = id;
    this.leastClasses = leastClasses;
  }

  /** The name on the command line. */
  public String id() {
    return id;
  }

  /** The id. */
  @Override
  public String toString() {
    return id;
  }

  /** The ids of all losses. */
  public static List<String> ids() {
    return Arrays.stream(values()).map(AttackLoss::id).toList();
  }

  /**
   * @throws IllegalArgumentException if the loss is not defined for so few classes
   */
  void requireClasses(int classes) {
    if (classes < leastClasses) {
      throw new IllegalArgumentException(
          "The loss %s needs at least %d classes, and there are %d: use ce or margin."
              .formatted(id, leastClasses, classes));
    }
  }

  /** The class other than the label with the largest logit. */
  static int rival(double[] logits, int label) {
    int best = label == 0 ? 1 : 0;
    for (int k = best + 1; k < logits.length; k++) {
      if (k != label && logits[k] > logits[best]) {
        best = k;
      }
    }
    return best;
  }
}
