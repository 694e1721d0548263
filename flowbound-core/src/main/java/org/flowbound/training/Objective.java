package org.flowbound.training;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.flowbound.flow.Backward;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.network.Architecture;
import org.flowbound.network.BatchNetwork;
import org.flowbound.network.BatchNetwork.Loss;
import org.flowbound.network.Logits;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.network.Parameters;
import org.jspecify.annotations.Nullable;

/**
 * The loss of {@link ObjectiveOptions} on a part of a mini-batch, with its gradient. All images
 * that it needs, the perturbed ones too, go through the network at once. An instance owns its
 * workspace: one per thread.
 */
final class Objective {
  /**
   * The step, in the ℓ₂ norm of pixels, of the central difference that differentiates the parameter
   * gradient along a direction; the error is of the order of its square.
   */
  private static final double STEP = 0.01;

  private final BatchNetwork network;
  private final ObjectiveOptions options;
  private final double smoothing;
  private final @Nullable AdversarialImages adversarial;
  private final int pixels;
  private final int classes;
  private final float[] images;
  private final float[] perturbed;
  private final float[] pixelGradient;
  private final double[] directions;
  private final double[] norms;
  private final double[] row;
  private final double[] other;
  private final double[] logRatio;
  private final double[] cotangent;
  private final double[] raised;
  private final double tradesWeight;

  /**
   * @param smoothing the share of a label's probability that is spread over all classes
   */
  Objective(Parameters parameters, ObjectiveOptions options, double smoothing, Backward backward) {
    Architecture architecture = parameters.architecture();
    this.options = options;
    this.smoothing = smoothing;
    this.pixels = architecture.pixels();
    this.classes = architecture.classes();
    int batch = ParallelNetwork.BATCH;
    int copies = 1 + (options.isTrades() ? 1 : 0) + (options.jacobianWeight() > 0 ? 2 : 0);
    this.network = new BatchNetwork(parameters, copies * batch, backward);
    AdversarialTraining training = options.adversarial();
    this.adversarial =
        training == null ? null : new AdversarialImages(network, training, pixels, classes, batch);
    this.images = new float[copies * batch * pixels];
    this.perturbed = new float[training == null ? 0 : batch * pixels];
    this.pixelGradient = new float[options.jacobianWeight() > 0 ? batch * pixels : 0];
    this.directions = new double[batch * classes];
    this.norms = new double[batch];
    this.row = new double[classes];
    this.other = new double[classes];
    this.logRatio = new double[classes];
    this.cotangent = new double[classes];
    this.raised = new double[classes * classes];
    this.tradesWeight = training == null ? 0 : training.tradesWeight();
  }

  /** Where up to a batch of images is to be written before {@link #evaluate}. */
  float[] images() {
    return images;
  }

  /**
   * The loss of the images and its gradient.
   *
   * @param m the number of images
   * @param labels one per image, from {@code offset} on
   * @param factor 1 over the size of the mini-batch, scales the gradient
   * @param random for noise, random starts and projections
   * @param margin null for none
   * @param gradient overwritten
   * @return the sum of the losses, and how many of the images, perturbed ones if these are trained
   *     on, are classified correctly
   */
  Loss evaluate(
      int m,
      int[] labels,
      int offset,
      double factor,
      SplittableRandom random,
      @Nullable LipschitzMargin margin,
      Parameters gradient) {
    addNoise(m * pixels, random);
    int rows = m;
    if (adversarial != null) {
      adversarial.perturb(images, m, labels, offset, random, perturbed);
      System.arraycopy(perturbed, 0, images, options.isTrades() ? rows * pixels : 0, m * pixels);
      rows += options.isTrades() ? m : 0;
    }
    int jacobianRows = rows;
    if (options.jacobianWeight() > 0) {
      appendDifferences(m, rows, random);
      rows += 2 * m;
    }
    network.load(images, rows);
    NativeMatrix logits = network.forward();
    double loss = 0;
    int correct = 0;
    Arrays.fill(raised, 0);
    for (int i = 0; i < m; i++) {
      int label = labels[offset + i];
      Arrays.fill(cotangent, 0);
      if (options.isTrades()) {
        loss += divergence(logits, i, m + i, factor);
      }
      logits.read(i * classes, row, classes);
      correct += Logits.isCorrect(row, label) ? 1 : 0;
      loss += crossEntropy(label, factor, margin);
      logits.write(i * classes, cotangent, classes);
    }
    if (options.jacobianWeight() > 0) {
      loss += jacobian(logits, m, jacobianRows, factor);
    }
    network.gradient(gradient);
    if (margin != null) {
      margin.addGradient(raised, gradient.outputWeight());
    }
    return new Loss(loss, correct);
  }

  private void addNoise(int n, SplittableRandom random) {
    double deviation = options.noiseDeviation();
    for (int k = 0; k < n && deviation > 0; k++) {
      images[k] += (float) (deviation * random.nextGaussian());
    }
  }

  /**
   * The cross-entropy of the logits in {@code row}, which are overwritten, with the label's
   * smoothed distribution.
   */
  private double crossEntropy(int label, double factor, @Nullable LipschitzMargin margin) {
    if (margin != null) {
      margin.raise(row, label);
    }
    double ofOthers =
        smoothing == 0 ? 0 : smoothing * (Arrays.stream(row).average().orElse(0) - row[label]);
    double logProbability = Logits.softmax(row, label) + ofOthers;
    row[label] -= 1 - smoothing;
    for (int k = 0; k < classes; k++) {
      row[k] -= smoothing / classes;
      cotangent[k] += factor * row[k];
      raised[label * classes + k] += factor * row[k];
    }
    return -logProbability;
  }

  /** β KL(p ‖ q), p of the logits in row {@code first} and q of those in row {@code second}. */
  private double divergence(NativeMatrix logits, int first, int second, double factor) {
    logits.read(first * classes, row, classes);
    logits.read(second * classes, other, classes);
    for (int k = 0; k < classes; k++) {
      logRatio[k] = (row[k] - row[0]) - (other[k] - other[0]);
    }
    double logRatioOfFirstClass = Logits.softmax(row, 0) - Logits.softmax(other, 0);
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      logRatio[k] += logRatioOfFirstClass;
      sum += row[k] * logRatio[k];
    }
    double weight = factor * tradesWeight;
    for (int k = 0; k < classes; k++) {
      cotangent[k] += weight * row[k] * (logRatio[k] - sum);
      other[k] = weight * (other[k] - row[k]);
    }
    logits.write(second * classes, other, classes);
    return tradesWeight * sum;
  }

  /**
   * Draws a random unit vector v for each of the first m images x and appends the images {@code x ±
   * STEP ĝ}, first those with +, with {@code g = Jᵀv} and ĝ its direction.
   */
  private void appendDifferences(int m, int rows, SplittableRandom random) {
    network.load(images, m);
    NativeMatrix logits = network.forward();
    for (int i = 0; i < m; i++) {
      double square = 0;
      for (int k = 0; k < classes; k++) {
        row[k] = random.nextGaussian();
        square += row[k] * row[k];
      }
      for (int k = 0; k < classes; k++) {
        directions[i * classes + k] = row[k] / Math.sqrt(square);
      }
    }
    logits.write(0, directions, m * classes);
    network.pixelGradient().read(0, pixelGradient, m * pixels);
    for (int i = 0; i < m; i++) {
      double square = 0;
      for (int k = i * pixels; k < (i + 1) * pixels; k++) {
        square += pixelGradient[k] * pixelGradient[k];
      }
      norms[i] = Math.sqrt(square);
      float scale = (float) (norms[i] > 0 ? STEP / norms[i] : 0);
      int plus = (rows + i) * pixels;
      int minus = plus + m * pixels;
      for (int k = 0; k < pixels; k++) {
        float change = scale * pixelGradient[i * pixels + k];
        images[plus + k] = images[i * pixels + k] + change;
        images[minus + k] = images[i * pixels + k] - change;
      }
    }
  }

  /**
   * Estimates {@code (λ/2)‖J‖_F²} by {@code (λ/2) classes ‖Jᵀv‖²}. The gradient of {@code ½‖g‖²},
   * {@code g = Jᵀv}, is {@code ‖g‖} times the derivative along ĝ of the gradient of {@code vᵀ
   * logits}, here a central difference.
   */
  private double jacobian(NativeMatrix logits, int m, int from, double factor) {
    double weight = options.jacobianWeight() * classes;
    double sum = 0;
    for (int i = 0; i < m; i++) {
      sum += 0.5 * weight * norms[i] * norms[i];
      double scale = factor * weight * norms[i] / (2 * STEP);
      for (int sign = 1; sign >= -1; sign -= 2) {
        for (int k = 0; k < classes; k++) {
          row[k] = sign * scale * directions[i * classes + k];
        }
        logits.write((from + i + (sign < 0 ? m : 0)) * classes, row, classes);
      }
    }
    return sum;
  }
}
