package org.flowbound.network;

import org.flowbound.field.LayerField;
import org.flowbound.flow.Backward;
import org.flowbound.flow.DiscreteFlow;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.NativeMatrix;

/**
 * The network on batches of images, with the exact gradients of its loss. {@link #load} gives it
 * images, {@link #forward} makes logits of them, {@link #loss} compares these with the labels, and
 * what follows are gradients of that loss.
 *
 * <p>Reads the parameters where they are, so that an optimiser can change them in place. An
 * instance owns its workspace: one per thread, all on the same parameters. Not safe for concurrent
 * use.
 */
public final class BatchNetwork {
  private final Parameters parameters;
  private final Normalization normalization;
  private final int pixels;
  private final int classes;
  private final int maxRows;
  private final DiscreteFlow flow;

  private final NativeMatrix allInputs;
  private final NativeMatrix allLogits;
  private final NativeMatrix allCotangents;
  private final NativeMatrix allInputGradients;
  private final NativeMatrix allOnes;
  private final double[] pixelRow;
  private final double[] logitRow;

  private int rows = -1;
  private NativeMatrix inputs;
  private NativeMatrix logits;
  private NativeMatrix inputGradients;
  private NativeMatrix stateCotangents;
  private NativeMatrix ones;
  private NativeMatrix finalStates;

  /** As below, with all stages of the flow stored. */
  public BatchNetwork(Parameters parameters, int maxRows) {
    this(parameters, maxRows, Backward.STORE);
  }

  /**
   * @param maxRows the largest number of images in a batch
   * @param backward what gradients are computed from
   */
  public BatchNetwork(Parameters parameters, int maxRows, Backward backward) {
    Architecture architecture = parameters.architecture();
    this.parameters = parameters;
    this.normalization = architecture.normalization();
    this.pixels = architecture.pixels();
    this.classes = architecture.classes();
    this.maxRows = maxRows;
    this.flow =
        new DiscreteFlow(
            new LayerField(parameters.odeWeight(), parameters.odeBias(), architecture.activation()),
            architecture.discretization(),
            parameters.precision(),
            maxRows,
            backward);
    this.allInputs = NativeMatrix.zeros(parameters.precision(), maxRows, pixels);
    this.allLogits = NativeMatrix.zeros(parameters.precision(), maxRows, classes);
    this.allCotangents = NativeMatrix.zeros(parameters.precision(), maxRows, architecture.width());
    this.allInputGradients = NativeMatrix.zeros(parameters.precision(), maxRows, pixels);
    this.allOnes = NativeMatrix.zeros(parameters.precision(), 1, maxRows);
    for (int k = 0; k < maxRows; k++) {
      allOnes.set(0, k, 1);
    }
    this.pixelRow = new double[pixels];
    this.logitRow = new double[classes];
    this.inputs = allInputs;
    this.logits = allLogits;
    this.inputGradients = allInputGradients;
    this.stateCotangents = allCotangents;
    this.ones = allOnes;
    this.finalStates = allCotangents;
  }

  /** What the network is but for its weights. */
  public Architecture architecture() {
    return parameters.architecture();
  }

  private void arrange(int m) {
    if (m == rows) {
      return;
    }
    if (m < 1 || m > maxRows) {
      throw new IllegalArgumentException(
          "The number of images (%d) must lie in [1, %d].".formatted(m, maxRows));
    }
    rows = m;
    inputs = allInputs.rows(0, m);
    logits = allLogits.rows(0, m);
    inputGradients = allInputGradients.rows(0, m);
    stateCotangents = allCotangents.rows(0, m);
    ones = allOnes.view(0, 1, m);
  }

  /**
   * Loads and normalises a batch of images.
   *
   * @param images pixels in [0, 1], image by image
   * @param m the number of images
   */
  public void load(float[] images, int m) {
    arrange(m);
    if (normalization.equals(Normalization.NONE)) {
      inputs.write(0, images, m * pixels);
      return;
    }
    double mean = normalization.mean();
    double factor = 1 / normalization.deviation();
    for (int row = 0; row < m; row++) {
      int from = row * pixels;
      for (int k = 0; k < pixels; k++) {
        pixelRow[k] = (images[from + k] - mean) * factor;
      }
      inputs.write(from, pixelRow, pixels);
    }
  }

  /** The normalised images of a batch of {@code m}, to be written or read directly, m × pixels. */
  public NativeMatrix inputs(int m) {
    arrange(m);
    return inputs;
  }

  /**
   * The logits of the loaded images.
   *
   * @return m × classes, valid until the next call
   */
  public NativeMatrix forward() {
    NativeMatrix states = flow.initialStates(rows);
    Blas.gemm(1, ones, Op.TRANSPOSED, parameters.inputBias(), Op.PLAIN, 0, states);
    Blas.gemm(1, inputs, Op.PLAIN, parameters.inputWeight(), Op.TRANSPOSED, 1, states);
    finalStates = flow.forward();
    Blas.gemm(1, ones, Op.TRANSPOSED, parameters.outputBias(), Op.PLAIN, 0, logits);
    Blas.gemm(1, finalStates, Op.PLAIN, parameters.outputWeight(), Op.TRANSPOSED, 1, logits);
    return logits;
  }

  /**
   * The matrix of the last logits, m × classes. Where another loss than {@link #loss} is meant, its
   * gradient with respect to the logits is to be written into it.
   */
  public NativeMatrix logits() {
    return logits;
  }

  /**
   * The cross-entropy of the last logits, and how many of them are right.
   *
   * @param loss {@code −Σ log p(label)} over the batch
   * @param correct the number of images whose largest logit is the label's
   */
  public record Loss(double loss, int correct) {}

  /**
   * Compares the last logits with the labels, and prepares the gradients of {@code factor · loss}.
   * A tie counts as wrong. The logits are overwritten.
   *
   * @param labels one per image, from {@code offset} on
   * @param factor scales the gradients, such as 1 over the batch size
   */
  public Loss loss(int[] labels, int offset, double factor) {
    double sum = 0;
    int correct = 0;
    for (int row = 0; row < rows; row++) {
      int label = labels[offset + row];
      logits.read(row * classes, logitRow, classes);
      if (Logits.isCorrect(logitRow, label)) {
        correct++;
      }
      double logProbability = Logits.softmax(logitRow, label);
      sum -= logProbability;
      logitRow[label] -= 1;
      for (int k = 0; k < classes; k++) {
        logitRow[k] *= factor;
      }
      logits.write(row * classes, logitRow, classes);
    }
    return new Loss(sum, correct);
  }

  /**
   * Writes the gradient with respect to all parameters into {@code gradient}. Follows {@link
   * #loss}, once.
   */
  public void gradient(Parameters gradient) {
    Blas.gemm(1, logits, Op.TRANSPOSED, finalStates, Op.PLAIN, 0, gradient.outputWeight());
    Blas.gemm(1, ones, Op.PLAIN, logits, Op.PLAIN, 0, gradient.outputBias());
    Blas.gemm(1, logits, Op.PLAIN, parameters.outputWeight(), Op.PLAIN, 0, stateCotangents);
    flow.pullBack(stateCotangents, gradient.odeWeight(), gradient.odeBias());
    Blas.gemm(1, stateCotangents, Op.TRANSPOSED, inputs, Op.PLAIN, 0, gradient.inputWeight());
    Blas.gemm(1, ones, Op.PLAIN, stateCotangents, Op.PLAIN, 0, gradient.inputBias());
  }

  /**
   * The gradient with respect to the pixels. Follows {@link #loss} or {@link #logits}, and may be
   * repeated with other gradients of the logits.
   *
   * @return m × pixels, in pixel units, valid until the next call
   */
  public NativeMatrix pixelGradient() {
    Blas.gemm(1, logits, Op.PLAIN, parameters.outputWeight(), Op.PLAIN, 0, stateCotangents);
    flow.pullBack(stateCotangents);
    Blas.gemm(
        1 / normalization.deviation(),
        stateCotangents,
        Op.PLAIN,
        parameters.inputWeight(),
        Op.PLAIN,
        0,
        inputGradients);
    return inputGradients;
  }
}
