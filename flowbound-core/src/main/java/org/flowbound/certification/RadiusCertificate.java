package org.flowbound.certification;

import java.util.ArrayList;
import java.util.List;
import org.flowbound.attack.PerturbationNorm;
import org.flowbound.data.LabeledImages;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Classifier;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.network.Parameters;
import org.flowbound.parallel.Workers;

/**
 * The radii within which a classifier's predictions are proved not to change, in pixel units, by
 * the Lipschitz bounds of its parts. With {@code m_j = logit_y − logit_j}, L the bound of the
 * discrete flow map and B the first layer,
 *
 * <ul>
 *   <li>in the 2-norm {@code min_j m_j/(‖C_y − C_j‖₂ L₂ ‖B‖₂)};
 *   <li>in the ∞-norm the better of {@code m_j/(‖C_y − C_j‖₂ L₂ ‖B‖_{2←∞})}, which is never worse
 *       than the first one divided by the square root of the number of pixels, and {@code m_j/(‖C_y
 *       − C_j‖₁ L_∞ ‖B‖_∞)}, for every j.
 * </ul>
 *
 * <p>The certificate speaks of the network in real arithmetic, for images with pixels in [0, 1];
 * perturbed ones may have any pixels. It is sound in floating point: logits are evaluated in double
 * precision, a bound of their error ({@link EvaluationError}) is subtracted from every margin, and
 * all norms are proved upper bounds. What the network answers in single precision may differ where
 * a margin is as small as its rounding errors.
 */
public final class RadiusCertificate {
  private final Classifier classifier;
  private final LipschitzBounds bounds;
  private final double error;

  /** More than the relative rounding error of the sums here. */
  private final double inflation;

  private final double[] euclideanGains;
  private final double[] maximumGains;

  /**
   * @param bounds of the classifier's ODE block
   */
  public RadiusCertificate(Classifier classifier, LipschitzBounds bounds) {
    this.classifier = classifier;
    this.bounds = bounds;
    this.error = 2 * EvaluationError.ofLogits(classifier, bounds.network());
    InputGain gain = InputGain.of(classifier);
    Matrix c = classifier.outputWeight();
    int classes = c.rows();
    this.inflation = 1 + (c.columns() + 16) * 0x1p-52;
    this.euclideanGains = new double[classes * classes];
    this.maximumGains = new double[classes * classes];
    for (int i = 0; i < classes; i++) {
      for (int j = 0; j < classes; j++) {
        double squares = 0;
        double sum = 0;
        for (int k = 0; k < c.columns(); k++) {
          double difference = c.get(i, k) - c.get(j, k);
          squares += difference * difference;
          sum += Math.abs(difference);
        }
        double distance = Math.sqrt(squares) * bounds.network() * inflation;
        euclideanGains[i * classes + j] = distance * gain.euclidean();
        maximumGains[i * classes + j] =
            Math.min(distance * gain.mixed(), sum * bounds.maximum() * gain.maximum() * inflation);
      }
    }
  }

  /** The certified radius of one image in the 2-norm. */
  public double radius(double[] logits, int label) {
    return radius(logits, label, PerturbationNorm.L2);
  }

  /**
   * The certified radius of one image, in pixel units; negative or zero if it is misclassified;
   * infinite if no perturbation changes the prediction.
   *
   * @param logits of the image, in double precision
   * @param label its true class
   */
  public double radius(double[] logits, int label, PerturbationNorm norm) {
    double[] gains = norm == PerturbationNorm.L2 ? euclideanGains : maximumGains;
    double radius = Double.POSITIVE_INFINITY;
    for (int j = 0; j < logits.length; j++) {
      if (j != label) {
        double gain = gains[label * logits.length + j];
        double margin = Math.nextDown(logits[label] - logits[j]) - error;
        if (!(margin > 0)) {
          return Math.min(margin, 0);
        }
        if (gain > 0) {
          radius = Math.min(radius, margin / gain / inflation);
        } else if (!(gain == 0)) {
          return 0;
        }
      }
    }
    return radius;
  }

  /** The certified radius of every image in the 2-norm, in their order. */
  public double[] radii(LabeledImages images, Workers workers) {
    return radii(images, PerturbationNorm.L2, workers);
  }

  /** The certified radius of every image, in their order. */
  public double[] radii(LabeledImages images, PerturbationNorm norm, Workers workers) {
    double[] radii = new double[images.count()];
    ParallelNetwork network =
        new ParallelNetwork(Parameters.of(classifier, Precision.FLOAT64), workers);
    network.forEachBatch(
        images,
        batch -> {
          NativeMatrix logits = batch.network().forward();
          double[] row = new double[logits.columns()];
          for (int i = 0; i < batch.size(); i++) {
            logits.read(i * row.length, row, row.length);
            radii[batch.first() + i] = radius(row, batch.labels()[i], norm);
          }
        });
    return radii;
  }

  /**
   * The share of images with a certified radius above each value of ε; at ε = 0 the clean accuracy.
   *
   * @param budgets radii in the ℓ₂ norm, in pixel units
   * @throws IllegalArgumentException if there are no images
   */
  public CertifiedAccuracy accuracy(LabeledImages images, double[] budgets, Workers workers) {
    if (images.count() == 0) {
      throw new IllegalArgumentException("There are no images to certify.");
    }
    double[] radii = radii(images, workers);
    List<CertifiedAccuracy.Point> points = new ArrayList<>();
    for (double eps : budgets) {
      int certified = 0;
      for (double radius : radii) {
        certified += radius > eps ? 1 : 0;
      }
      points.add(new CertifiedAccuracy.Point(eps, (double) certified / radii.length));
    }
    return new CertifiedAccuracy(bounds.network(), bounds.flow(), points);
  }
}
