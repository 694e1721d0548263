package org.flowbound.verification;

import org.flowbound.field.Activation;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.network.Classifier;

/**
 * The states of one image in double precision, with the rounding errors of every step, and how the
 * margins depend on them.
 *
 * <p>The states are a path of their own: the exact step from a computed state ends within {@link
 * #defect} of the next computed one.
 */
final class CenterPath {
  private final int d;
  private final int stages;
  private final int steps;
  private final int classes;
  private final double h;
  private final RungeKutta method;
  private final Activation activation;
  private final double[] weight;
  private final double[] bias;
  private final double largestSlope;
  private final DoubleMatrix weightMatrix;

  private final double[][] states;
  private final double[][] preactivations;
  private final double[][] stageErrors;
  private final double[][] values;
  private final double[] defects;
  private final DoubleMatrix[] stageSensitivities;
  private final DoubleMatrix[] sensitivities;
  private final DoubleMatrix scaled;
  private final DoubleMatrix[] pulledBack;

  CenterPath(Classifier classifier) {
    Discretization discretization = classifier.architecture().discretization();
    this.d = classifier.architecture().width();
    this.classes = classifier.architecture().classes();
    this.method = discretization.method();
    this.stages = method.stages();
    this.steps = discretization.steps();
    this.h = discretization.stepSize();
    this.activation = classifier.architecture().activation();
    this.weight = classifier.odeWeight().toArray();
    this.bias = classifier.odeBias().toArray();
    this.weightMatrix = DoubleMatrix.of(classifier.odeWeight());
    this.largestSlope =
        Math.max(Math.abs(activation.slopes().lower()), Math.abs(activation.slopes().upper()));
    this.states = new double[steps + 1][d];
    this.preactivations = new double[steps * stages][d];
    this.stageErrors = new double[steps * stages][d];
    this.values = new double[stages][d];
    this.defects = new double[steps];
    this.stageSensitivities = matrices(steps * stages);
    this.sensitivities = matrices(steps + 1);
    this.scaled = DoubleMatrix.zeros(classes, d);
    this.pulledBack = matrices(stages);
  }

  private DoubleMatrix[] matrices(int n) {
    DoubleMatrix[] matrices = new DoubleMatrix[n];
    for (int k = 0; k < n; k++) {
      matrices[k] = DoubleMatrix.zeros(classes, d);
    }
    return matrices;
  }

  /** Integrates from the initial state. */
  void integrate(double[] initial) {
    System.arraycopy(initial, 0, states[0], 0, d);
    double[] y = new double[d];
    double[] error = new double[d];
    double[] valueErrors = new double[stages];
    double[] sizes = new double[stages];
    for (int n = 0; n < steps; n++) {
      for (int k = 0; k < stages; k++) {
        double errorOfY = combine(n, k, y, valueErrors, sizes);
        double[] z = preactivations[n * stages + k];
        affine(y, errorOfY, z, error);
        double sum = 0;
        double size = 0;
        for (int i = 0; i < d; i++) {
          stageErrors[n * stages + k][i] = error[i];
          values[k][i] = activation.value(z[i]);
          double off = largestSlope * error[i] + Activation.ROUNDING * (1 + Math.abs(z[i]));
          sum += off * off;
          size += values[k][i] * values[k][i];
        }
        valueErrors[k] = Rounding.inflate(Math.sqrt(sum));
        sizes[k] = Rounding.inflate(Math.sqrt(size));
      }
      defects[n] = combine(n, stages, states[n + 1], valueErrors, sizes);
    }
  }

  /**
   * Writes {@code u_n + h Σ_j a_kj K_j}, with {@code b} for {@code a_s}, and returns a bound of the
   * distance from what the exact values K_j would give.
   */
  private double combine(int n, int k, double[] target, double[] valueErrors, double[] sizes) {
    System.arraycopy(states[n], 0, target, 0, d);
    double sum = 0;
    for (double entry : target) {
      sum += entry * entry;
    }
    double rounding = Rounding.twice(2 * stages + 4);
    double error = k == 0 ? 0 : rounding * Math.sqrt(sum);
    for (int j = 0; j < k; j++) {
      double factor = h * (k == stages ? method.b(j) : method.a(k, j));
      for (int i = 0; i < d && factor != 0; i++) {
        target[i] += factor * values[j][i];
      }
      error += Math.abs(factor) * (valueErrors[j] + rounding * sizes[j]);
    }
    return Rounding.inflate(error);
  }

  /**
   * {@code z = Ay + b}, and how far off it is at most if y is off by {@code errorOfY} in length.
   */
  private void affine(double[] y, double errorOfY, double[] z, double[] error) {
    double rounding = Rounding.twice(d + 2);
    for (int i = 0; i < d; i++) {
      double sum = bias[i];
      double size = Math.abs(bias[i]);
      double squares = 0;
      for (int j = 0; j < d; j++) {
        double entry = weight[i * d + j];
        sum += entry * y[j];
        size += Math.abs(entry * y[j]);
        squares += entry * entry;
      }
      z[i] = sum;
      error[i] = Rounding.inflate(rounding * size + Math.sqrt(squares) * errorOfY + Rounding.TINY);
    }
  }

  /**
   * Pulls the classes' linear functions of the final state, one in each row, back through the
   * steps: the derivatives of the discrete flow along the path, up to rounding, of which no bound
   * depends.
   */
  void pullBack(DoubleMatrix functions) {
    sensitivities[steps].copyFrom(functions);
    double[] row = new double[d];
    for (int n = steps - 1; n >= 0; n--) {
      DoubleMatrix lambda = sensitivities[n + 1];
      sensitivities[n].copyFrom(lambda);
      for (int k = stages - 1; k >= 0; k--) {
        DoubleMatrix g = stageSensitivities[n * stages + k];
        g.copyFrom(lambda);
        g.scale(h * method.b(k));
        for (int j = k + 1; j < stages; j++) {
          if (method.a(j, k) != 0) {
            g.add(h * method.a(j, k), pulledBack[j]);
          }
        }
        double[] z = preactivations[n * stages + k];
        double[] slope = new double[d];
        for (int i = 0; i < d; i++) {
          slope[i] = activation.slope(z[i]);
        }
        for (int c = 0; c < classes; c++) {
          g.read(c * d, row, d);
          for (int i = 0; i < d; i++) {
            row[i] *= slope[i];
          }
          scaled.write(c * d, row, d);
        }
        Blas.gemm(1, scaled, Op.PLAIN, weightMatrix, Op.PLAIN, 0, pulledBack[k]);
        sensitivities[n].add(1, pulledBack[k]);
      }
    }
  }

  double[] state(int n) {
    return states[n];
  }

  /** {@code A y + b} of a stage, counted through all steps. */
  double[] preactivation(int stage) {
    return preactivations[stage];
  }

  /** How far each entry of it is off at most, with the exact step from the computed state. */
  double[] preactivationError(int stage) {
    return stageErrors[stage];
  }

  /** How far the n-th step's end is from the exact step's, at most, in the 2-norm. */
  double defect(int n) {
    return defects[n];
  }

  /** The functions as they depend on the n-th state, classes × d. */
  DoubleMatrix sensitivity(int n) {
    return sensitivities[n];
  }

  /** The functions as they depend on the value of a stage, counted through all steps. */
  DoubleMatrix stageSensitivity(int stage) {
    return stageSensitivities[stage];
  }
}
