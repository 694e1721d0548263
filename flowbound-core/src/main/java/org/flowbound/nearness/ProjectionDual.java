package org.flowbound.nearness;

import java.util.List;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.optimization.Lbfgs;

/**
 * The dual of the projection of A onto {@code {B : ⟨XVᵀ, B⟩ ≤ δ̄ ‖V‖² for every (V, X) of the
 * blocks}}, in low-rank form: with the blocks side by side,
 *
 * <pre>  min f(V, T) = ½ ‖XVᵀ‖² − ⟨XVᵀ, A⟩ + δ̄ ‖V‖²,      B = A − XVᵀ,</pre>
 *
 * <p>smooth and unconstrained. With a {@link Structure}, the Δ that represents {@code XVᵀ} in it
 * takes its place in {@code ‖XVᵀ‖²} and B. Every (V, T) proves {@code ‖B* − A‖ ≥ (⟨XVᵀ, A⟩ −
 * δ̄‖V‖²)/‖XVᵀ‖} of the nearest point B*. The gradient in V is {@code 2(δ̄ I − sym(DB))V} for a
 * vertex block, so at the minimum V spans the eigenspace of {@code sym(DB)} to the eigenvalue δ̄.
 *
 * <p>Not safe for concurrent use.
 */
final class ProjectionDual {
  private static final double ROUNDING = 1e-14;

  private final int d;
  private final int memory;
  private final Structure structure;
  private final boolean isFull;
  private final double[] represented;
  private final DoubleMatrix a;
  private final DoubleMatrix b;
  private final DoubleMatrix g;
  private double target;
  private double limit = Double.POSITIVE_INFINITY;

  private int capacity;
  private int columns;
  private int boxColumns;
  private DoubleMatrix storage = DoubleMatrix.zeros(0, 0);
  private DoubleMatrix nativeV = storage;
  private DoubleMatrix nativeX = storage;
  private DoubleMatrix nativeW = storage;
  private double[] x = new double[0];
  private double[] w = new double[0];
  private double[] y = new double[0];
  private double[] point = new double[0];
  private double[] scratch = new double[0];
  private Lbfgs lbfgs = new Lbfgs(0, 1);

  private double norm;
  private double violation;
  private double rounding;
  private double trace;
  private double lowerBound;
  private double gradientNorm;

  /**
   * @param memory the correction pairs of the L-BFGS method
   */
  ProjectionDual(Structure structure, int memory) {
    this.d = structure.order();
    this.memory = memory;
    this.structure = structure;
    this.isFull = structure.isFull();
    this.represented = new double[isFull ? 0 : d * d];
    this.a = DoubleMatrix.zeros(d, d);
    this.b = DoubleMatrix.zeros(d, d);
    this.g = DoubleMatrix.zeros(d, d);
  }

  /** Sets A, d × d in row-major order. */
  void setMatrix(double[] matrix) {
    a.write(0, matrix, d * d);
  }

  /** Sets δ̄. */
  void setTarget(double newTarget) {
    target = newTarget;
  }

  /** Lets a minimisation end where the lower bound exceeds this. */
  void setLimit(double newLimit) {
    limit = newLimit;
  }

  /** Whether the lower bound at the last point exceeds the limit. */
  boolean isBeyondLimit() {
    return lowerBound > limit;
  }

  /** The point {@code B = A − XVᵀ} of the last minimisation. */
  void readPoint(double[] matrix) {
    b.read(0, matrix, d * d);
  }

  /** {@code ‖B − A‖_F} at the last point. */
  double norm() {
    return norm;
  }

  /** The lower bound of {@code ‖B* − A‖_F} at the last point. */
  double lowerBound() {
    return lowerBound;
  }

  /** {@code ‖V‖²} at the last point. */
  double trace() {
    return trace;
  }

  /** The norm of the gradient at the last point. */
  double gradientNorm() {
    return gradientNorm;
  }

  /**
   * Minimises from the blocks' V and T, which are overwritten.
   *
   * @param maxEvaluations a limit for the evaluations of f
   * @param tolerance stop when the gradient's norm is at most {@code tolerance · ‖V‖}
   * @return the number of evaluations
   */
  int minimize(List<Block> blocks, int maxEvaluations, double tolerance) {
    layOut(blocks);
    pack(blocks);
    int n = d * (columns + boxColumns);
    Lbfgs.Result result =
        lbfgs.minimize(
            (at, gradient) -> evaluate(blocks, at, gradient),
            point,
            n,
            maxEvaluations,
            (value, size) -> size <= tolerance * Math.sqrt(trace) || lowerBound > limit);
    evaluate(blocks, point, scratch);
    gradientNorm = result.gradientNorm();
    unpack(blocks);
    return result.evaluations();
  }

  /**
   * Scales V to the least value of f along its ray; returns false where that is V = 0, that is,
   * where the blocks' inequality does not cut A off.
   */
  boolean rescale(List<Block> blocks) {
    layOut(blocks);
    pack(blocks);
    evaluate(blocks, point, scratch);
    if (!(violation > 0) || !(norm > 0)) {
      return false;
    }
    double factor = Math.sqrt(violation) / norm;
    for (Block block : blocks) {
      for (int k = 0; k < block.v().length; k++) {
        block.v()[k] *= factor;
      }
    }
    return true;
  }

  /** The multipliers {@code Λ_i = ‖(BV)_i‖/‖V_i‖} of a block at the last point. */
  void multipliers(List<Block> blocks, int index, double[] lambda) {
    int start = 0;
    for (int k = 0; k < index; k++) {
      start += blocks.get(k).rank();
    }
    int end = start + blocks.get(index).rank();
    for (int i = 0; i < d; i++) {
      double vv = 0;
      double ww = 0;
      for (int k = start; k < end; k++) {
        double vk = point[i * columns + k];
        double wk = w[i * columns + k];
        vv += vk * vk;
        ww += wk * wk;
      }
      lambda[i] = Math.sqrt(ww / vv);
    }
  }

  /** Takes the relaxed blocks to be first and reserves room for all. */
  private void layOut(List<Block> blocks) {
    columns = 0;
    boxColumns = 0;
    for (Block block : blocks) {
      columns += block.rank();
      boxColumns += block.isVertex() ? 0 : block.rank();
    }
    int n = d * (columns + boxColumns);
    if (n > capacity) {
      capacity = Math.max(n, 3 * capacity / 2);
      storage = DoubleMatrix.zeros(3, capacity);
      x = new double[capacity];
      w = new double[capacity];
      y = new double[capacity];
      point = new double[capacity];
      scratch = new double[capacity];
      lbfgs = new Lbfgs(capacity, memory);
    }
    nativeV = storage.view(0, d, columns);
    nativeX = storage.view(capacity, d, columns);
    nativeW = storage.view(2 * capacity, d, columns);
  }

  private void pack(List<Block> blocks) {
    int column = 0;
    for (Block block : blocks) {
      int p = block.rank();
      for (int i = 0; i < d; i++) {
        System.arraycopy(block.v(), i * p, point, i * columns + column, p);
        if (!block.isVertex()) {
          System.arraycopy(block.t(), i * p, point, d * columns + i * boxColumns + column, p);
        }
      }
      column += p;
    }
  }

  private void unpack(List<Block> blocks) {
    int column = 0;
    for (Block block : blocks) {
      int p = block.rank();
      for (int i = 0; i < d; i++) {
        System.arraycopy(point, i * columns + column, block.v(), i * p, p);
        if (!block.isVertex()) {
          System.arraycopy(point, d * columns + i * boxColumns + column, block.t(), i * p, p);
        }
      }
      column += p;
    }
  }

  private double evaluate(List<Block> blocks, double[] at, double[] gradient) {
    formX(blocks, at);
    int n = d * columns;
    nativeV.write(0, at, n);
    nativeX.write(0, x, n);
    Blas.gemm(1, nativeX, Op.PLAIN, nativeV, Op.TRANSPOSED, 0, g);
    trace = nativeV.dot(nativeV);
    violation = g.dot(a) - target * trace;
    double squaredNorm = isFull ? g.dot(g) : represent();
    b.copyFrom(a);
    b.add(-1, g);
    Blas.gemm(1, b, Op.PLAIN, nativeV, Op.PLAIN, 0, nativeW);
    nativeW.read(0, w, n);
    Blas.gemm(1, b, Op.TRANSPOSED, nativeX, Op.PLAIN, 0, nativeW);
    nativeW.read(0, y, n);
    norm = Math.sqrt(squaredNorm);
    double proved = violation - rounding;
    lowerBound = norm > 0 ? proved / norm : proved > 0 ? Double.POSITIVE_INFINITY : 0;
    for (int k = 0; k < n; k++) {
      gradient[k] = 2 * target * at[k] - y[k];
    }
    addRowTerms(blocks, at, gradient);
    return 0.5 * squaredNorm - violation;
  }

  /**
   * Replaces XVᵀ by the Δ that represents it, which can be small beside the rounding errors of the
   * violation; returns {@code ‖Δ‖²}.
   */
  private double represent() {
    rounding = ROUNDING * (Math.sqrt(g.dot(g)) * Math.sqrt(a.dot(a)) + Math.abs(target) * trace);
    g.read(0, represented, d * d);
    double squaredNorm = structure.represent(represented);
    g.write(0, represented, d * d);
    return squaredNorm;
  }

  private void formX(List<Block> blocks, double[] at) {
    int column = 0;
    for (Block block : blocks) {
      int p = block.rank();
      for (int i = 0; i < d; i++) {
        double c = block.center()[i];
        int start = i * columns + column;
        double onT = 0;
        int startT = d * columns + i * boxColumns + column;
        if (!block.isVertex()) {
          double vv = 0;
          double tt = 0;
          for (int k = 0; k < p; k++) {
            vv += at[start + k] * at[start + k];
            tt += at[startT + k] * at[startT + k];
          }
          onT = tt > 0 ? block.radius()[i] * Math.sqrt(vv / tt) : 0;
        }
        for (int k = 0; k < p; k++) {
          x[start + k] = c * at[start + k];
        }
        if (onT > 0) {
          for (int k = 0; k < p; k++) {
            x[start + k] += onT * at[startT + k];
          }
        }
      }
      column += p;
    }
  }

  private void addRowTerms(List<Block> blocks, double[] at, double[] gradient) {
    int column = 0;
    for (Block block : blocks) {
      int p = block.rank();
      for (int i = 0; i < d; i++) {
        double c = block.center()[i];
        double r = block.radius()[i];
        int start = i * columns + column;
        for (int k = start; k < start + p; k++) {
          gradient[k] -= c * w[k];
        }
        if (block.isVertex()) {
          continue;
        }
        int startT = d * columns + i * boxColumns + column;
        double vv = 0;
        double tt = 0;
        double wt = 0;
        for (int k = 0; k < p; k++) {
          double vk = at[start + k];
          double tk = at[startT + k];
          vv += vk * vk;
          tt += tk * tk;
          wt += w[start + k] * tk;
        }
        double normV = Math.sqrt(vv);
        double inverseT = tt > 0 ? 1 / Math.sqrt(tt) : 0;
        double onV = normV > 0 ? r * wt * inverseT / normV : 0;
        double onW = r * normV * inverseT;
        double onT = onW * wt * inverseT * inverseT;
        for (int k = 0; k < p; k++) {
          gradient[start + k] -= onV * at[start + k];
          gradient[startT + k] = onT * at[startT + k] - onW * w[start + k];
        }
      }
      column += p;
    }
  }
}
