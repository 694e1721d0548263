package org.flowbound.training;

import org.flowbound.network.Parameters;

/** No constraint. */
final class FreeFlow implements FlowConstraint {
  @Override
  public void endEpoch(Parameters parameters) {}

  @Override
  public double deltaUpper() {
    return Double.POSITIVE_INFINITY;
  }

  @Override
  public int projections() {
    return 0;
  }

  @Override
  public double projectedDistance() {
    return 0;
  }

  @Override
  public double[] memory() {
    return new double[0];
  }
}
