package org.flowbound.nearness;

import java.util.Arrays;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.Precision;

/**
 * Projects weights that change little from call to call, as in training, to nearby ones whose δ is
 * certified to be at most the target by diagonal scaling.
 *
 * <p>The first call, and one that has far to go, finds the nearest certified weights. The others
 * use the multipliers Λ of the call before, for which the certified weights are a ball, and adapt
 * Λ: one eigendecomposition to project and one to certify. So the result depends a little on the
 * calls before. Not safe for concurrent use.
 */
public final class StableProjector {
  private static final double ACCURACY = 1e-2;

  /** The distance, relative to the weights, up to which the last multipliers are good enough. */
  private static final double SMALL = 5e-2;

  private final int d;
  private final SlopeBox slopes;
  private final double target;
  private final CertifiedProjection projection;
  private double upper = Double.NaN;
  private double distance;

  /**
   * @param d the order of the weights
   * @param slopes the interval of the activation's slopes
   * @param target the value that δ must not exceed
   * @param precision the precision in which the results will be stored: their entries are rounded
   *     to it before they are certified
   * @throws IllegalArgumentException if no weights satisfy the target
   */
  public StableProjector(int d, SlopeBox slopes, double target, Precision precision) {
    if (d < 1) {
      throw new IllegalArgumentException("The order (%d) must be at least 1.".formatted(d));
    }
    NearestStableMatrix.requireFeasible(slopes, target);
    this.d = d;
    this.slopes = slopes;
    this.target = target;
    this.projection =
        new CertifiedProjection(
            Structure.full(d),
            slopes,
            1,
            precision == Precision.FLOAT32 ? StableProjector::roundToFloat : (b, a) -> {});
  }

  /**
   * Starts from the multipliers of another projector's last result, as if that had been this one's.
   *
   * @param multipliers d positive numbers
   * @throws IllegalArgumentException if they are not
   */
  public void startFrom(double[] multipliers) {
    if (multipliers.length != d
        || !Arrays.stream(multipliers).allMatch(x -> x >= 0 && Double.isFinite(x))) {
      throw new IllegalArgumentException(
          "A projector of order %d needs as many finite multipliers, not %s."
              .formatted(d, Arrays.toString(multipliers)));
    }
    projection.startFrom(multipliers);
  }

  /** The multipliers Λ that certify the last result, d numbers. */
  public double[] multipliers() {
    return projection.multipliers();
  }

  private static void roundToFloat(double[] point, double[] a) {
    for (int k = 0; k < point.length; k++) {
      point[k] = (float) point[k];
    }
  }

  public double target() {
    return target;
  }

  public SlopeBox slopes() {
    return slopes;
  }

  /**
   * Weights with {@code δ ≤ target}: those nearest to {@code a} that can be certified, up to a few
   * hundredths of the distance; {@code a} itself, in this projector's precision, if it can be.
   *
   * @throws IllegalArgumentException if the matrix is not d × d and finite
   */
  public Matrix project(Matrix a) {
    if (a.rows() != d || a.columns() != d || !a.isFinite()) {
      throw new IllegalArgumentException(
          "The weights to be projected must be a finite %d x %d matrix, not %d x %d%s."
              .formatted(
                  d,
                  d,
                  a.rows(),
                  a.columns(),
                  a.isFinite() ? "" : " with NaN or infinite entries"));
    }
    double[] entries = a.toArray();
    if (!projection.adjust(entries, target, SMALL * a.frobeniusNorm())) {
      projection.project(entries, target, ACCURACY);
    }
    upper = projection.upper();
    distance = projection.distance();
    return Matrix.of(d, d, projection.point());
  }

  /** The certified upper bound of δ of the last result; NaN before the first. */
  public double upper() {
    return upper;
  }

  /** How far the last call moved the weights, in the Frobenius norm. */
  public double distance() {
    return distance;
  }
}
