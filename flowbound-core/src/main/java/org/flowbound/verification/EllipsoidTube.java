package org.flowbound.verification;

import java.util.Arrays;
import org.flowbound.attack.PerturbationNorm;
import org.flowbound.field.Activation;
import org.flowbound.field.SlopeBox;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.Cholesky;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.network.Classifier;

/**
 * Follows an ellipsoid that holds all states that images of a ball lead to: the local form of the
 * Lipschitz bound of {@link org.flowbound.certification.StepExpansion}.
 *
 * <p>Around the path û of the ball's center the states are {@code û + w}, {@code w = Lξ}, {@code
 * ‖ξ‖₂ ≤ 1}. The k-th stage of a step moves apart by {@code D_k w_k}, {@code w_k = A(w + h Σ_j a_kj
 * D_j w_j)}, with D_k the diagonal matrix of mean slopes between the two pre-activations. The
 * ellipsoid bounds {@code |w_k|} coordinate by coordinate, this bounds the mean slopes: {@code D_k
 * = C_k + S_k R_k}, {@code |S_k| ≤ I} ({@link ChordSlopes}). With {@code y_k = S_k R_k w_k}
 * everything is linear in {@code v = (ξ, y_1, …, y_s)}, and for any diagonal {@code Λ_k ≥ 0}
 *
 * <pre>  ‖ξ‖² + Σ_k (y_kᵀ Λ_k y_k − w_kᵀ R_k Λ_k R_k w_k) ≤ 1,   that is   vᵀ S v ≤ 1,</pre>
 *
 * so that {@code w⁺ = F₀ v} lies in the ellipsoid with the matrix {@code F₀ S⁻¹ F₀ᵀ}, wherever S is
 * positive definite. For explicit Euler that is {@code (I + hCA) L (I − U ᵀU)⁻¹ Lᵀ (I + hCA)ᵀ + h²
 * Λ⁻¹}, {@code U = Λ^½ R A L}. With slopes that do not vary (R = 0) the ellipsoid is exact. Where
 * the Λ that gives the global bound its value is taken, nothing is worse than there; here Λ
 * balances the two terms that it enters for the margins of all classes at once, weighted by their
 * derivatives along the path.
 *
 * <p><b>Soundness in floating point.</b> As in {@link Reachability}, lower bounds are returned for
 * the margins of the network in real arithmetic. L, Λ, C and R are the numbers that were computed,
 * none of which has to be the best one. What must hold is this, and each is bounded in the
 * Frobenius norm: (1) products and sums of matrices are off by γ times the product of norms, times
 * a bound V of {@code ‖v‖}, which adds to a distance e by which w⁺ may be off, and so do the
 * defects of the path; (2) K with {@code KKᵀ ⪯ S}: a Cholesky factorisation is off by at most
 * {@code γ tr} (see {@link org.flowbound.rigor.VerifiedCholesky}), which is subtracted from the
 * diagonal with the error of forming S beforehand; (3) {@code F = F₀K⁻ᵀ} by substitution is off by
 * {@code γ ‖F‖ ‖K‖ V}; (4) by {@code (a + b)² ≤ (1 + θ)a² + (1 + 1/θ)b²}, {@code (1 + θ)(FFᵀ + …) +
 * (1 + 1/θ)e² I} holds the error e as well; it is factored with its own errors added to the
 * diagonal. ∎
 *
 * <p>An instance owns its workspace; not safe for concurrent use.
 */
final class EllipsoidTube {
  /** How much of Λ's weights is spread over all coordinates, for stability. */
  private static final double SPREAD = 0.1;

  private static final double THETA = 0x1p-20;
  private static final double LEAST_RADIUS = 1e-12;

  private final int d;
  private final int stages;
  private final int steps;
  private final int order;
  private final int classes;
  private final double h;
  private final RungeKutta method;
  private final Activation activation;
  private final double steepest;
  private final InputLayer input;
  private final CenterPath path;
  private final OutputMargins[] outputs;
  private final DoubleMatrix weight;
  private final double weightNorm;
  private final DoubleMatrix inputGram;
  private final double inputSquares;
  private final DoubleMatrix columns;

  private final DoubleMatrix factor;
  private final DoubleMatrix shape;
  private final DoubleMatrix argument;
  private final DoubleMatrix response;
  private final DoubleMatrix bounded;
  private final DoubleMatrix form;
  private final DoubleMatrix end;
  private final DoubleMatrix[] values;
  private final DoubleMatrix functions;
  private final DoubleMatrix onFactor;
  private final DoubleMatrix alignment;
  private final Cholesky ofShape;
  private final Cholesky ofForm;
  private final double[][] deviations;
  private final double[] row;
  private final double[] functionRow;

  EllipsoidTube(Classifier classifier) {
    Discretization discretization = classifier.architecture().discretization();
    this.d = classifier.architecture().width();
    this.classes = classifier.architecture().classes();
    this.method = discretization.method();
    this.stages = method.stages();
    this.steps = discretization.steps();
    this.h = discretization.stepSize();
    this.order = stages * d;
    this.activation = classifier.architecture().activation();
    SlopeBox slopes = activation.slopes();
    this.steepest = Math.max(Math.abs(slopes.lower()), Math.abs(slopes.upper()));
    this.input = new InputLayer(classifier);
    this.path = new CenterPath(classifier);
    this.outputs = new OutputMargins[classes];
    for (int label = 0; label < classes; label++) {
      outputs[label] = new OutputMargins(classifier, label);
    }
    this.weight = DoubleMatrix.of(classifier.odeWeight());
    this.weightNorm = Rounding.inflate(classifier.odeWeight().frobeniusNorm());
    Matrix b = classifier.inputWeight();
    DoubleMatrix inputWeight = DoubleMatrix.of(b);
    this.inputGram = DoubleMatrix.zeros(d, d);
    Blas.gemm(1, inputWeight, Op.PLAIN, inputWeight, Op.TRANSPOSED, 0, inputGram);
    this.inputSquares = Rounding.inflate(b.frobeniusNorm() * b.frobeniusNorm());
    this.columns = DoubleMatrix.zeros(input.pixels(), d);
    this.factor = DoubleMatrix.zeros(d, d);
    this.shape = DoubleMatrix.zeros(d, d);
    this.argument = DoubleMatrix.zeros(d, order);
    this.response = DoubleMatrix.zeros(d, order);
    this.bounded = DoubleMatrix.zeros(d, order);
    this.form = DoubleMatrix.zeros(order, order);
    this.end = DoubleMatrix.zeros(d, order);
    this.values = new DoubleMatrix[stages];
    for (int k = 0; k < stages; k++) {
      values[k] = DoubleMatrix.zeros(d, order);
    }
    this.functions = DoubleMatrix.zeros(classes, d);
    this.onFactor = DoubleMatrix.zeros(classes, d);
    this.alignment = DoubleMatrix.zeros(classes, d);
    this.ofShape = new Cholesky(d);
    this.ofForm = new Cholesky(order);
    this.deviations = new double[stages][d];
    this.row = new double[order];
    this.functionRow = new double[d];
  }

  /**
   * Lower bounds of {@code logit_label − logit_j} over the ball, for every class j; +∞ for the
   * label itself; NaN where nothing was found, as where the center's prediction is another one.
   *
   * @param ranges bounds of the pre-activations found in another way
   */
  double[] margins(ImageBall ball, int label, PreactivationRanges ranges) {
    double[] center = new double[d];
    double[] error = new double[d];
    input.evaluate(ball, center, error);
    path.integrate(center);
    double[] margins = outputs[label].values(path.state(steps));
    for (int j = 0; j < classes; j++) {
      if (!(margins[j] > 0)) {
        Arrays.fill(margins, Double.NaN);
        return margins;
      }
    }
    outputs[label].writeScaled(margins, functions);
    path.pullBack(functions);
    boolean definite = setInitial(ball, norm(error));
    for (int n = 0; n < steps && definite; n++) {
      definite = step(n, ranges);
    }
    if (!definite) {
      Arrays.fill(margins, Double.NaN);
      return margins;
    }
    return outputs[label].lowerBounds(path.state(steps), factor);
  }

  private boolean setInitial(ImageBall ball, double error) {
    double gramError;
    if (ball.norm() == PerturbationNorm.L2) {
      double scale = ball.eps() / input.deviation();
      shape.copyFrom(inputGram);
      shape.scale(scale * scale);
      gramError = Rounding.twice(input.pixels() + 8) * scale * scale * inputSquares;
    } else {
      writeScaledColumns(ball);
      Blas.gemm(1, columns, Op.TRANSPOSED, columns, Op.PLAIN, 0, shape);
      double size = frobenius(columns);
      gramError = Rounding.twice(input.pixels() + 8) * size * size;
    }
    return refactor(gramError, error);
  }

  /**
   * The columns of B scaled so that their ellipsoid holds the box: {@code Σ ω_p (δ_p/r_p)² ≤ Σ ω_p
   * = 1}, with ω chosen so that for a single linear function it is as good as the box.
   */
  private void writeScaledColumns(ImageBall ball) {
    int pixels = input.pixels();
    DoubleMatrix sensitivity = path.sensitivity(0);
    double[] share = new double[pixels];
    double[] column = new double[d];
    double total = 0;
    for (int p = 0; p < pixels; p++) {
      input.column(p, 1, column);
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < d; i++) {
        squares += column[i] * column[i];
      }
      for (int c = 0; c < classes; c++) {
        sensitivity.read(c * d, functionRow, d);
        double product = 0;
        for (int i = 0; i < d; i++) {
          product += functionRow[i] * column[i];
        }
        sum += product * product;
      }
      double spread = SPREAD * Math.sqrt(squares / d) * frobenius(sensitivity);
      share[p] = ball.radius(p) * (Math.sqrt(sum) + spread);
      total += share[p];
    }
    for (int p = 0; p < pixels; p++) {
      double omega = share[p] / total + 0x1p-40 / pixels;
      double factorOfColumn = ball.radius(p) / input.deviation() / Math.sqrt(omega) * (1 + 0x1p-38);
      input.column(p, factorOfColumn, column);
      columns.write(p * d, column, d);
    }
  }

  /** One step of the ellipsoid; whether it could be enclosed. */
  private boolean step(int n, PreactivationRanges ranges) {
    double factorNorm = frobenius(factor);
    double[] valueErrors = new double[stages];
    double[] valueNorms = new double[stages];
    double lengthSquared = 1;
    double formSquares = 0;
    setIdentity(form);
    end.clear();
    writeBlock(end, factor);
    double endError = path.defect(n);
    double endNorm = factorNorm;
    double rounding = Rounding.twice(2 * stages + 6);
    double[] lastVariance = new double[d];
    for (int k = 0; k < stages; k++) {
      double length = Rounding.inflate(Math.sqrt(lengthSquared));
      argument.clear();
      writeBlock(argument, factor);
      double argumentError = 0;
      double argumentNorm = factorNorm;
      for (int j = 0; j < k; j++) {
        double a = h * method.a(k, j);
        if (a != 0) {
          argument.add(a, values[j]);
          argumentError += Math.abs(a) * valueErrors[j];
          argumentNorm += Math.abs(a) * valueNorms[j];
        }
      }
      argumentError = k == 0 ? 0 : argumentError + rounding * argumentNorm * length;
      Blas.gemm(1, weight, Op.PLAIN, argument, Op.PLAIN, 0, response);
      double error =
          Rounding.inflate(
              weightNorm
                  * (argumentError
                      + Rounding.twice(d + 2) * argumentNorm * length * (1 + 0x1p-20)));
      lengthSquared += bound(n, k, error, ranges, lastVariance);
      double squares = frobenius(bounded);
      formSquares += squares * squares;
      Blas.gemm(-1, bounded, Op.TRANSPOSED, bounded, Op.PLAIN, 1, form);
      valueNorms[k] = frobenius(values[k]);
      double newLength = Rounding.inflate(Math.sqrt(lengthSquared));
      valueErrors[k] =
          Rounding.inflate(steepest * error + Rounding.twice(4) * valueNorms[k] * newLength);
      double b = h * method.b(k);
      if (b != 0) {
        end.add(b, values[k]);
        endError += Math.abs(b) * valueErrors[k];
        endNorm += Math.abs(b) * valueNorms[k];
      }
    }
    double length = Rounding.inflate(Math.sqrt(lengthSquared));
    endError += rounding * endNorm * length;
    double factoring = Rounding.twice(2 * order + 12);
    subtractFromDiagonal(
        form,
        Rounding.inflate(
            2 * factoring * order + Rounding.twice(order + d + 8) * (formSquares + order)));
    if (!ofForm.factor(form)) {
      return false;
    }
    ofForm.divide(end);
    double size = frobenius(end);
    endError += factoring * size * Math.sqrt(order) * length * (1 + 0x1p-20);
    Blas.gemm(1, end, Op.PLAIN, end, Op.TRANSPOSED, 0, shape);
    double lastWeight = h * method.b(stages - 1);
    double largest = 0;
    for (int i = 0; i < d; i++) {
      double variance = lastWeight * lastWeight * lastVariance[i] * (1 + 0x1p-40);
      shape.set(i, i, shape.get(i, i) + variance);
      largest = Math.max(largest, variance);
    }
    return refactor(Rounding.twice(order + 8) * (size * size + largest), endError);
  }

  /**
   * Bounds the k-th stage's pre-activations and with them the slopes; sets {@code values[k] = C_k
   * Z_k + E_k Λ_k^{−½}}, the second term only where a later stage sees it, and {@code bounded =
   * Λ_k^½ R_k Z_k}.
   *
   * @param error of Zv, in length
   * @param variance overwritten with {@code 1/Λ_k}
   * @return a bound of {@code ‖Λ_k^½ y_k‖²} where v has a part for it, else 0
   */
  private double bound(int n, int k, double error, PreactivationRanges ranges, double[] variance) {
    int stage = n * stages + k;
    double[] z = path.preactivation(stage);
    double[] zError = path.preactivationError(stage);
    DoubleMatrix sensitivity = path.stageSensitivity(stage);
    double[] importance = columnNorms(sensitivity);
    double spreadOnValue = SPREAD * norm(importance) / Math.sqrt(d);
    Blas.gemm(1, path.sensitivity(n + 1), Op.PLAIN, factor, Op.PLAIN, 0, onFactor);
    Blas.gemm(1, onFactor, Op.PLAIN, firstBlock(response), Op.TRANSPOSED, 0, alignment);
    double[] aligned = columnNorms(alignment);
    double spreadOnResponse = SPREAD * frobenius(path.sensitivity(n + 1)) * frobenius(factor) / d;
    boolean last = k == stages - 1;
    double added = 0;
    for (int i = 0; i < d; i++) {
      response.read(i * order, row, order);
      double squares = 0;
      for (int j = 0; j < d; j++) {
        squares += row[j] * row[j];
      }
      double reach = Math.sqrt(squares);
      for (int l = 0; l < k; l++) {
        for (int j = 0; j < d; j++) {
          reach += Math.abs(row[(l + 1) * d + j]) * deviations[l][j];
        }
      }
      reach = Rounding.inflate(reach + error);
      double total = Rounding.inflate(reach + zError[i]);
      double from = Math.max(Math.nextDown(z[i] - total), ranges.lower(stage, i));
      double to = Math.min(Math.nextUp(z[i] + total), ranges.upper(stage, i));
      SlopeBox slopes =
          ChordSlopes.of(activation, z[i], zError[i], Math.min(from, z[i]), Math.max(to, z[i]));
      double c = slopes.center();
      double r =
          Math.max(
              LEAST_RADIUS,
              Math.nextUp(Math.max(slopes.upper() - c, c - slopes.lower())) * (1 + 0x1p-40));
      double multiplier =
          (importance[i] + spreadOnValue)
              / (r * Math.max(aligned[i] + spreadOnResponse * reach, Double.MIN_NORMAL));
      double root = Math.sqrt(Math.min(Math.max(multiplier, 1e-30), 1e30));
      variance[i] = 1 / root / root;
      deviations[k][i] = Rounding.inflate(root * r * reach);
      added += deviations[k][i] * deviations[k][i];
      for (int j = 0; j < order; j++) {
        row[j] *= root * r;
      }
      bounded.write(i * order, row, order);
      response.read(i * order, row, order);
      for (int j = 0; j < order; j++) {
        row[j] *= c;
      }
      if (!last) {
        row[(k + 1) * d + i] += 1 / root;
      }
      values[k].write(i * order, row, order);
    }
    return last ? 0 : Rounding.inflate(added);
  }

  /**
   * Sets the factor L to one with {@code LLᵀ ⪰ M}, for the ellipsoid of the shape plus all vectors
   * of a length up to {@code offset}.
   *
   * @param error of the shape's entries, in the 2-norm
   */
  private boolean refactor(double error, double offset) {
    double trace = 0;
    for (int i = 0; i < d; i++) {
      trace += shape.get(i, i);
    }
    shape.scale(1 + THETA);
    double rounding = (Rounding.twice(2 * d + 16) * trace + error) * (1 + 2 * THETA);
    double lift = Rounding.inflate(rounding + (1 + 1 / THETA) * offset * offset);
    subtractFromDiagonal(shape, -lift);
    if (!(lift < Double.POSITIVE_INFINITY) || !ofShape.factor(shape)) {
      return false;
    }
    ofShape.lower(factor);
    return true;
  }

  private DoubleMatrix firstBlock(DoubleMatrix matrix) {
    if (stages == 1) {
      return matrix;
    }
    DoubleMatrix block = DoubleMatrix.zeros(d, d);
    for (int i = 0; i < d; i++) {
      matrix.read(i * order, functionRow, d);
      block.write(i * d, functionRow, d);
    }
    return block;
  }

  private void writeBlock(DoubleMatrix target, DoubleMatrix block) {
    for (int i = 0; i < d; i++) {
      block.read(i * d, functionRow, d);
      target.write(i * order, functionRow, d);
    }
  }

  private static void setIdentity(DoubleMatrix matrix) {
    matrix.clear();
    for (int i = 0; i < matrix.rows(); i++) {
      matrix.set(i, i, 1);
    }
  }

  private static void subtractFromDiagonal(DoubleMatrix matrix, double value) {
    for (int i = 0; i < matrix.rows(); i++) {
      matrix.set(i, i, matrix.get(i, i) - value);
    }
  }

  /** The Frobenius norm, or more. */
  private static double frobenius(DoubleMatrix matrix) {
    return Rounding.inflate(Math.sqrt(matrix.dot(matrix)));
  }

  private static double norm(double[] x) {
    double sum = 0;
    for (double entry : x) {
      sum += entry * entry;
    }
    return Rounding.inflate(Math.sqrt(sum));
  }

  private double[] columnNorms(DoubleMatrix matrix) {
    double[] norms = new double[d];
    for (int c = 0; c < classes; c++) {
      matrix.read(c * d, functionRow, d);
      for (int i = 0; i < d; i++) {
        norms[i] += functionRow[i] * functionRow[i];
      }
    }
    for (int i = 0; i < d; i++) {
      norms[i] = Math.sqrt(norms[i]);
    }
    return norms;
  }
}
