package org.flowbound.certification;

import org.flowbound.field.Activation;
import org.flowbound.field.SlopeBox;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Matrix;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.flowbound.rigor.RoundedUp;

/**
 * How far the logits of an image, evaluated in double precision, are from those of the network in
 * real arithmetic: a bound for all images with pixels in [0, 1], from the norms of the weights.
 *
 * <p>A product with k terms in each sum is off by at most {@code γ_k} times the product of the
 * Frobenius norms, in whatever order the sums are taken, an activation by {@link
 * Activation#ROUNDING}: together they are the defect of a step from the computed state. What has
 * come before grows by at most the Lipschitz bound L of a step, and so do the states, {@code
 * ‖Φ(u)‖ ≤ ‖Φ(0)‖ + L‖u‖}.
 */
final class EvaluationError {
  /** More than the rounding of the sums of non-negative terms here. */
  private static final double INFLATION = 1 + 1e-10;

  private EvaluationError() {}

  /**
   * The bound for one logit; infinite or NaN where the weights are so large that nothing is known.
   *
   * @param lipschitz a bound of the Lipschitz constant of all steps together, made of equal ones
   */
  static double ofLogits(Classifier classifier, double lipschitz) {
    Discretization discretization = classifier.architecture().discretization();
    RungeKutta method = discretization.method();
    Activation activation = classifier.architecture().activation();
    SlopeBox slopes = activation.slopes();
    double steepest = Math.max(Math.abs(slopes.lower()), Math.abs(slopes.upper()));
    Normalization normalization = classifier.architecture().normalization();
    int d = classifier.architecture().width();
    int pixels = classifier.architecture().pixels();
    int stages = method.stages();
    double h = discretization.stepSize();
    double a = classifier.odeWeight().frobeniusNorm() * INFLATION;
    double b = classifier.odeBias().frobeniusNorm() * INFLATION;
    double atZero = Math.sqrt(d) * Math.abs(activation.value(0)) + Activation.ROUNDING;
    double input =
        Math.sqrt(pixels) * (1 + Math.abs(normalization.mean())) / normalization.deviation();
    double size =
        (classifier.inputWeight().frobeniusNorm() * input + classifier.inputBias().frobeniusNorm())
            * INFLATION;
    double error = RoundedUp.gamma(pixels + 16) * size;
    double sum = RoundedUp.gamma(2 * stages + 6);
    int steps = discretization.steps();
    double growth = Math.pow(lipschitz, 1.0 / steps) * INFLATION;
    double[] valueSize = new double[stages];
    double[] valueError = new double[stages];
    double fromZero = 0;
    for (int n = -1; n < steps; n++) {
      double start = n < 0 ? 0 : size;
      for (int k = 0; k < stages; k++) {
        double y = start;
        double yError = 0;
        for (int j = 0; j < k; j++) {
          y += h * Math.abs(method.a(k, j)) * valueSize[j];
          yError += h * Math.abs(method.a(k, j)) * valueError[j];
        }
        y += yError;
        yError += k == 0 ? 0 : sum * y;
        double z = (a * y + b) * INFLATION;
        double zError = a * yError + RoundedUp.gamma(d + 2) * z;
        valueSize[k] = (atZero + steepest * (z + zError)) * INFLATION;
        valueError[k] =
            (steepest * zError + Activation.ROUNDING * (Math.sqrt(d) + z + zError)) * INFLATION;
      }
      double change = 0;
      double defect = 0;
      for (int k = 0; k < stages; k++) {
        change += h * Math.abs(method.b(k)) * valueSize[k];
        defect += h * Math.abs(method.b(k)) * valueError[k];
      }
      if (n < 0) {
        fromZero = change * INFLATION;
        continue;
      }
      defect += sum * (size + change);
      error = (growth * error + defect) * INFLATION;
      size = (fromZero + growth * size + defect) * INFLATION;
    }
    Matrix c = classifier.outputWeight();
    double output = c.frobeniusNorm() * INFLATION;
    return (output * error
                + RoundedUp.gamma(d + 4)
                    * (output * (size + error) + classifier.outputBias().frobeniusNorm()))
            * INFLATION
        + Double.MIN_NORMAL;
  }
}
