package org.flowbound.nearness;

import java.util.List;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.Interval;

/**
 * Problem P3: the smallest {@code ‖Δ‖_F} with {@code δ(A + Δ) ≤ δ̄}, so that the flow of {@code u'
 * = σ((A + Δ)u + b)} expands distances over [0, T] by at most {@code e^{δ̄T}} ([3] arXiv
 * 2501.10740).
 *
 * @param matrix the weights A, d × d
 * @param slopes the interval of the activation's slopes
 * @param target δ̄
 * @param structure what Δ may look like, and its norm where that is not the Frobenius norm
 */
public record NearestStableMatrix(
    Matrix matrix, SlopeBox slopes, double target, Structure structure) {
  /** The part of the time limit for the interval of δ, before and after. */
  private static final int BOUND_SHARE = 10;

  /**
   * @throws IllegalArgumentException if the matrix is empty, not square or not finite, or no
   *     weights satisfy the target: it is not finite, or negative where a slope can be 0, or a
   *     diagonal entry that the structure keeps exceeds it
   */
  public NearestStableMatrix {
    Expansivity.of(matrix, slopes);
    requireFeasible(slopes, target);
    structure.requireReachable(matrix, slopes, target);
  }

  /** The problem for any Δ. */
  public NearestStableMatrix(Matrix matrix, SlopeBox slopes, double target) {
    this(matrix, slopes, target, Structure.full(matrix.rows()));
  }

  /** The problem with the target 0: a contractive flow. */
  public static NearestStableMatrix of(Matrix matrix, SlopeBox slopes) {
    return new NearestStableMatrix(matrix, slopes, 0);
  }

  public NearestStableMatrix withTarget(double value) {
    return new NearestStableMatrix(matrix, slopes, value, structure);
  }

  public NearestStableMatrix withStructure(Structure value) {
    return new NearestStableMatrix(matrix, slopes, target, value);
  }

  static void requireFeasible(SlopeBox slopes, double target) {
    if (!Double.isFinite(target)) {
      throw new IllegalArgumentException(
          "The target (%s) of the expansivity must be finite.".formatted(target));
    }
    if (target < 0 && !Retreat.canShift(slopes)) {
      throw new IllegalArgumentException(
          "The target (%s) must be at least 0 with slopes in [%s, %s]: with a slope of 0 no weights are contractive."
              .formatted(target, slopes.lower(), slopes.upper()));
    }
  }

  /** The nearest stable weights with default options. */
  public Perturbation solve() {
    return solve(NearnessOptions.defaults());
  }

  public Perturbation solve(NearnessOptions options) {
    return solve(options, NearnessListener.SILENT);
  }

  /**
   * @throws IllegalArgumentException if the method does not support the structure; if no shift
   *     reaches the target and {@link NearnessMethod#SHIFT} is asked for; if no Δ of the structure
   *     that reaches the target was found, see {@link Structure} for when this says that there is
   *     none
   */
  public Perturbation solve(NearnessOptions options, NearnessListener listener) {
    if (!options.method().supports(structure)) {
      throw new IllegalArgumentException(
          "The method %s does not support the structure %s; projection and certified do."
              .formatted(options.method(), structure.name()));
    }
    long start = System.nanoTime();
    BoundOptions bounds =
        BoundOptions.defaults()
            .withTimeLimit(options.timeLimit().dividedBy(BOUND_SHARE))
            .withThreads(options.threads())
            .withSeed(options.seed());
    Interval before = Expansivity.of(matrix, slopes).bound(bounds).interval();
    if (before.upper() <= target) {
      Matrix zero = Matrix.zeros(matrix.rows(), matrix.columns());
      return new Perturbation(
          options.method(),
          target,
          before,
          before,
          zero,
          0,
          0,
          Perturbation.Status.UNCHANGED,
          0,
          1e-9 * (System.nanoTime() - start),
          List.of());
    }
    double scale = scale();
    Matrix a = matrix.times(1 / scale);
    NearbyPoint found = find(a, target / scale, options, new ScaledListener(listener, scale));
    if (found.upper() == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(unreached(scale * found.lowerBound()));
    }
    Matrix delta = Matrix.of(a.rows(), a.columns(), found.point()).minus(a).times(scale);
    if (structure.isSymmetric()) {
      delta = delta.plus(delta.transpose()).times(0.5);
    }
    Interval after = after(matrix.plus(delta), scale * found.upper(), bounds);
    double norm = structure.norm(delta);
    double lowerBound = Math.min(norm, scale * found.lowerBound());
    return new Perturbation(
        options.method(),
        target,
        before,
        after,
        delta,
        norm,
        lowerBound,
        norm - lowerBound <= options.tolerance() * norm
            ? Perturbation.Status.OPTIMAL
            : Perturbation.Status.BOUNDED,
        found.rounds(),
        1e-9 * (System.nanoTime() - start),
        found.history().stream().map(iterate -> iterate.times(scale)).toList());
  }

  /** The interval of δ(B), which is searched for only where {@code upper} is not its end. */
  private Interval after(Matrix b, double upper, BoundOptions bounds) {
    Expansivity problem = Expansivity.of(b, slopes);
    Interval root = problem.bound(bounds.withNodeLimit(1)).interval();
    boolean isTight = upper - root.lower() <= bounds.tolerance() * Math.max(1, Math.abs(upper));
    Interval interval = isTight ? root : problem.bound(bounds).interval();
    double least = Math.min(interval.upper(), upper);
    return new Interval(Math.min(interval.lower(), least), least);
  }

  private String unreached(double lowerBound) {
    return lowerBound == Double.POSITIVE_INFINITY
        ? "The target (%s) is out of reach: no change of the structure %s satisfies it."
            .formatted(target, structure.name())
        : "No change of the structure %s that reaches the target (%s) was found; every one has a norm of at least %.3g."
            .formatted(structure.name(), target, lowerBound);
  }

  private NearbyPoint find(
      Matrix a, double scaledTarget, NearnessOptions options, NearnessListener listener) {
    if (scaledTarget == 0 && !Retreat.canShift(slopes)) {
      return NearbyPoint.diagonal(a, slopes).within(structure, a);
    }
    if (options.method() == NearnessMethod.SHIFT) {
      return new Shift(a, slopes, scaledTarget, options).run();
    }
    VertexProjection projection =
        new VertexProjection(a, slopes, scaledTarget, structure, options, listener);
    return switch (options.method()) {
      case PROJECTION -> projection.run();
      case TWO_LEVEL -> projection.twoLevelPoint();
      case CERTIFIED -> projection.certifiedPoint();
      case SHIFT -> throw new AssertionError();
    };
  }

  /** A power of two that A and the target are of the order of. */
  private double scale() {
    double largest = Math.max(matrix.maxAbs(), Math.abs(target));
    return largest == 0 ? 1 : Math.scalb(1.0, Math.max(-1000, Math.getExponent(largest)));
  }

  private record ScaledListener(NearnessListener listener, double scale)
      implements NearnessListener {
    @Override
    public void progress(double lower, double upper, int rounds) {
      listener.progress(scale * lower, scale * upper, rounds);
    }
  }
}
