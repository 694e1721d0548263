package org.flowbound.report;

import org.flowbound.attack.RobustnessCurve;

/**
 * A share of independent samples, with intervals that hold the underlying probability in 95 % of
 * such experiments.
 *
 * <p>The interval of one share is Wilson's score interval (1927), which stays within [0, 1] and
 * keeps its level near the ends; that of a difference is Newcombe's hybrid of two of them (1998,
 * method 10), for independent samples. Models tested on the same images are positively correlated,
 * for which the latter is on the wide side.
 */
record Proportion(long successes, long total) {
  /** The 97.5 % quantile of the standard normal distribution. */
  private static final double Z = 1.959963984540054;

  /**
   * @throws IllegalArgumentException unless {@code 0 ≤ successes ≤ total} and {@code total > 0}
   */
  Proportion {
    if (total <= 0 || successes < 0 || successes > total) {
      throw new IllegalArgumentException(
          "%d of %d is no proportion: need 0 <= successes <= total and total > 0."
              .formatted(successes, total));
    }
  }

  /** A 95 % confidence interval. */
  record Confidence(double low, double high) {}

  static Proportion of(RobustnessCurve.Point point) {
    return of(point, 1);
  }

  /**
   * The share among the samples of one seed, which all of several seeds have in common and which
   * the point counts for each.
   */
  static Proportion of(RobustnessCurve.Point point, int seeds) {
    return new Proportion(Math.round((double) point.correct() / seeds), point.total() / seeds);
  }

  double share() {
    return (double) successes / total;
  }

  /** Wilson's interval of the share. */
  Confidence confidence() {
    double n = total;
    double center = (share() + Z * Z / (2 * n)) / (1 + Z * Z / n);
    double radius =
        Z / (1 + Z * Z / n) * Math.sqrt(share() * (1 - share()) / n + Z * Z / (4 * n * n));
    return new Confidence(
        successes == 0 ? 0 : Math.max(0, center - radius),
        successes == total ? 1 : Math.min(1, center + radius));
  }

  /** Newcombe's interval of {@code this.share() − other.share()}. */
  Confidence confidenceOfDifference(Proportion other) {
    Confidence mine = confidence();
    Confidence theirs = other.confidence();
    double difference = share() - other.share();
    return new Confidence(
        difference - Math.hypot(share() - mine.low(), theirs.high() - other.share()),
        difference + Math.hypot(mine.high() - share(), other.share() - theirs.low()));
  }
}
