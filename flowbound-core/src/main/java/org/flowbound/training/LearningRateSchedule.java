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
      return fall(progress);
    }
  },
  /** Divided by ten after one half, and again after three quarters, of the training. */
  STEP {
    @Override
    double factor(double progress) {
      return progress < 0.5 ? 1 : progress < 0.75 ? 0.1 : 0.01;
    }
  },
  /**
   * Rises from 1/25 of the full rate over the first three tenths of the training, and falls to
   * nearly zero over the rest, both along half a cosine (Smith and Topin, 2018).
   */
  ONE_CYCLE {
    @Override
    double factor(double progress) {
      return progress < RISE
          ? FIRST + (1 - FIRST) * (1 - fall(progress / RISE))
          : LAST + (1 - LAST) * fall((progress - RISE) / (1 - RISE));
    }
  };

  private static final double RISE = 0.3;
  private static final double FIRST = 1.0 / 25;
  private static final double LAST = FIRST / 1e4;

  private static double fall(double progress) {
    return 0.5 * (1 + Math.cos(Math.PI * progress));
  }

  /**
   * @param progress the share of the training's steps that are done, in [0, 1]
   */
  abstract double factor(double progress);

  /** The name on the command line and in model files. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
