package org.flowbound.training;

import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.Precision;
import org.flowbound.nearness.StableProjector;
import org.flowbound.network.Architecture;
import org.flowbound.network.Parameters;
import org.jspecify.annotations.Nullable;

/**
 * The constraints of a training, kept by projection: the certified δ(A) at most the target, and the
 * spectral norms of the linear layers at most κ.
 */
final class StabilityProjection {
  /** So that a bound that is computed anew, to its own tolerance, is below the target too. */
  private static final double MARGIN = 1e-6;

  private final @Nullable StableProjector projector;
  private final @Nullable Double linearNorm;
  private final double deviation;
  private final SpectralNormBall inputBall;
  private final SpectralNormBall outputBall;
  private double[] memory;

  /**
   * @param memory of the projections before, empty if there were none
   */
  StabilityProjection(Architecture architecture, TrainingOptions options, double[] memory) {
    this.memory = memory.clone();
    Double target = options.stability().target();
    this.projector =
        target == null
            ? null
            : new StableProjector(
                architecture.width(),
                architecture.activation().slopes(),
                target - MARGIN * Math.max(1, Math.abs(target)),
                Precision.FLOAT32);
    if (projector != null && memory.length > 0) {
      projector.startFrom(memory);
    }
    this.linearNorm = options.stability().linearNorm();
    this.deviation = architecture.normalization().deviation();
    this.inputBall = new SpectralNormBall(architecture.width(), architecture.pixels());
    this.outputBall = new SpectralNormBall(architecture.classes(), architecture.width());
  }

  /**
   * What the next projections start from, for {@link #StabilityProjection(Architecture,
   * TrainingOptions, double[])}; empty before the first one, and without a target.
   */
  double[] memory() {
    return memory.clone();
  }

  /** The certified upper bound of δ(A) after the last projection; infinite without a target. */
  double deltaUpper() {
    return projector == null ? Double.POSITIVE_INFINITY : projector.upper();
  }

  /** Projects the parameters in place. */
  void project(Parameters parameters) {
    Double kappa = linearNorm;
    if (kappa != null) {
      inputBall.project(parameters.inputWeight(), kappa * deviation);
      outputBall.project(parameters.outputWeight(), kappa);
    }
    if (projector != null) {
      Matrix weights = parameters.odeWeight().toMatrix();
      Matrix projected = projector.project(weights);
      if (!projected.equals(weights)) {
        parameters.odeWeight().setFrom(projected);
      }
      memory = projector.multipliers();
    }
  }
}
