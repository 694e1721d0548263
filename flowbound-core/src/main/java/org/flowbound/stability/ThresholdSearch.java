package org.flowbound.stability;

import java.time.Duration;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.ThresholdBracket.Status;

/**
 * Brackets the α at which {@code δ_α(A) = max_{D ∈ Ω_α} μ₂(DA)} falls to a level c.
 *
 * <p>{@code α ↦ δ_α} is the maximum of finitely many {@link VertexCurve}s and therefore convex. Two
 * things follow. Every vertex with {@code μ₂(DA) > c} moves the lower end to the root of its curve,
 * by Newton's method: these roots climb, and the highest is α*. And every upper bound of δ above c
 * still moves the upper end, to where its chord with an upper bound below c crosses the level. δ is
 * bounded at a point a quarter into the bracket, so that points which are easy to decide come
 * first.
 */
final class ThresholdSearch {
  private static final int MAX_EVALUATIONS = 400;
  private static final double TRIAL = 0.25;

  private final ContractivityThreshold problem;
  private final ThresholdOptions options;
  private final ThresholdListener listener;
  private final long start = System.nanoTime();

  /** A times a power of two, and the level times the same, so that tolerances have a meaning. */
  private final Matrix a;

  private final double level;

  private double alphaLower = 0;
  private double alphaUpper = 1;
  private double[] vertex = new double[0];
  private double right = 1;
  private double valueAtRight;
  private double slope = Double.NaN;
  private int evaluations;

  ThresholdSearch(
      ContractivityThreshold problem, ThresholdOptions options, ThresholdListener listener) {
    this.problem = problem;
    this.options = options;
    this.listener = listener;
    double largest = problem.matrix().maxAbs();
    double scale = largest == 0 ? 1 : Math.scalb(1.0, Math.max(-1000, Math.getExponent(largest)));
    this.a = problem.matrix().times(1 / scale);
    this.level = problem.level() / scale;
  }

  ThresholdBracket run() {
    if (isDiagonal()) {
      return ofDiagonal();
    }
    valueAtRight = LogarithmicNorm.of(a, Norm.TWO);
    if (valueAtRight > level) {
      return result(Status.NEVER, 1, 1);
    }
    if (isKeptAtZero()) {
      return result(Status.ALWAYS, 0, 0);
    }
    while (width() > options.tolerance() && !isTimeUp() && evaluations < MAX_EVALUATIONS) {
      double before = width();
      bound(alphaLower + Math.max(0.5 * options.tolerance(), TRIAL * before));
      if (width() > 0.99 * before) {
        break;
      }
    }
    return result(
        width() <= options.tolerance() ? Status.EXACT : Status.BOUNDED, alphaLower, alphaUpper);
  }

  private boolean isDiagonal() {
    for (int i = 0; i < a.rows(); i++) {
      for (int j = 0; j < a.rows(); j++) {
        if (i != j && a.get(i, j) != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** The closed form: {@code δ_α = max_i max(α a_ii, a_ii)}. */
  private ThresholdBracket ofDiagonal() {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < a.rows(); i++) {
      largest = Math.max(largest, problem.matrix().get(i, i));
    }
    if (largest > problem.level()) {
      return result(Status.NEVER, 1, 1);
    }
    if (problem.level() >= 0) {
      return result(Status.ALWAYS, 0, 0);
    }
    double threshold = problem.level() / largest;
    vertex = new VertexCurve(a, new double[a.rows()]).slopes(threshold);
    return result(Status.EXACT, Math.nextDown(threshold), Math.min(1, Math.nextUp(threshold)));
  }

  /** Whether {@code δ₀ ≤ c}; as {@code 0 ∈ Ω₀}, δ₀ is at least 0, and for other A above it. */
  private boolean isKeptAtZero() {
    bound(0);
    return alphaUpper == 0;
  }

  /** Bounds δ at α and draws the conclusions for both ends. */
  private void bound(double alpha) {
    Expansivity expansivity = Expansivity.of(a, SlopeBox.of(alpha));
    BoundOptions root =
        BoundOptions.defaults()
            .withThreads(options.threads())
            .withSeed(options.seed())
            .withTolerance(1e-13)
            .withTimeLimit(Duration.ofNanos(Math.max(0, remaining())));
    ExpansivityBound bound = expansivity.bound(root.withNodeLimit(1));
    evaluations++;
    double tolerance = resolution(alpha, bound.lower());
    for (int k = 0; k < 3 && isUndecided(bound) && !isTimeUp(); k++) {
      bound =
          expansivity.bound(
              root.withTolerance(
                      Math.min(0.5, Math.max(1e-13, tolerance / Math.max(1, Math.abs(level)))))
                  .withTimeLimit(Duration.ofNanos(Math.max(0, remaining()))));
      evaluations++;
      tolerance *= 0.1;
    }
    if (bound.lower() > level) {
      raiseLower(alpha, bound.vertex());
    }
    lowerUpper(alpha, bound.upper());
    listener.progress(alphaLower, alphaUpper, evaluations);
  }

  private boolean isUndecided(ExpansivityBound bound) {
    return bound.lower() <= level && bound.upper() > level;
  }

  /** How closely δ must be known at α to tell it from the level. */
  private double resolution(double alpha, double lower) {
    double drop = slope * (alpha - alphaLower);
    double distance = level - lower;
    return 0.5 * (drop > 0 ? Math.min(drop, Math.max(distance, 1e-3 * drop)) : distance);
  }

  private void raiseLower(double alpha, double[] slopes) {
    VertexCurve curve = new VertexCurve(a, slopes);
    if (!(curve.value(alpha) > level)) {
      return;
    }
    double root = curve.lastAbove(level, alpha, 1e-3 * options.tolerance());
    curve.value(root);
    slope = -curve.derivative();
    alphaLower = Math.min(root, alphaUpper);
    vertex = curve.slopes(alphaLower);
  }

  private void lowerUpper(double alpha, double upper) {
    if (upper <= level) {
      right = alpha;
      valueAtRight = upper;
      alphaUpper = Math.min(alphaUpper, alpha);
    } else if (valueAtRight < level && alpha < right) {
      double crossing =
          alpha + (upper - level) / (upper - valueAtRight) * (right - alpha) + 4 * Math.ulp(1.0);
      alphaUpper = Math.max(alphaLower, Math.min(alphaUpper, crossing));
    }
  }

  private ThresholdBracket result(Status status, double lower, double upper) {
    return new ThresholdBracket(
        problem.level(),
        status,
        lower,
        upper,
        evaluations,
        1e-9 * (System.nanoTime() - start),
        vertex);
  }

  private double width() {
    return alphaUpper - alphaLower;
  }

  private long remaining() {
    return options.timeLimit().toNanos() - (System.nanoTime() - start);
  }

  private boolean isTimeUp() {
    return remaining() <= 0;
  }
}
