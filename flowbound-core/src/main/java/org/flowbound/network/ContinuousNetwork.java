package org.flowbound.network;

import java.util.List;
import org.flowbound.linalg.Matrix;
import org.flowbound.solver.Layer;
import org.flowbound.solver.LayeredField;
import org.flowbound.solver.Method;
import org.flowbound.solver.Solver;
import org.flowbound.solver.StepControl;

/**
 * A classifier whose ODE is solved to a tolerance, in double precision with steps of their own for
 * every image, where {@link BatchNetwork} takes the steps that belong to it. Not safe for
 * concurrent use.
 */
public final class ContinuousNetwork {
  private static final Solver SOLVER =
      new Solver(Method.DORMAND_PRINCE, StepControl.adaptive(1e-6, 1e-8));

  private final Classifier classifier;
  private final LayeredField field;

  public ContinuousNetwork(Classifier classifier) {
    this.classifier = classifier;
    this.field =
        new LayeredField(
            List.of(
                new Layer(
                    classifier.odeWeight(),
                    classifier.odeBias(),
                    classifier.architecture().activation())));
  }

  /**
   * The logits of one image.
   *
   * @param pixels holds the image's pixels, in [0, 1], from {@code offset} on
   * @throws org.flowbound.solver.IntegrationException if the integration cannot go on
   */
  public double[] logits(float[] pixels, int offset) {
    Normalization normalization = classifier.architecture().normalization();
    double[] input = new double[classifier.architecture().pixels()];
    for (int k = 0; k < input.length; k++) {
      input[k] = (pixels[offset + k] - normalization.mean()) / normalization.deviation();
    }
    double[] start = affine(classifier.inputWeight(), input, classifier.inputBias());
    double horizon = classifier.architecture().discretization().horizon();
    double[] end = SOLVER.solve(field, start, 0, horizon).last();
    return affine(classifier.outputWeight(), end, classifier.outputBias());
  }

  private static double[] affine(Matrix weight, double[] x, Matrix bias) {
    double[] result = new double[weight.rows()];
    for (int i = 0; i < result.length; i++) {
      result[i] = bias.get(0, i);
      for (int j = 0; j < x.length; j++) {
        result[i] += weight.get(i, j) * x[j];
      }
    }
    return result;
  }
}
