package org.flowbound.nearness;

import java.util.function.DoubleUnaryOperator;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.Interval;

/**
 * Nearby stable weights for a file that stores fewer digits than {@code double}: those found are
 * rounded first and certified then, and sought for a slightly lower target where rounding leads out
 * of the stable set.
 */
public final class StoredWeights {
  private static final int ATTEMPTS = 6;

  private StoredWeights() {}

  /**
   * Solves the problem among weights whose entries {@code rounding} leaves unchanged.
   *
   * @param rounding how the file rounds an entry
   * @throws IllegalArgumentException if the target is out of reach in so few digits
   */
  public static Perturbation solve(
      NearestStableMatrix problem,
      NearnessOptions options,
      DoubleUnaryOperator rounding,
      NearnessListener listener) {
    double margin = 0;
    double lowerBound = 0;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Perturbation found = problem.withTarget(problem.target() - margin).solve(options, listener);
      if (attempt == 0) {
        lowerBound = found.normLowerBound();
      }
      Matrix stable = found.apply(problem.matrix());
      Matrix rounded =
          Matrix.generate(
              stable.rows(), stable.columns(), (i, j) -> rounding.applyAsDouble(stable.get(i, j)));
      if (rounded.equals(stable) && found.deltaAfter().upper() <= problem.target()) {
        return withTarget(found, problem.target());
      }
      Interval after = bound(problem, rounded, options);
      if (after.upper() <= problem.target()) {
        Matrix delta = rounded.minus(problem.matrix());
        double norm = problem.structure().norm(delta);
        double lower = Math.min(norm, lowerBound);
        return new Perturbation(
            found.method(),
            problem.target(),
            found.deltaBefore(),
            after,
            delta,
            norm,
            lower,
            norm - lower <= options.tolerance() * norm
                ? Perturbation.Status.OPTIMAL
                : Perturbation.Status.BOUNDED,
            found.rounds(),
            found.seconds(),
            found.history());
      }
      margin += 2 * (after.upper() - problem.target());
    }
    throw new IllegalArgumentException(
        "The target (%s) is out of reach with as few digits as the file stores."
            .formatted(problem.target()));
  }

  private static Interval bound(
      NearestStableMatrix problem, Matrix weights, NearnessOptions options) {
    return Expansivity.of(weights, problem.slopes())
        .bound(
            BoundOptions.defaults()
                .withTimeLimit(options.timeLimit().dividedBy(10))
                .withThreads(options.threads())
                .withSeed(options.seed()))
        .interval();
  }

  private static Perturbation withTarget(Perturbation found, double target) {
    return new Perturbation(
        found.method(),
        target,
        found.deltaBefore(),
        found.deltaAfter(),
        found.matrix(),
        found.norm(),
        found.normLowerBound(),
        found.status(),
        found.rounds(),
        found.seconds(),
        found.history());
  }
}
