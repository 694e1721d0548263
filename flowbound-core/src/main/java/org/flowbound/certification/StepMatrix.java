package org.flowbound.certification;

import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.SymmetricEigen;

/**
 * The matrix of one step with given slopes, and monotone ascent of its norm.
 *
 * <p>With u and v the leading singular vectors of the step {@code M(D_1, …, D_s)}, {@code uᵀMv =
 * const + Σ_i (D_k)_ii (w_k)_i (p_k)_i} for each stage k, p_k the stage's adjoint. Taking the upper
 * slope where {@code (w_k)_i (p_k)_i > 0} and the lower one elsewhere, one stage after the other,
 * never decreases ‖M‖₂.
 */
final class StepMatrix {
  private final StepExpansion problem;
  private final int d;
  private final int stages;
  private final DoubleMatrix a;
  private final DoubleMatrix argument;
  private final DoubleMatrix[] stage;
  private final DoubleMatrix step;
  private final DoubleMatrix gram;
  private final SymmetricEigen eigen;

  StepMatrix(StepExpansion problem) {
    this.problem = problem;
    this.d = problem.matrix().rows();
    this.stages = problem.method().stages();
    this.a = DoubleMatrix.of(problem.matrix());
    this.argument = DoubleMatrix.zeros(d, d);
    this.stage = new DoubleMatrix[stages];
    for (int k = 0; k < stages; k++) {
      stage[k] = DoubleMatrix.zeros(d, d);
    }
    this.step = DoubleMatrix.zeros(d, d);
    this.gram = DoubleMatrix.zeros(d, d);
    this.eigen = new SymmetricEigen(d);
  }

  /** ‖M‖₂ with the given slopes, s × d; leaves the right singular vector behind. */
  double norm(double[][] slopes) {
    RungeKutta method = problem.method();
    double h = problem.stepSize();
    setIdentity(step);
    double[] row = new double[d];
    for (int k = 0; k < stages; k++) {
      setIdentity(argument);
      for (int j = 0; j < k; j++) {
        argument.add(h * method.a(k, j), stage[j]);
      }
      Blas.gemm(1, a, Op.PLAIN, argument, Op.PLAIN, 0, stage[k]);
      for (int i = 0; i < d; i++) {
        stage[k].read(i * d, row, d);
        for (int j = 0; j < d; j++) {
          row[j] *= slopes[k][i];
        }
        stage[k].write(i * d, row, d);
      }
      step.add(h * method.b(k), stage[k]);
    }
    Blas.gemm(1, step, Op.TRANSPOSED, step, Op.PLAIN, 0, gram);
    eigen.decomposeLargest(gram, 1);
    return Math.sqrt(Math.max(0, eigen.value(0)));
  }

  private void setIdentity(DoubleMatrix matrix) {
    matrix.clear();
    for (int i = 0; i < d; i++) {
      matrix.set(i, i, 1);
    }
  }

  /** Climbs from the given slopes, which are overwritten, to a local maximum of ‖M‖₂. */
  double climb(double[][] slopes) {
    double value = norm(slopes);
    int unchanged = 0;
    for (int k = stages - 1; unchanged < stages; k = (k + stages - 1) % stages) {
      double[] old = slopes[k];
      slopes[k] = bestSlopes(slopes, k);
      double next = norm(slopes);
      if (next > value * (1 + 1e-14)) {
        value = next;
        unchanged = 0;
      } else {
        slopes[k] = old;
        norm(slopes);
        unchanged++;
      }
    }
    return value;
  }

  private double[] bestSlopes(double[][] slopes, int k) {
    double[] v = new double[d];
    eigen.vector(0, v);
    double[] u = multiply(step, Op.PLAIN, v);
    double[] w = stageState(slopes, v, k);
    double[] p = adjoint(slopes, u, k);
    double[] best = new double[d];
    for (int i = 0; i < d; i++) {
      best[i] = w[i] * p[i] > 0 ? problem.slopes().upper() : problem.slopes().lower();
    }
    return best;
  }

  /** w_k for a unit vector v. */
  private double[] stageState(double[][] slopes, double[] v, int last) {
    double h = problem.stepSize();
    double[][] z = new double[last + 1][];
    double[] w = v;
    for (int k = 0; k <= last; k++) {
      double[] x = v.clone();
      for (int j = 0; j < k; j++) {
        axpy(h * problem.method().a(k, j), z[j], x);
      }
      w = multiply(a, Op.PLAIN, x);
      z[k] = scale(slopes[k], w);
    }
    return w;
  }

  /** p_k: the derivative of {@code uᵀMv} by {@code D_k w_k}. */
  private double[] adjoint(double[][] slopes, double[] u, int first) {
    RungeKutta method = problem.method();
    double h = problem.stepSize();
    double[][] p = new double[stages][];
    double[][] pulledBack = new double[stages][];
    for (int k = stages - 1; k >= first; k--) {
      p[k] = new double[d];
      axpy(h * method.b(k), u, p[k]);
      for (int j = k + 1; j < stages; j++) {
        axpy(h * method.a(j, k), pulledBack[j], p[k]);
      }
      pulledBack[k] = multiply(a, Op.TRANSPOSED, scale(slopes[k], p[k]));
    }
    return p[first];
  }

  private static void axpy(double factor, double[] x, double[] y) {
    for (int i = 0; i < y.length; i++) {
      y[i] += factor * x[i];
    }
  }

  private static double[] scale(double[] diagonal, double[] x) {
    double[] scaled = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      scaled[i] = diagonal[i] * x[i];
    }
    return scaled;
  }

  private double[] multiply(DoubleMatrix matrix, Op op, double[] x) {
    DoubleMatrix column = DoubleMatrix.zeros(d, 1);
    DoubleMatrix product = DoubleMatrix.zeros(d, 1);
    column.write(0, x, d);
    Blas.gemm(1, matrix, op, column, Op.PLAIN, 0, product);
    double[] result = new double[d];
    product.read(0, result, d);
    return result;
  }
}
