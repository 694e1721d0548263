package org.flowbound.nearness;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.DiagonalScaling;

/**
 * The nearest matrix whose δ is certified by diagonal scaling: {@code min ‖B − A‖_F} subject to
 * {@code λ_max(M_B(Λ)) ≤ δ̄} for some Λ, one semidefinite constraint.
 *
 * <p>Solved in its low-rank dual, a single relaxed block of {@link ProjectionDual}. The dual's
 * point is a little outside; {@code Λ_i = ‖(BV)_i‖/‖V_i‖} defines the {@link CertifiedBall} that it
 * is moved into. The distance of the point moved and the dual's lower bound enclose that of the
 * nearest one. Where Δ has a {@link Structure} that the ball does not respect, the dual's point is
 * retreated from instead, or sought for a slightly lower target.
 *
 * <p>Keeps V, T and Λ between calls, from which a call for a matrix nearby starts. Not safe for
 * concurrent use.
 */
final class CertifiedProjection {
  private static final int FIRST_ROUND = 12;
  private static final int MAX_EVALUATIONS = 5000;
  private static final int PATIENCE = 4;
  private static final double NOISE = 1e-3;
  private static final int ADJUSTMENTS = 3;
  private static final double ADAPTATION = 0.1;
  private static final int LOWER_TARGETS = 8;
  private static final int LOWER_TARGET_ROUND = 400;

  private final int d;
  private final SlopeBox slopes;
  private final Structure structure;
  private final boolean isFull;
  private final Rounding rounding;
  private final DiagonalScaling relaxation;
  private final ProjectionDual dual;
  private final CertifiedBall ball;
  private final Block block;
  private final List<Block> blocks;
  private final SplittableRandom random;
  private final double[] lambda;
  private final double[] b;
  private final double[] point;
  private final double[] outer;
  private final double[] pointLambda;
  private boolean warm;

  private double excess;
  private double upper;
  private double distance;
  private double lowerBound;
  private int evaluations;

  /** How a point is rounded, in place, before it is certified. */
  @FunctionalInterface
  interface Rounding {
    void round(double[] point, double[] a);
  }

  CertifiedProjection(Structure structure, SlopeBox slopes, long seed, Rounding rounding) {
    this.d = structure.order();
    this.slopes = slopes;
    this.structure = structure;
    this.isFull = structure.isFull();
    this.rounding = rounding;
    this.random = new SplittableRandom(seed);
    int rank = Math.min(d, (int) Math.ceil(Math.sqrt(2.0 * d)) + 1);
    this.relaxation = new DiagonalScaling(d, Math.max(2, rank + 2));
    double[] lower = new double[d];
    double[] higher = new double[d];
    Arrays.fill(lower, slopes.lower());
    Arrays.fill(higher, slopes.upper());
    relaxation.setBox(lower, higher);
    double[] start = new double[d * rank];
    Arrays.setAll(start, k -> random.nextDouble(-1, 1));
    relaxation.start(start, rank);
    this.dual = new ProjectionDual(structure, d <= 128 ? 12 : 6);
    this.ball = new CertifiedBall(d, slopes);
    this.block = Block.box(d, slopes.lower(), slopes.upper(), d);
    this.blocks = List.of(block);
    this.lambda = new double[d];
    this.b = new double[d * d];
    this.point = new double[d * d];
    this.outer = new double[isFull ? 0 : d * d];
    this.pointLambda = new double[d];
  }

  /** The point found: d × d, row-major; valid until the next call. */
  double[] point() {
    return point;
  }

  /** The certified upper bound of δ at the point. */
  double upper() {
    return upper;
  }

  /** The distance of the point; infinite if the structure allows none, or none was found. */
  double distance() {
    return distance;
  }

  /** A lower bound of the distance of the nearest certified point. */
  double lowerBound() {
    return lowerBound;
  }

  /** The number of evaluations of the dual in the last call. */
  int evaluations() {
    return evaluations;
  }

  /** The multipliers Λ of the point's certificate. */
  double[] multipliers() {
    return pointLambda.clone();
  }

  /** Lets the next {@link #adjust} start from these multipliers. */
  void startFrom(double[] multipliers) {
    System.arraycopy(multipliers, 0, pointLambda, 0, d);
    warm = true;
  }

  /** The V of the point's certificate, d × {@link #rank()}, in descending columns. */
  double[] factor() {
    return block.v();
  }

  int rank() {
    return block.rank();
  }

  /**
   * Finds a point near {@code a} with a certified δ of at most {@code target} by the multipliers Λ
   * of the last point alone, and moves Λ a little towards those that suit {@code a} better.
   *
   * @return false, with nothing found, if there is no last point or the new one is farther away
   *     than {@code maxDistance}
   */
  boolean adjust(double[] a, double target, double maxDistance) {
    reset();
    if (!warm) {
      return false;
    }
    System.arraycopy(a, 0, b, 0, d * d);
    System.arraycopy(pointLambda, 0, lambda, 0, d);
    offer(a, target, ADJUSTMENTS);
    if (!(distance <= maxDistance)) {
      return false;
    }
    ball.adapt(point, pointLambda, ADAPTATION);
    return true;
  }

  /**
   * Finds a point near {@code a} with a certified δ of at most {@code target}.
   *
   * @param accuracy how much farther than the nearest certified point it may be, relatively
   */
  void project(double[] a, double target, double accuracy) {
    reset();
    System.arraycopy(a, 0, b, 0, d * d);
    rounding.round(b, a);
    relaxation.setMatrix(b);
    relaxation.solve(negligible(target), target, MAX_EVALUATIONS);
    if (relaxation.upper() <= target) {
      keep(a, relaxation.multipliers());
      warm = true;
      return;
    }
    excess = relaxation.upper() - target;
    double negligibleGradient = 1e-4 * accuracy * excess;
    dual.setMatrix(a);
    dual.setTarget(target);
    dual.setLimit(structure.farthest(Matrix.of(d, d, a), target));
    start(a);
    int round = FIRST_ROUND;
    double lastGap = Double.POSITIVE_INFINITY;
    int idle = 0;
    while (evaluations < MAX_EVALUATIONS && idle < PATIENCE) {
      evaluations += dual.minimize(blocks, round, negligibleGradient);
      lowerBound = Math.max(lowerBound, dual.lowerBound());
      dual.multipliers(blocks, 0, lambda);
      dual.readPoint(b);
      if (isFull) {
        offer(a, target, 0);
      } else {
        offerRetreated(a, target);
      }
      double gap = distance - lowerBound;
      if (gap <= accuracy * lowerBound || dual.isBeyondLimit()) {
        break;
      }
      if (gap < 0.99 * lastGap) {
        lastGap = gap;
        idle = 0;
      } else {
        idle++;
      }
      widen(2);
      round = Math.min(2 * round, 400);
    }
    if (!isFull) {
      lowerTheTarget(a, target, accuracy, negligibleGradient);
    } else if (distance == Double.POSITIVE_INFINITY) {
      retreat(a, target);
    }
    block.compress(1e-9);
    warm = true;
  }

  private void reset() {
    evaluations = 0;
    lowerBound = 0;
    distance = Double.POSITIVE_INFINITY;
  }

  private static double negligible(double target) {
    return 1e-9 * Math.abs(target) + 1e-12;
  }

  /**
   * Moves {@code b} into the ball of {@code lambda}, and keeps it if it is the nearest so far. The
   * ball is shrunk where rounding leads out of it.
   */
  private void offer(double[] a, double target, int iterations) {
    double inner = target;
    for (int attempt = 0; attempt < 4 && ball.moveInto(b, lambda, inner, iterations); attempt++) {
      rounding.round(b, a);
      relaxation.setMatrix(b);
      double bound = relaxation.bound(lambda);
      if (bound <= target) {
        keep(a, lambda);
        return;
      }
      inner -= 2 * (bound - target);
    }
  }

  /**
   * Keeps {@code b}, or what a retreat within the structure makes of it, if it is the nearest so
   * far. Leaves {@code b} as it was behind, and how far its bound exceeded the target.
   */
  private void offerRetreated(double[] a, double target) {
    bound(a, target);
    excess = relaxation.upper() - target;
    System.arraycopy(b, 0, outer, 0, d * d);
    boolean mayShift = Retreat.canShift(slopes) && structure.containsIdentity();
    boolean mayScale = target > 0 && structure.contains(Matrix.of(d, d, a));
    double factor = 1;
    while (relaxation.upper() > target && (mayShift || mayScale)) {
      double upperBound = target + factor * (relaxation.upper() - target);
      Retreat.apply(b, d, slopes, upperBound, target, mayShift, mayScale);
      bound(a, target);
      factor *= 2;
    }
    if (relaxation.upper() <= target) {
      keep(a, relaxation.multipliers());
    }
  }

  private void bound(double[] a, double target) {
    rounding.round(b, a);
    relaxation.setMatrix(b);
    if (!(relaxation.bound(lambda) <= target)) {
      relaxation.solve(negligible(target), target, MAX_EVALUATIONS);
    }
  }

  /**
   * Solves the dual for targets so much lower that its point satisfies the one asked for, and looks
   * for a nearer point between the one found and that for the target itself, since the bound is
   * convex.
   */
  private void lowerTheTarget(
      double[] a, double target, double accuracy, double negligibleGradient) {
    double deepest = Retreat.canShift(slopes) ? Double.POSITIVE_INFINITY : 0.5 * target;
    double margin = 1.5 * excess;
    double outerExcess = excess;
    for (int k = 0;
        k < LOWER_TARGETS
            && excess > 0
            && distance - lowerBound > accuracy * lowerBound
            && !dual.isBeyondLimit();
        k++) {
      dual.setTarget(target - Math.min(margin, deepest));
      evaluations += dual.minimize(blocks, LOWER_TARGET_ROUND, negligibleGradient);
      dual.multipliers(blocks, 0, lambda);
      dual.readPoint(b);
      bound(a, target);
      excess = relaxation.upper() - target;
      if (excess <= 0) {
        keep(a, relaxation.multipliers());
      }
      margin = Math.max(2 * margin, margin + 1.5 * excess);
    }
    dual.setTarget(target);
    if (outerExcess > 0 && distance < Double.POSITIVE_INFINITY) {
      double weight = (1 + 1e-9) * outerExcess / (outerExcess + target - upper);
      for (int k = 0; k < b.length; k++) {
        b[k] = outer[k] + weight * (point[k] - outer[k]);
      }
      bound(a, target);
      if (relaxation.upper() <= target) {
        keep(a, relaxation.multipliers());
      }
    }
  }

  /** Keeps {@code b}, for which the relaxation's last bound holds, if it is the nearest so far. */
  private void keep(double[] a, double[] multipliers) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += (b[k] - a[k]) * (b[k] - a[k]);
    }
    double norm =
        isFull ? Math.sqrt(sum) : structure.norm(Matrix.of(d, d, b).minus(Matrix.of(d, d, a)));
    if (norm < distance) {
      distance = norm;
      upper = relaxation.upper();
      System.arraycopy(b, 0, point, 0, d * d);
      System.arraycopy(multipliers, 0, pointLambda, 0, d);
    }
  }

  /** Finds a point without the dual, for matrices that it fails for. */
  private void retreat(double[] a, double target) {
    System.arraycopy(a, 0, b, 0, d * d);
    relaxation.setMatrix(b);
    relaxation.solve(negligible(target), target, MAX_EVALUATIONS);
    for (double factor = 1; relaxation.upper() > target; factor *= 2) {
      double upperBound = target + factor * (relaxation.upper() - target);
      Retreat.apply(b, d, slopes, upperBound, target, true, true);
      rounding.round(b, a);
      relaxation.setMatrix(b);
      relaxation.solve(negligible(target), target, MAX_EVALUATIONS);
    }
    keep(a, relaxation.multipliers());
  }

  /** Starts from the last V where it cuts A off, else from that of the bound of A. */
  private void start(double[] a) {
    if (warm && dual.rescale(blocks)) {
      widen(Math.max(2, d / 16));
      return;
    }
    adopt(relaxation.factor(), relaxation.rank(), a);
    dual.rescale(blocks);
    widen(d);
  }

  /** Takes V, with the directions {@code T = AV} that are best at A. */
  private void adopt(double[] v, int p, double[] a) {
    double[] t = new double[d * p];
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        for (int k = 0; k < p; k++) {
          t[i * p + k] += a[i * d + j] * v[j * p + k];
        }
      }
    }
    block.set(p, v, t);
  }

  /** Appends random columns, small beside the others, to V and T, up to d in all. */
  private void widen(int extra) {
    int p = block.rank();
    int wider = Math.min(d, p + extra);
    if (wider > p) {
      block.set(wider, widened(block.v(), p, wider), widened(block.t(), p, wider));
    }
  }

  private double[] widened(double[] source, int p, int wider) {
    double squaredNorm = 0;
    for (double entry : source) {
      squaredNorm += entry * entry;
    }
    double size = NOISE * Math.sqrt(squaredNorm / d);
    double[] target = new double[d * wider];
    for (int i = 0; i < d; i++) {
      System.arraycopy(source, i * p, target, i * wider, p);
      for (int k = p; k < wider; k++) {
        target[i * wider + k] = size * random.nextDouble(-1, 1);
      }
    }
    return target;
  }
}
