package org.flowbound.certification;

import java.util.List;

/**
 * The share of samples whose prediction is proved correct within ℓ₂ balls of given radii.
 *
 * @param networkLipschitz an upper bound for the Lipschitz constant of the discrete flow map, which
 *     is what classifies
 * @param flowLipschitz the bound e^{δT} for the exact flow
 * @param results one point per radius, in the order asked for
 */
public record CertifiedAccuracy(
    double networkLipschitz, double flowLipschitz, List<Point> results) {
  public CertifiedAccuracy {
    results = List.copyOf(results);
  }

  /**
   * @param eps the radius in the ℓ₂ norm, in pixel units
   * @param certifiedAccuracy the share of samples classified correctly with a certified radius of
   *     at least eps, in [0, 1]
   */
  public record Point(double eps, double certifiedAccuracy) {}
}
