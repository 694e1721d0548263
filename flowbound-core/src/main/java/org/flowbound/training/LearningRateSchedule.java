package org.flowbound.training;

import java.util.Locale;

/** How the learning rate changes over the training: a factor of the largest rate. */
public enum LearningRateSchedule {
  /** Always the full rate. */
  CONSTANT {
    @Override
    double factor(double progress) {
      return 1;
    }
  },
  /** Falls from the full rate to zero along half a cosine. */
  COSINE {
    @Override
    double factor(double progress) {
      return 0.5 * (1 + Math.cos(Math.PI * progress));
    }
  },
  /** Divided by ten after one half, and again after three quarters, of the training. */
  STEP {
    @Override
    double factor(double progress) {
      return progress < 0.5 ? 1 : progress < 0.75 ? 0.1 : 0.01;
    }
  };

  /**
   * @param progress the share of the training's steps that are done, in [0, 1]
   */
  abstract double factor(double progress);

  /** The name on the command line and in model files. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
