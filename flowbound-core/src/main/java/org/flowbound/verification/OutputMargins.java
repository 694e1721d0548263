package org.flowbound.verification;

import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.FloatMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.network.Classifier;

/** The differences {@code logit_label − logit_j} as affine functions of the final state. */
final class OutputMargins {
  private final int label;
  private final int classes;
  private final int d;
  private final Matrix weight;
  private final double[] bias;
  private final FloatMatrix weight32;

  OutputMargins(Classifier classifier, int label) {
    this.label = label;
    this.classes = classifier.architecture().classes();
    this.d = classifier.architecture().width();
    Matrix c = classifier.outputWeight();
    this.weight = Matrix.generate(classes, d, (j, k) -> c.get(label, k) - c.get(j, k));
    this.weight32 = FloatMatrix.of(weight);
    this.bias = new double[classes];
    for (int j = 0; j < classes; j++) {
      bias[j] = classifier.outputBias().get(0, label) - classifier.outputBias().get(0, j);
    }
  }

  /**
   * The least values over a zonotope, or less, rounding included as {@link Reachability} says; +∞
   * for the label itself.
   *
   * @param projected overwritten with the generators' images
   */
  double[] lowerBounds(
      double[] center,
      Generators generators,
      SymbolLayout layout,
      int count,
      Generators projected) {
    Blas.gemm(
        1, generators.rows(count), Op.PLAIN, weight32, Op.TRANSPOSED, 0, projected.rows(count));
    projected.measure(layout, count);
    generators.measure(layout, count);
    double[] bounds = new double[classes];
    for (int j = 0; j < classes; j++) {
      double value = bias[j];
      double error = Rounding.twice(d + 4) * Math.abs(bias[j]);
      for (int k = 0; k < d; k++) {
        double entry = weight.get(j, k);
        value += entry * center[k];
        error +=
            Math.abs(entry)
                * (Rounding.twice(d + 4) * Math.abs(center[k])
                    + Rounding.single(d + 4) * generators.size[k]);
      }
      bounds[j] =
          j == label
              ? Double.POSITIVE_INFINITY
              : Math.nextDown(value - Rounding.inflate(projected.down[j] + error + Rounding.TINY));
    }
    return bounds;
  }

  /** The differences at a state, up to rounding; +∞ for the label itself. */
  double[] values(double[] state) {
    double[] values = new double[classes];
    for (int j = 0; j < classes; j++) {
      values[j] = j == label ? Double.POSITIVE_INFINITY : value(j, state);
    }
    return values;
  }

  private double value(int j, double[] state) {
    double value = bias[j];
    for (int k = 0; k < d; k++) {
      value += weight.get(j, k) * state[k];
    }
    return value;
  }

  /**
   * Writes the differences' coefficients, each divided by its margin; zeros for the label itself.
   */
  void writeScaled(double[] margins, DoubleMatrix target) {
    target.setFrom(
        Matrix.generate(classes, d, (j, k) -> j == label ? 0 : weight.get(j, k) / margins[j]));
  }

  /**
   * The least values over the ellipsoid {@code {center + Lξ : ‖ξ‖₂ ≤ 1}}, or less; +∞ for the label
   * itself.
   */
  double[] lowerBounds(double[] center, DoubleMatrix factor) {
    double rounding = Rounding.twice(d + 4);
    double factorNorm = Rounding.inflate(Math.sqrt(factor.dot(factor)));
    DoubleMatrix images = DoubleMatrix.zeros(classes, d);
    Blas.gemm(1, DoubleMatrix.of(weight), Op.PLAIN, factor, Op.PLAIN, 0, images);
    double[] row = new double[d];
    double[] bounds = new double[classes];
    for (int j = 0; j < classes; j++) {
      images.read(j * d, row, d);
      double squares = 0;
      double coefficients = 0;
      double size = Math.abs(bias[j]);
      for (int k = 0; k < d; k++) {
        squares += row[k] * row[k];
        coefficients += weight.get(j, k) * weight.get(j, k);
        size += Math.abs(weight.get(j, k) * center[k]);
      }
      double reach = Math.sqrt(squares) + rounding * (Math.sqrt(coefficients) * factorNorm + size);
      bounds[j] =
          j == label
              ? Double.POSITIVE_INFINITY
              : Math.nextDown(value(j, center) - Rounding.inflate(reach + Rounding.TINY));
    }
    return bounds;
  }
}
