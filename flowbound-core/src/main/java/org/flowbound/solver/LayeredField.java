package org.flowbound.solver;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.flowbound.field.Activation;

/**
 * The autonomous field {@code f(u) = σ_L(A_L … σ_1(A_1 u + b_1) … + b_L)}: with one layer {@code
 * σ(Au + b)}, with a second one of identity activation {@code A₂ σ(A₁u + b₁) + b₂}.
 *
 * <p>The parameters are the entries of {@code A_1} row by row, of {@code b_1}, of {@code A_2} and
 * so on. Not safe for concurrent use.
 */
public final class LayeredField implements DifferentiableField {
  private final int dimension;
  private final Activation[] activations;
  private final int[] inputs;
  private final int[] outputs;
  private final int[] offsets;
  private final double[] parameters;
  private final double[][] values;
  private final double[][] slopes;
  private final double[][] cotangents;
  private final OptionalDouble bound;

  /**
   * @throws IllegalArgumentException if there is no layer, or the layers do not fit together
   */
  public LayeredField(List<Layer> layers) {
    this(layers, OptionalDouble.empty());
  }

  /**
   * @param bound what {@link #logarithmicNormBound} is to claim, such as an upper bound of δ(A);
   *     the caller vouches for it
   * @throws IllegalArgumentException if there is no layer, or the layers do not fit together
   */
  public LayeredField(List<Layer> layers, OptionalDouble bound) {
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("A field needs at least one layer.");
    }
    int count = layers.size();
    this.dimension = layers.get(0).weight().columns();
    this.activations = new Activation[count];
    this.inputs = new int[count];
    this.outputs = new int[count];
    this.offsets = new int[count];
    this.values = new double[count][];
    this.slopes = new double[count][];
    this.cotangents = new double[count][];
    this.bound = bound;
    int size = 0;
    int width = dimension;
    for (int l = 0; l < count; l++) {
      Layer layer = layers.get(l);
      if (layer.weight().columns() != width) {
        throw new IllegalArgumentException(
            "Layer %d has weights %s, but its input has %d entries."
                .formatted(l + 1, layer.weight(), width));
      }
      inputs[l] = width;
      width = layer.weight().rows();
      outputs[l] = width;
      offsets[l] = size;
      size = Math.addExact(size, Math.multiplyExact(width, inputs[l] + 1));
      activations[l] = layer.activation();
      values[l] = new double[width];
      slopes[l] = new double[width];
      cotangents[l] = new double[width];
    }
    if (width != dimension) {
      throw new IllegalArgumentException(
          "A field on %d dimensions cannot end with %d.".formatted(dimension, width));
    }
    this.parameters = new double[size];
    for (int l = 0; l < count; l++) {
      double[] weight = layers.get(l).weight().toArray();
      System.arraycopy(weight, 0, parameters, offsets[l], weight.length);
      double[] bias = layers.get(l).bias().toArray();
      System.arraycopy(bias, 0, parameters, offsets[l] + weight.length, bias.length);
    }
  }

  /** {@code σ(Au + b)} with one layer, {@code A₂σ(A₁u + b₁) + b₂} with two, and so on. */
  public static LayeredField of(Layer... layers) {
    return new LayeredField(List.of(layers));
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public OptionalDouble logarithmicNormBound() {
    return bound;
  }

  @Override
  public int parameterCount() {
    return parameters.length;
  }

  /** The parameters themselves, not a copy: training changes them in place. */
  public double[] parameters() {
    return parameters;
  }

  @Override
  public void evaluate(double t, double[] u, double[] du) {
    forward(u);
    System.arraycopy(values[values.length - 1], 0, du, 0, dimension);
  }

  private void forward(double[] u) {
    double[] x = u;
    for (int l = 0; l < values.length; l++) {
      int n = inputs[l];
      int m = outputs[l];
      int row = offsets[l];
      int bias = row + m * n;
      double[] value = values[l];
      for (int i = 0; i < m; i++, row += n) {
        value[i] = parameters[bias + i] + dot(row, x, n);
      }
      activations[l].apply(value, value, slopes[l], m);
      x = value;
    }
  }

  /** Four sums at a time, since the compiler does not reorder one. */
  private double dot(int row, double[] x, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int j = 0;
    for (; j + 3 < n; j += 4) {
      s0 += parameters[row + j] * x[j];
      s1 += parameters[row + j + 1] * x[j + 1];
      s2 += parameters[row + j + 2] * x[j + 2];
      s3 += parameters[row + j + 3] * x[j + 3];
    }
    for (; j < n; j++) {
      s0 += parameters[row + j] * x[j];
    }
    return (s0 + s1) + (s2 + s3);
  }

  @Override
  public void jacobianVector(double t, double[] u, double[] w, double[] result) {
    forward(u);
    double[] x = w;
    for (int l = 0; l < values.length; l++) {
      int n = inputs[l];
      int row = offsets[l];
      double[] y = cotangents[l];
      for (int i = 0; i < y.length; i++, row += n) {
        y[i] = slopes[l][i] * dot(row, x, n);
      }
      x = y;
    }
    System.arraycopy(x, 0, result, 0, dimension);
  }

  @Override
  public void vectorJacobian(
      double t, double[] u, double[] g, double[] result, double[] parameterGradient, int offset) {
    forward(u);
    double[] cotangent = g;
    for (int l = values.length - 1; l >= 0; l--) {
      int n = inputs[l];
      int m = outputs[l];
      double[] input = l == 0 ? u : values[l - 1];
      double[] pulled = l == 0 ? result : cotangents[l - 1];
      Arrays.fill(pulled, 0, n, 0);
      int row = offsets[l];
      int bias = offset + row + m * n;
      for (int i = 0; i < m; i++, row += n) {
        double scaled = slopes[l][i] * cotangent[i];
        parameterGradient[bias + i] += scaled;
        addMultiple(scaled, parameters, row, pulled, 0, n);
        addMultiple(scaled, input, 0, parameterGradient, offset + row, n);
      }
      cotangent = pulled;
    }
  }

  private static void addMultiple(
      double factor, double[] x, int xFrom, double[] y, int yFrom, int n) {
    for (int j = 0; j < n; j++) {
      y[yFrom + j] += factor * x[xFrom + j];
    }
  }
}
