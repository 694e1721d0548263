package org.flowbound.training;

import java.util.Arrays;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.Precision;
import org.flowbound.nearness.StableParametrization;
import org.flowbound.nearness.StableProjector;
import org.flowbound.network.Parameters;

/**
 * {@link Stability#PARAMETRIZED}: the optimiser moves the variables of a {@link
 * StableParametrization}, W in A's place and θ after the parameters.
 */
final class FlowParametrization implements FlowConstraint {
  private final int d;
  private final StableParametrization parametrization;
  private final StableProjector projector;
  private final double[] variables;
  private final double[] weights;
  private final double[] weightGradient;
  private final double[] gradient;
  private boolean started;
  private int projections;
  private double distance;

  /**
   * @param target the bound on δ
   * @param inner the bound of the parametrised weights, lower than the target so that they are
   *     below it when their entries are rounded to single precision, too
   * @param memory the variables at the end of the epoch before, empty if there was none
   */
  FlowParametrization(int d, SlopeBox slopes, double target, double inner, double[] memory) {
    this.d = d;
    this.parametrization = new StableParametrization(d, slopes, inner);
    this.projector = new StableProjector(d, slopes, target, Precision.FLOAT32);
    this.variables = new double[parametrization.size()];
    this.weights = new double[d * d];
    this.weightGradient = new double[d * d];
    this.gradient = new double[variables.length];
    if (memory.length > 0) {
      System.arraycopy(memory, 0, variables, 0, variables.length);
      parametrization.map(variables, weights);
      started = true;
    }
  }

  @Override
  public int further() {
    return variables.length - d * d;
  }

  @Override
  public void beforeStep(Variables current, Variables[] gradients) {
    if (!started) {
      start(current.parameters().odeWeight().toMatrix());
    }
    Arrays.fill(weightGradient, 0);
    for (Variables part : gradients) {
      part.readFlow(gradient);
      for (int k = 0; k < d * d; k++) {
        weightGradient[k] += gradient[k];
      }
    }
    parametrization.pullBack(variables, weightGradient, gradient);
    gradients[0].writeFlow(gradient);
    Arrays.fill(gradient, 0);
    for (int k = 1; k < gradients.length; k++) {
      gradients[k].writeFlow(gradient);
    }
    current.writeFlow(variables);
  }

  /** From the stable weights nearest to the given ones; rounded as the optimiser rounds. */
  private void start(Matrix a) {
    Matrix stable = projector.project(a);
    double[] near = parametrization.variables(stable, projector.multipliers());
    for (int k = 0; k < near.length; k++) {
      variables[k] = (float) near[k];
    }
    parametrization.map(variables, weights);
    started = true;
  }

  @Override
  public void afterStep(Variables current) {
    current.readFlow(variables);
    parametrization.map(variables, weights);
    current.parameters().odeWeight().write(0, weights, d * d);
  }

  @Override
  public void endEpoch(Parameters parameters) {
    Matrix rounded = parameters.odeWeight().toMatrix();
    if (parametrization.multipliers().length > 0) {
      projector.startFrom(parametrization.multipliers());
    }
    Matrix certified = projector.project(rounded);
    if (!certified.equals(rounded)) {
      parameters.odeWeight().setFrom(certified);
      projections++;
      distance += projector.distance();
    }
  }

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

  @Override
  public double[] memory() {
    return started ? variables.clone() : new double[0];
  }
}
