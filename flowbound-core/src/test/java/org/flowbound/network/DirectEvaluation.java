package org.flowbound.network;

import org.flowbound.field.Activation;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Matrix;

/** The network by its definition, one image at a time, explicit Euler only: a second opinion. */
public final class DirectEvaluation {
  private DirectEvaluation() {}

  public static double[] logits(Classifier classifier, float[] images, int image) {
    Architecture architecture = classifier.architecture();
    if (architecture.discretization().method() != RungeKutta.EULER) {
      throw new IllegalArgumentException("explicit Euler only");
    }
    int p = architecture.pixels();
    double[] x = new double[p];
    for (int k = 0; k < p; k++) {
      x[k] =
          (images[image * p + k] - architecture.normalization().mean())
              / architecture.normalization().deviation();
    }
    double[] u = affine(classifier.inputWeight(), classifier.inputBias(), x);
    Activation activation = architecture.activation();
    double h = architecture.discretization().stepSize();
    for (int n = 0; n < architecture.discretization().steps(); n++) {
      double[] z = affine(classifier.odeWeight(), classifier.odeBias(), u);
      for (int i = 0; i < u.length; i++) {
        u[i] += h * activation.value(z[i]);
      }
    }
    return affine(classifier.outputWeight(), classifier.outputBias(), u);
  }

  private static double[] affine(Matrix weight, Matrix bias, double[] x) {
    double[] y = new double[weight.rows()];
    for (int i = 0; i < y.length; i++) {
      y[i] = bias.get(0, i);
      for (int j = 0; j < x.length; j++) {
        y[i] += weight.get(i, j) * x[j];
      }
    }
    return y;
  }
}
