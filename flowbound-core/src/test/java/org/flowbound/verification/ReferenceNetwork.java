package org.flowbound.verification;

import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.flowbound.attack.PerturbationNorm;
import org.flowbound.field.Activation;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.flowbound.network.Parameters;

/** Networks to test on, by their definition in double precision. */
final class ReferenceNetwork {
  private ReferenceNetwork() {}

  /** With so many steps, at times, that generators are merged. */
  static Classifier random(
      int rows, int d, int classes, Activation activation, RungeKutta method, RandomGenerator r) {
    Classifier plain =
        Parameters.random(
                new Architecture(
                    rows,
                    2,
                    classes,
                    d,
                    activation,
                    new Discretization(method, r.nextInt(6) == 0 ? 30 : 1 + r.nextInt(5), 1),
                    r.nextBoolean() ? Normalization.NONE : new Normalization(0.1, 0.4)),
                Precision.FLOAT64,
                r)
            .toClassifier();
    return plain.withOdeWeight(plain.odeWeight().times(r.nextDouble(0.5, 6)));
  }

  /**
   * The logits, by the definition of the method.
   *
   * @param visitor hears of the pre-activations of every stage, counted through all steps
   */
  static double[] logits(Classifier c, double[] image, BiConsumer<Integer, double[]> visitor) {
    Architecture architecture = c.architecture();
    RungeKutta method = architecture.discretization().method();
    double h = architecture.discretization().stepSize();
    double[] x = new double[image.length];
    for (int p = 0; p < x.length; p++) {
      x[p] =
          (image[p] - architecture.normalization().mean())
              / architecture.normalization().deviation();
    }
    double[] u = affine(c.inputWeight(), c.inputBias(), x);
    int stage = 0;
    for (int n = 0; n < architecture.discretization().steps(); n++) {
      double[][] k = new double[method.stages()][];
      for (int i = 0; i < k.length; i++) {
        double[] y = u.clone();
        for (int j = 0; j < i; j++) {
          for (int q = 0; q < y.length; q++) {
            y[q] += h * method.a(i, j) * k[j][q];
          }
        }
        double[] z = affine(c.odeWeight(), c.odeBias(), y);
        visitor.accept(stage++, z);
        k[i] = new double[z.length];
        for (int q = 0; q < z.length; q++) {
          k[i][q] = architecture.activation().value(z[q]);
        }
      }
      u = u.clone();
      for (int i = 0; i < k.length; i++) {
        for (int q = 0; q < u.length; q++) {
          u[q] += h * method.b(i) * k[i][q];
        }
      }
    }
    return affine(c.outputWeight(), c.outputBias(), u);
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

  static int argmax(double[] values) {
    int best = 0;
    for (int k = 1; k < values.length; k++) {
      best = values[k] > values[best] ? k : best;
    }
    return best;
  }

  static float[] image(int pixels, RandomGenerator random) {
    float[] image = new float[pixels];
    for (int p = 0; p < pixels; p++) {
      image[p] = Math.min(1, Math.max(0, random.nextFloat(-0.5f, 1.5f)));
    }
    return image;
  }

  /** A random image of the ball, often at its boundary, with pixels in [0, 1]. */
  static double[] perturbed(
      float[] image, PerturbationNorm norm, double eps, RandomGenerator random) {
    double[] change = new double[image.length];
    double length = 0;
    boolean corner = random.nextBoolean();
    for (int p = 0; p < change.length; p++) {
      change[p] =
          norm == PerturbationNorm.L2
              ? random.nextGaussian()
              : corner ? Math.signum(random.nextGaussian()) : random.nextDouble(-1, 1);
      length += change[p] * change[p];
    }
    double scale = norm == PerturbationNorm.L2 ? 1 / Math.sqrt(length) : 1;
    scale *= eps * (1 - 1e-12) * (random.nextInt(3) == 0 ? random.nextDouble() : 1);
    double[] moved = new double[image.length];
    for (int p = 0; p < moved.length; p++) {
      moved[p] = Math.min(1, Math.max(0, image[p] + scale * change[p]));
    }
    return moved;
  }
}
