package org.flowbound.network;

import java.util.random.RandomGenerator;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.Precision;

/**
 * The weights and biases of a classifier, or a gradient with respect to them, in one block of
 * native memory that optimisers treat as one vector. Mutable; not safe for concurrent writes.
 */
public final class Parameters {
  private final Architecture architecture;
  private final NativeMatrix vector;
  private final NativeMatrix inputWeight;
  private final NativeMatrix inputBias;
  private final NativeMatrix odeWeight;
  private final NativeMatrix odeBias;
  private final NativeMatrix outputWeight;
  private final NativeMatrix outputBias;

  /** All zeros. */
  public Parameters(Architecture architecture, Precision precision) {
    this(NativeMatrix.zeros(precision, 1, size(architecture)), architecture);
  }

  /** Where {@code vector} is, which has {@link #size} entries. */
  public static Parameters in(NativeMatrix vector, Architecture architecture) {
    return new Parameters(vector, architecture);
  }

  /** The number of parameters. */
  public static int size(Architecture architecture) {
    long d = architecture.width();
    return Math.toIntExact(
        d * architecture.pixels() + d * d + 2 * d + architecture.classes() * (d + 1));
  }

  private Parameters(NativeMatrix vector, Architecture architecture) {
    this.architecture = architecture;
    this.vector = vector;
    int d = architecture.width();
    int pixels = architecture.pixels();
    int classes = architecture.classes();
    int offset = 0;
    this.inputWeight = vector.view(offset, d, pixels);
    offset += inputWeight.size();
    this.odeWeight = vector.view(offset, d, d);
    offset += odeWeight.size();
    this.outputWeight = vector.view(offset, classes, d);
    offset += outputWeight.size();
    this.inputBias = vector.view(offset, 1, d);
    offset += d;
    this.odeBias = vector.view(offset, 1, d);
    offset += d;
    this.outputBias = vector.view(offset, 1, classes);
  }

  /** The parameters of {@code classifier}, rounded to {@code precision}. */
  public static Parameters of(Classifier classifier, Precision precision) {
    Parameters parameters = new Parameters(classifier.architecture(), precision);
    parameters.setFrom(classifier);
    return parameters;
  }

  /** Takes over the parameters of {@code classifier}, which has the same architecture, rounded. */
  public void setFrom(Classifier classifier) {
    inputWeight.setFrom(classifier.inputWeight());
    inputBias.setFrom(classifier.inputBias());
    odeWeight.setFrom(classifier.odeWeight());
    odeBias.setFrom(classifier.odeBias());
    outputWeight.setFrom(classifier.outputWeight());
    outputBias.setFrom(classifier.outputBias());
  }

  /**
   * Random parameters: each layer's weights and biases uniform in {@code ±1/√n}, n its number of
   * inputs.
   */
  public static Parameters random(
      Architecture architecture, Precision precision, RandomGenerator random) {
    Parameters parameters = new Parameters(architecture, precision);
    fill(parameters.inputWeight, parameters.inputBias, random);
    fill(parameters.odeWeight, parameters.odeBias, random);
    fill(parameters.outputWeight, parameters.outputBias, random);
    return parameters;
  }

  private static void fill(NativeMatrix weight, NativeMatrix bias, RandomGenerator random) {
    double bound = 1 / Math.sqrt(weight.columns());
    weight.setFrom(
        Matrix.generate(
            weight.rows(), weight.columns(), (i, j) -> random.nextDouble(-bound, bound)));
    bias.setFrom(Matrix.generate(1, bias.columns(), (i, j) -> random.nextDouble(-bound, bound)));
  }

  /** The classifier with these parameters. */
  public Classifier toClassifier() {
    return new Classifier(
        architecture,
        inputWeight.toMatrix(),
        inputBias.toMatrix(),
        odeWeight.toMatrix(),
        odeBias.toMatrix(),
        outputWeight.toMatrix(),
        outputBias.toMatrix());
  }

  public Architecture architecture() {
    return architecture;
  }

  public Precision precision() {
    return vector.precision();
  }

  /** All parameters as one row, which shares memory with the matrices below. */
  public NativeMatrix vector() {
    return vector;
  }

  /** How many entries of {@link #vector()}, the first ones, are weights; the others are biases. */
  public int weights() {
    return inputWeight.size() + odeWeight.size() + outputWeight.size();
  }

  /** B, d × pixels. */
  public NativeMatrix inputWeight() {
    return inputWeight;
  }

  /** β, 1 × d. */
  public NativeMatrix inputBias() {
    return inputBias;
  }

  /** A, d × d. */
  public NativeMatrix odeWeight() {
    return odeWeight;
  }

  /** b, 1 × d. */
  public NativeMatrix odeBias() {
    return odeBias;
  }

  /** C, classes × d. */
  public NativeMatrix outputWeight() {
    return outputWeight;
  }

  /** c, 1 × classes. */
  public NativeMatrix outputBias() {
    return outputBias;
  }
}
