package org.flowbound.certification;

import java.util.ArrayList;
import java.util.List;
import org.flowbound.data.LabeledImages;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.Precision;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.network.Classifier;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.network.Parameters;
import org.flowbound.parallel.Workers;

/**
 * The ℓ₂ radii within which a classifier's predictions are proved not to change: {@code m(x)/(L_N
 * ‖B‖₂)} in pixel units, with {@code m(x) = min_{j≠y} (logit_y − logit_j)/‖C_y − C_j‖₂} and L_N the
 * Lipschitz bound of the discrete flow map.
 *
 * <p>Logits are evaluated in double precision; the certificate speaks of the network in real
 * arithmetic, up to that rounding.
 */
public final class RadiusCertificate {
  private final Classifier classifier;
  private final LipschitzBounds bounds;
  private final double lipschitzOfInput;
  private final double[] rowDistances;

  /**
   * @param bounds of the classifier's ODE block
   */
  public RadiusCertificate(Classifier classifier, LipschitzBounds bounds) {
    this.classifier = classifier;
    this.bounds = bounds;
    this.lipschitzOfInput =
        SymmetricEigen.spectralNorm(classifier.inputWeight())
            / classifier.architecture().normalization().deviation();
    Matrix c = classifier.outputWeight();
    int classes = c.rows();
    this.rowDistances = new double[classes * classes];
    for (int i = 0; i < classes; i++) {
      for (int j = 0; j < classes; j++) {
        double sum = 0;
        for (int k = 0; k < c.columns(); k++) {
          double difference = c.get(i, k) - c.get(j, k);
          sum += difference * difference;
        }
        rowDistances[i * classes + j] = Math.sqrt(sum);
      }
    }
  }

  /**
   * The certified radius of one image, in pixel units; negative or zero if it is misclassified.
   *
   * @param logits of the image
   * @param label its true class
   */
  public double radius(double[] logits, int label) {
    double margin = Double.POSITIVE_INFINITY;
    for (int j = 0; j < logits.length; j++) {
      if (j != label) {
        double distance = rowDistances[label * logits.length + j];
        double difference = logits[label] - logits[j];
        if (distance > 0) {
          margin = Math.min(margin, difference / distance);
        } else if (!(difference > 0)) {
          return 0;
        }
      }
    }
    double lipschitz = bounds.network() * lipschitzOfInput;
    return margin > 0 ? margin / lipschitz : margin;
  }

  /** The certified radius of every image, in their order. */
  public double[] radii(LabeledImages images, Workers workers) {
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
            radii[batch.first() + i] = radius(row, batch.labels()[i]);
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
