package org.flowbound.nearness;

import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;

/**
 * The smallest certified shift: {@code s ↦ δ(A + sI)} is convex, so the false-position method
 * between a shift that is not enough and one that is closes in on the smallest from both sides.
 */
final class Shift {
  private static final int MAX_ROUNDS = 40;
  private static final int MAX_DOUBLINGS = 60;

  private final Matrix a;
  private final SlopeBox slopes;
  private final double target;
  private final NearnessOptions options;
  private final double sign;

  Shift(Matrix a, SlopeBox slopes, double target, NearnessOptions options) {
    if (slopes.lower() < 0 && slopes.upper() > 0) {
      throw new IllegalArgumentException(
          "A shift cannot lower the expansivity with slopes in [%s, %s]: they must have one sign. The methods projection and certified can."
              .formatted(slopes.lower(), slopes.upper()));
    }
    this.a = a;
    this.slopes = slopes;
    this.target = target;
    this.options = options;
    this.sign = slopes.upper() > 0 ? -1 : 1;
  }

  NearbyPoint run() {
    long end = System.nanoTime() + options.timeLimit().toNanos() / 2;
    double low = 0;
    double lowValue = upper(low);
    double high = firstEnough(lowValue);
    double highValue = upper(high);
    for (int k = 0; highValue > target; k++) {
      if (k == MAX_DOUBLINGS) {
        throw new IllegalArgumentException(
            "No shift brings the expansivity down to %s with slopes in [%s, %s]."
                .formatted(target, slopes.lower(), slopes.upper()));
      }
      low = high;
      lowValue = highValue;
      high *= 2;
      highValue = upper(high);
    }
    double known = highValue;
    int rounds = 0;
    double lowExcess = lowValue - target;
    double highExcess = highValue - target;
    while (rounds < MAX_ROUNDS
        && high - low > options.tolerance() * high
        && System.nanoTime() < end) {
      double middle = low + (high - low) * lowExcess / (lowExcess - highExcess);
      middle = Math.min(high - 0.01 * (high - low), middle + 0.2 * options.tolerance() * high);
      double value = upper(middle);
      rounds++;
      if (value <= target) {
        high = middle;
        known = value;
        highExcess = value - target;
        lowExcess /= 2;
      } else {
        low = middle;
        lowExcess = value - target;
        highExcess /= 2;
      }
    }
    double lowerBound =
        new VertexProjection(
                a, slopes, target, Structure.full(a.rows()), options, NearnessListener.SILENT)
            .lowerBound();
    return new NearbyPoint(shifted(high).toArray(), known, lowerBound, rounds);
  }

  private double firstEnough(double value) {
    return Retreat.canShift(slopes)
        ? Math.abs(Retreat.unitShift(slopes)) * (value - target) * (1 + 1e-9)
        : value - target;
  }

  private double upper(double shift) {
    BoundOptions bounds =
        BoundOptions.defaults()
            .withTolerance(0.1 * options.tolerance())
            .withTimeLimit(options.timeLimit().dividedBy(2L * MAX_ROUNDS))
            .withThreads(options.threads())
            .withSeed(options.seed());
    return Expansivity.of(shifted(shift), slopes).bound(bounds).upper();
  }

  /** A + sI as it is obtained by adding a rounded perturbation. */
  private Matrix shifted(double shift) {
    int d = a.rows();
    Matrix moved = Matrix.generate(d, d, (i, j) -> a.get(i, j) + (i == j ? sign * shift : 0));
    return a.plus(moved.minus(a));
  }
}
