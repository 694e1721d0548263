package org.flowbound.training;

import org.flowbound.network.Architecture;
import org.flowbound.network.Parameters;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the spectral norms of both linear layers at most κ, in one of the ways of {@link
 * LinearLayers}; in pixel units for the first.
 */
final class LinearLayerConstraint {
  private final @Nullable Double linearNorm;
  private final boolean orthogonal;
  private final double deviation;
  private final SpectralNormBall inputBall;
  private final SpectralNormBall outputBall;
  private final BjorckOrthogonalization input;
  private final BjorckOrthogonalization output;

  LinearLayerConstraint(Architecture architecture, StabilityOptions options) {
    this.linearNorm = options.linearNorm();
    this.orthogonal = options.linearLayers() == LinearLayers.ORTHOGONAL;
    this.deviation = architecture.normalization().deviation();
    int d = architecture.width();
    this.inputBall = new SpectralNormBall(d, architecture.pixels());
    this.outputBall = new SpectralNormBall(architecture.classes(), d);
    this.input = new BjorckOrthogonalization(d, architecture.pixels());
    this.output = new BjorckOrthogonalization(architecture.classes(), d);
  }

  /** Called after every step. */
  void afterStep(Parameters parameters) {
    Double kappa = linearNorm;
    if (kappa != null && orthogonal) {
      input.orthogonalize(parameters.inputWeight(), kappa * deviation);
      output.orthogonalize(parameters.outputWeight(), kappa);
    }
  }

  /** Called before the first step, after every few steps, and at the end of every epoch. */
  void enforce(Parameters parameters) {
    Double kappa = linearNorm;
    if (kappa != null && orthogonal) {
      inputBall.makeOrthogonal(parameters.inputWeight(), kappa * deviation);
      outputBall.makeOrthogonal(parameters.outputWeight(), kappa);
    } else if (kappa != null) {
      inputBall.project(parameters.inputWeight(), kappa * deviation);
      outputBall.project(parameters.outputWeight(), kappa);
    }
  }
}
