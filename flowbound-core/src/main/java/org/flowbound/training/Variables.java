package org.flowbound.training;

import org.flowbound.linalg.FloatMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.network.Architecture;
import org.flowbound.network.Parameters;

/**
 * What an optimiser moves, or the gradient with respect to it, as one vector: a network's
 * parameters, and after them any further numbers that a {@link FlowConstraint} has.
 */
final class Variables {
  private final FloatMatrix vector;
  private final Parameters parameters;
  private final int further;

  /**
   * @param further how many variables there are beside the parameters
   */
  Variables(Architecture architecture, int further) {
    int size = Parameters.size(architecture);
    this.vector = FloatMatrix.zeros(1, Math.addExact(size, further));
    this.parameters = Parameters.in(vector.view(0, 1, size), architecture);
    this.further = further;
  }

  /** All of them, which share memory with the parameters. */
  FloatMatrix vector() {
    return vector;
  }

  Parameters parameters() {
    return parameters;
  }

  /** Copies the entries in A's place, row by row, and those after the parameters. */
  void readFlow(double[] target) {
    int square = parameters.odeWeight().size();
    parameters.odeWeight().read(0, target, square);
    for (int k = 0; k < further; k++) {
      target[square + k] = vector.get(0, parameters.vector().size() + k);
    }
  }

  /** Overwrites what {@link #readFlow} reads. */
  void writeFlow(double[] source) {
    int square = parameters.odeWeight().size();
    parameters.odeWeight().write(0, source, square);
    for (int k = 0; k < further; k++) {
      vector.set(0, parameters.vector().size() + k, source[square + k]);
    }
  }

  /** Adds the entries of {@code matrix} to those in A's place. */
  void addToFlow(Matrix matrix) {
    FloatMatrix rounded = FloatMatrix.of(matrix);
    parameters.odeWeight().add(1, rounded);
  }
}
