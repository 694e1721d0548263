package org.flowbound.training;

import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.Precision;
import org.flowbound.nearness.StableProjector;
import org.flowbound.network.Parameters;

/** {@link Stability#PROJECT}: A is moved to a nearby certified matrix. */
final class FlowProjection implements FlowConstraint {
  private final StableProjector projector;
  private double[] memory;
  private int projections;
  private double distance;

  /**
   * @param target the bound on δ
   * @param memory of the projections before, empty if there were none
   * @throws IllegalArgumentException if no weights satisfy the target
   */
  FlowProjection(int d, SlopeBox slopes, double target, double[] memory) {
    this.projector = new StableProjector(d, slopes, target, Precision.FLOAT32);
    this.memory = memory.clone();
    if (memory.length > 0) {
      projector.startFrom(memory);
    }
  }

  @Override
  public void enforce(Parameters parameters) {
    Matrix weights = parameters.odeWeight().toMatrix();
    Matrix projected = projector.project(weights);
    if (!projected.equals(weights)) {
      parameters.odeWeight().setFrom(projected);
      projections++;
      distance += projector.distance();
    }
    memory = projector.multipliers();
  }

  @Override
  public void endEpoch(Parameters parameters) {}

  @Override
  public double deltaUpper() {
    return projector.upper();
  }

  @Override
  public int projections() {
    return projections;
  }

  @Override
  public double projectedDistance() {
    return distance;
  }

  /** The multipliers that certify the last result. */
  @Override
  public double[] memory() {
    return memory.clone();
  }
}
