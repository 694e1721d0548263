package org.flowbound.nearness;

import org.flowbound.field.SlopeBox;

public final class NearestStableMatrix {
  private NearestStableMatrix() {}

  static void requireFeasible(SlopeBox slopes, double target) {
    if (!Double.isFinite(target)) {
      throw new IllegalArgumentException(
          "The target (%s) of the expansivity must be finite.".formatted(target));
    }
    if (target < 0 && !Retreat.canShift(slopes)) {
      throw new IllegalArgumentException(
          "The target (%s) must be at least 0 with slopes in [%s, %s]: a slope of 0 makes the expansivity at least 0, whatever the weights."
              .formatted(target, slopes.lower(), slopes.upper()));
    }
  }
}
