package org.flowbound.verification;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.flowbound.attack.PerturbationNorm;
import org.flowbound.field.Activation;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.FloatMatrix;
import org.flowbound.network.Classifier;

/**
 * Follows the set of all states that images of a ball lead to through the steps of the integrator,
 * as a zonotope, and bounds the margins of the logits from below.
 *
 * <p>A set is {@code {c + Σ_g ξ_g x_g}} with its generators x_g in the rows of a matrix X. The ball
 * gives one generator for each pixel: in the ∞-norm each ξ_g lies in [−1, 1]; in the 2-norm they
 * form a vector of length at most 1, whose entries have one sign where a pixel is at the end of [0,
 * 1], which no perturbed image leaves. An affine map acts on c and on every generator. An
 * activation is enclosed coordinate by coordinate in the strip {@link ActivationEnclosure} over the
 * range of the pre-activation, {@code σ(z) = λz + μ + νη}, which multiplies column i by λ_i and
 * adds a generator {@code ν_i e_i}. The stages of a step share their symbols ξ, so that what they
 * have in common is not bounded twice. Where a range is also bounded in another way, the
 * intersection is taken.
 *
 * <p><b>Soundness in floating point.</b> Theorem: if {@link #margins} returns {@code m_j}, then
 * {@code logit_y(x') − logit_j(x') ≥ m_j} for every image x' of the ball, with the logits of the
 * network in real arithmetic: the given weights (in double precision), the activation as its
 * formula says, steps of size {@code fl(T/N)}. NaN says nothing, and compares as such.
 *
 * <p>Proof, by induction over the operations; every vector s is the size of its generators, {@code
 * Σ_g |x_g|} in the coordinates of the box and the 2-norm in those of the ball. (1) {@code Z =
 * YA₃₂ᵀ} with A rounded to single precision: entry (g, i) is off by at most {@code γ_{d+3} Σ_j
 * |a_ij| |y_gj|}, and by the triangle and the Cauchy–Schwarz inequality the set in coordinate i by
 * at most {@code γ_{d+3} (|A| s_Y)_i}, whatever the order of summation in the BLAS; the center is
 * evaluated in double precision with the bound {@code γ_{d+2} (|A| |c| + |b|)_i}. This is e_i. (2)
 * The pre-activation lies in {@code [c_i − down_i − e_i, c_i + up_i + e_i]}, and where the strip
 * over that range has slope λ_i, {@code |σ(z*) − λ_i z − μ_i| ≤ ν_i + |λ_i| e_i} for the exact z*
 * and the z of the computed form; the products' rounding is added, and the new generator is as
 * long. (3) The sums {@code U + h Σ b_i K_i} have at most s + 1 terms; their rounding, relative to
 * {@code s_U + h Σ |b_i| s_K}, lengthens the generators of the last stage, which are multiples of
 * unit vectors and belong to that stage alone. So all errors end in generators. ∎
 *
 * <p>An instance owns its workspace; not safe for concurrent use.
 */
final class Reachability {
  /** Generators beside the ball's are merged above this multiple of d. */
  private static final int ORDER = 24;

  private final int d;
  private final int steps;
  private final double h;
  private final RungeKutta method;
  private final Activation activation;
  private final InputLayer input;
  private final double[] weight;
  private final double[] bias;
  private final FloatMatrix weight32;
  private final OutputMargins[] outputs;

  private final int limit;
  private final Generators state;
  private final Generators argument;
  private final Generators[] values;
  private final Generators projected;
  private final double[] center;
  private final double[] argumentCenter;
  private final double[][] valueCenters;
  private final double[][] valueSizes;
  private final double[] argumentError;
  private final double[] rest;
  private final double[][] lowest;
  private final double[][] highest;
  private final float[] slopes;
  private final float[] row;
  private SymbolLayout layout = new SymbolLayout(0, 0, 0);
  private int count;

  Reachability(Classifier classifier) {
    this.d = classifier.architecture().width();
    this.steps = classifier.architecture().discretization().steps();
    this.h = classifier.architecture().discretization().stepSize();
    this.method = classifier.architecture().discretization().method();
    this.activation = classifier.architecture().activation();
    this.input = new InputLayer(classifier);
    this.weight = classifier.odeWeight().toArray();
    this.bias = classifier.odeBias().toArray();
    this.weight32 = FloatMatrix.of(classifier.odeWeight());
    int stages = method.stages();
    this.limit = input.pixels() + ORDER * d;
    int capacity = limit + (stages + 1) * d;
    this.state = new Generators(capacity, d);
    this.argument = stages > 1 ? new Generators(capacity, d) : state;
    this.values = new Generators[stages];
    for (int i = 0; i < stages; i++) {
      values[i] = new Generators(capacity, d);
    }
    this.projected = new Generators(capacity, classifier.architecture().classes());
    this.outputs = new OutputMargins[classifier.architecture().classes()];
    for (int label = 0; label < outputs.length; label++) {
      outputs[label] = new OutputMargins(classifier, label);
    }
    this.center = new double[d];
    this.argumentCenter = new double[d];
    this.valueCenters = new double[stages][d];
    this.valueSizes = new double[stages][d];
    this.argumentError = new double[d];
    this.rest = new double[d];
    this.lowest = new double[steps * stages][d];
    this.highest = new double[steps * stages][d];
    this.slopes = new float[d];
    this.row = new float[d];
  }

  /**
   * Lower bounds of {@code logit_label − logit_j} over the ball, for every class j; +∞ for the
   * label itself.
   *
   * @param ranges bounds of the pre-activations found in another way
   */
  double[] margins(ImageBall ball, int label, PreactivationRanges ranges) {
    setInitial(ball);
    for (int n = 0; n < steps; n++) {
      step(n, ranges);
    }
    return outputs[label].lowerBounds(center, state, layout, count, projected);
  }

  /** What the last call found of the pre-activations; changed by the next one. */
  PreactivationRanges ranges() {
    return new PreactivationRanges() {
      @Override
      public double lower(int stage, int coordinate) {
        return lowest[stage][coordinate];
      }

      @Override
      public double upper(int stage, int coordinate) {
        return highest[stage][coordinate];
      }
    };
  }

  /** The number of generators of the last set. */
  int generators() {
    return count;
  }

  private void setInitial(ImageBall ball) {
    input.evaluate(ball, center, rest);
    boolean euclidean = ball.norm() == PerturbationNorm.L2;
    int both = writeColumns(ball, p -> !euclidean || canFall(ball, p) == canRise(ball, p), 0);
    int up = writeColumns(ball, p -> euclidean && canRise(ball, p) && !canFall(ball, p), both);
    int down = writeColumns(ball, p -> euclidean && canFall(ball, p) && !canRise(ball, p), up);
    layout = euclidean ? new SymbolLayout(both, up - both, down - up) : new SymbolLayout(0, 0, 0);
    count = down;
    state.measure(layout, count);
    for (int i = 0; i < d; i++) {
      rest[i] = Rounding.inflate(rest[i] + Rounding.single(4) * state.size[i] + Rounding.TINY);
    }
    state.writeDiagonal(count, rest);
    count += d;
  }

  private static boolean canRise(ImageBall ball, int pixel) {
    return ball.upper(pixel) > ball.center(pixel);
  }

  private static boolean canFall(ImageBall ball, int pixel) {
    return ball.lower(pixel) < ball.center(pixel);
  }

  /** Writes the generators of some pixels from a row on; returns the row after the last one. */
  private int writeColumns(ImageBall ball, IntPredicate pixels, int from) {
    int next = from;
    for (int p = 0; p < input.pixels(); p++) {
      double radius = ball.radius(p);
      if (radius > 0 && pixels.test(p)) {
        input.column(p, radius / input.deviation(), row);
        state.write(next++, row, 1);
      }
    }
    return next;
  }

  private void step(int n, PreactivationRanges ranges) {
    int stages = method.stages();
    count = state.reduce(layout.ball(), count, limit);
    state.clear(count, stages * d);
    state.measure(layout, count);
    for (int i = 0; i < stages; i++) {
      setArgument(i);
      evaluate(i, count + i * d, n * stages + i, ranges);
    }
    combine();
    count += stages * d;
  }

  /** {@code Y = U + h Σ_j a_ij K_j} with its rounding error. */
  private void setArgument(int stage) {
    System.arraycopy(center, 0, argumentCenter, 0, d);
    Arrays.fill(argumentError, 0);
    if (stage == 0) {
      if (argument != state) {
        argument.rows(count).copyFrom(state.rows(count));
        argument.measure(layout, count);
      }
      return;
    }
    int rows = count + stage * d;
    argument.rows(rows).copyFrom(state.rows(rows));
    double[] size = state.size.clone();
    for (int i = 0; i < d; i++) {
      size[i] *= Rounding.single(2 * stage + 4);
      argumentError[i] = Rounding.twice(2 * stage + 4) * Math.abs(center[i]);
    }
    for (int j = 0; j < stage; j++) {
      double factor = h * method.a(stage, j);
      if (factor != 0) {
        int valueRows = count + (j + 1) * d;
        argument.rows(valueRows).add(factor, values[j].rows(valueRows));
        for (int i = 0; i < d; i++) {
          argumentCenter[i] += factor * valueCenters[j][i];
          argumentError[i] +=
              Math.abs(factor)
                  * (Rounding.twice(2 * stage + 4) * Math.abs(valueCenters[j][i])
                      + Rounding.single(2 * stage + 4) * valueSizes[j][i]);
        }
      }
    }
    for (int i = 0; i < d; i++) {
      argumentError[i] = Rounding.inflate(argumentError[i] + size[i] + Rounding.TINY);
    }
    argument.measure(layout, rows);
  }

  /** {@code K = σ(AY + b)}, in the strips of the activation. */
  private void evaluate(int stage, int rows, int index, PreactivationRanges ranges) {
    Generators value = values[stage];
    Blas.gemm(1, argument.rows(rows), Op.PLAIN, weight32, Op.TRANSPOSED, 0, value.rows(rows));
    value.measure(layout, rows);
    double single = Rounding.single(d + 3);
    double twice = Rounding.twice(d + 2);
    for (int j = 0; j < d; j++) {
      argumentError[j] += single * argument.size[j] + twice * Math.abs(argumentCenter[j]);
    }
    for (int i = 0; i < d; i++) {
      double z = bias[i];
      double error = twice * Math.abs(bias[i]);
      for (int j = 0; j < d; j++) {
        double entry = weight[i * d + j];
        z += entry * argumentCenter[j];
        error += Math.abs(entry) * argumentError[j];
      }
      error = Rounding.inflate(error + Rounding.TINY);
      double lower = Math.nextDown(z - Rounding.inflate(value.down[i] + error));
      double upper = Math.nextUp(z + Rounding.inflate(value.up[i] + error));
      lowest[index][i] = Math.max(lower, ranges.lower(index, i));
      highest[index][i] = Math.min(upper, ranges.upper(index, i));
      ActivationEnclosure strip =
          ActivationEnclosure.of(activation, lowest[index][i], highest[index][i]);
      double slope = strip.slope();
      double size = Math.abs(slope) * value.size[i];
      valueCenters[stage][i] = slope * z + strip.center();
      rest[i] =
          Rounding.inflate(
              strip.radius()
                  + Math.abs(slope) * error
                  + Rounding.single(2) * size
                  + Rounding.twice(3) * (Math.abs(slope * z) + Math.abs(strip.center()))
                  + Rounding.TINY);
      valueSizes[stage][i] = Rounding.inflate(size * (1 + 0x1p-20) + rest[i]);
      slopes[i] = (float) slope;
    }
    value.scaleColumns(slopes, rows);
    value.writeDiagonal(rows, rest);
  }

  /** {@code U ← U + h Σ b_i K_i}, with its rounding error in the last stage's own generators. */
  private void combine() {
    int stages = method.stages();
    double single = Rounding.single(2 * stages + 4);
    double twice = Rounding.twice(2 * stages + 4);
    double[] error = new double[d];
    for (int i = 0; i < d; i++) {
      error[i] = single * state.size[i] + twice * Math.abs(center[i]);
    }
    for (int k = 0; k < stages; k++) {
      double factor = h * method.b(k);
      if (factor != 0) {
        int rows = count + (k + 1) * d;
        state.rows(rows).add(factor, values[k].rows(rows));
        for (int i = 0; i < d; i++) {
          center[i] += factor * valueCenters[k][i];
          error[i] +=
              Math.abs(factor) * (single * valueSizes[k][i] + twice * Math.abs(valueCenters[k][i]));
        }
      }
    }
    double last = Math.abs(h * method.b(stages - 1));
    for (int i = 0; i < d; i++) {
      rest[i] = Rounding.inflate(error[i] + last * Generators.up(rest[i]) + Rounding.TINY);
    }
    state.writeDiagonal(count + (stages - 1) * d, rest);
  }
}
