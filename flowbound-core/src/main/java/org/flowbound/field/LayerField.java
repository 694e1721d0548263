package org.flowbound.field;

import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.NativeMatrix;

/**
 * The vector field {@code f(u) = σ(Au + b)} on batches, one state in each row, with the products of
 * its Jacobian {@code DA}, {@code D = diag σ'(Au + b)}.
 *
 * <p>A and b are read where they are, so that training can change them in place. Works in the
 * precision of A and allocates nothing once constructed. Not safe for concurrent use.
 */
public final class LayerField {
  private final NativeMatrix weight;
  private final NativeMatrix bias;
  private final EntryLoops loops;

  /**
   * @param weight A, d × d
   * @param bias b, 1 × d, in the same precision
   * @throws IllegalArgumentException if the shapes do not fit together
   */
  public LayerField(NativeMatrix weight, NativeMatrix bias, Activation activation) {
    int d = weight.rows();
    if (weight.columns() != d || bias.rows() != 1 || bias.columns() != d) {
      throw new IllegalArgumentException(
          "A field needs a square weight and one bias row, not %s and %s.".formatted(weight, bias));
    }
    this.weight = weight;
    this.bias = bias;
    this.loops =
        switch (weight.precision()) {
          case FLOAT32 -> new FloatLoops(activation, d);
          case FLOAT64 -> new DoubleLoops(activation, d);
        };
  }

  /** The dimension d of a state. */
  public int dimension() {
    return weight.rows();
  }

  /**
   * Evaluates the field.
   *
   * @param states m × d
   * @param values overwritten with f of every row, m × d
   * @param slopes overwritten with σ'(Au + b) of every row, m × d
   */
  public void evaluate(NativeMatrix states, NativeMatrix values, NativeMatrix slopes) {
    Blas.gemm(1, states, Op.PLAIN, weight, Op.TRANSPOSED, 0, values);
    loops.activate(values, bias, slopes);
  }

  /**
   * One step of explicit Euler in a single pass: {@code next ← u + h f(u)} for every row u.
   *
   * @param states m × d
   * @param slopes overwritten with σ'(Au + b) of every row, m × d
   * @param next overwritten, m × d; must not be {@code states}
   */
  public void eulerStep(NativeMatrix states, double h, NativeMatrix slopes, NativeMatrix next) {
    Blas.gemm(1, states, Op.PLAIN, weight, Op.TRANSPOSED, 0, next);
    loops.activateAndStep(next, bias, slopes, states, h);
  }

  /**
   * The Jacobian–vector product {@code DA w} for every row w of {@code tangents}.
   *
   * @param slopes as {@link #evaluate} left them
   * @param result overwritten, m × d
   */
  public void jacobianVector(NativeMatrix slopes, NativeMatrix tangents, NativeMatrix result) {
    Blas.gemm(1, tangents, Op.PLAIN, weight, Op.TRANSPOSED, 0, result);
    loops.multiply(1, slopes, result, result);
  }

  /**
   * The vector–Jacobian product {@code factor · AᵀDg} for every row g of {@code cotangents}, added
   * to {@code beta} times the result's old entries.
   *
   * @param slopes as {@link #evaluate} left them
   * @param scaled overwritten with {@code factor · Dg}, from which parameter gradients are made;
   *     may be {@code slopes} itself
   * @param result m × d; may be {@code cotangents} itself
   */
  public void vectorJacobian(
      double factor,
      NativeMatrix slopes,
      NativeMatrix cotangents,
      NativeMatrix scaled,
      double beta,
      NativeMatrix result) {
    loops.multiply(factor, slopes, cotangents, scaled);
    Blas.gemm(1, scaled, Op.PLAIN, weight, Op.PLAIN, beta, result);
  }

  /** The loops over entries, in one precision: through arrays, where they vectorise. */
  private interface EntryLoops {
    /** {@code (values, slopes) ← (σ, σ')(values + bias)}. */
    void activate(NativeMatrix values, NativeMatrix bias, NativeMatrix slopes);

    /** {@code (values, slopes) ← (states + h σ, σ')(values + bias)}. */
    void activateAndStep(
        NativeMatrix values, NativeMatrix bias, NativeMatrix slopes, NativeMatrix states, double h);

    /** {@code target ← factor · x ∘ y}. */
    void multiply(double factor, NativeMatrix x, NativeMatrix y, NativeMatrix target);
  }

  /** As many rows as fit into a first-level cache. */
  private static int rowsPerBlock(int d) {
    return Math.max(1, 4096 / d);
  }

  private static final class FloatLoops implements EntryLoops {
    private final Activation activation;
    private final int d;
    private final float[] x;
    private final float[] y;
    private final float[] b;

    FloatLoops(Activation activation, int d) {
      this.activation = activation;
      this.d = d;
      this.x = new float[rowsPerBlock(d) * d];
      this.y = new float[x.length];
      this.b = new float[d];
    }

    @Override
    public void activate(NativeMatrix values, NativeMatrix bias, NativeMatrix slopes) {
      bias.read(0, b, d);
      for (int offset = 0; offset < values.size(); offset += x.length) {
        int n = Math.min(x.length, values.size() - offset);
        apply(values, offset, n);
        values.write(offset, x, n);
        slopes.write(offset, y, n);
      }
    }

    @Override
    public void activateAndStep(
        NativeMatrix values,
        NativeMatrix bias,
        NativeMatrix slopes,
        NativeMatrix states,
        double h) {
      float step = (float) h;
      bias.read(0, b, d);
      for (int offset = 0; offset < values.size(); offset += x.length) {
        int n = Math.min(x.length, values.size() - offset);
        apply(values, offset, n);
        slopes.write(offset, y, n);
        states.read(offset, y, n);
        for (int k = 0; k < n; k++) {
          y[k] += step * x[k];
        }
        values.write(offset, y, n);
      }
    }

    /** Reads {@code n} values into x, adds the bias, and leaves σ in x and σ' in y. */
    private void apply(NativeMatrix values, int offset, int n) {
      values.read(offset, x, n);
      for (int row = 0; row < n; row += d) {
        for (int j = 0; j < d; j++) {
          x[row + j] += b[j];
        }
      }
      activation.apply(x, x, y, n);
    }

    @Override
    public void multiply(
        double factor, NativeMatrix first, NativeMatrix second, NativeMatrix target) {
      float f = (float) factor;
      for (int offset = 0; offset < target.size(); offset += x.length) {
        int n = Math.min(x.length, target.size() - offset);
        first.read(offset, x, n);
        second.read(offset, y, n);
        for (int k = 0; k < n; k++) {
          x[k] = f * x[k] * y[k];
        }
        target.write(offset, x, n);
      }
    }
  }

  private static final class DoubleLoops implements EntryLoops {
    private final Activation activation;
    private final int d;
    private final double[] x;
    private final double[] y;
    private final double[] b;

    DoubleLoops(Activation activation, int d) {
      this.activation = activation;
      this.d = d;
      this.x = new double[rowsPerBlock(d) * d];
      this.y = new double[x.length];
      this.b = new double[d];
    }

    @Override
    public void activate(NativeMatrix values, NativeMatrix bias, NativeMatrix slopes) {
      bias.read(0, b, d);
      for (int offset = 0; offset < values.size(); offset += x.length) {
        int n = Math.min(x.length, values.size() - offset);
        apply(values, offset, n);
        values.write(offset, x, n);
        slopes.write(offset, y, n);
      }
    }

    @Override
    public void activateAndStep(
        NativeMatrix values,
        NativeMatrix bias,
        NativeMatrix slopes,
        NativeMatrix states,
        double h) {
      double step = h;
      bias.read(0, b, d);
      for (int offset = 0; offset < values.size(); offset += x.length) {
        int n = Math.min(x.length, values.size() - offset);
        apply(values, offset, n);
        slopes.write(offset, y, n);
        states.read(offset, y, n);
        for (int k = 0; k < n; k++) {
          y[k] += step * x[k];
        }
        values.write(offset, y, n);
      }
    }

    /** Reads {@code n} values into x, adds the bias, and leaves σ in x and σ' in y. */
    private void apply(NativeMatrix values, int offset, int n) {
      values.read(offset, x, n);
      for (int row = 0; row < n; row += d) {
        for (int j = 0; j < d; j++) {
          x[row + j] += b[j];
        }
      }
      activation.apply(x, x, y, n);
    }

    @Override
    public void multiply(
        double factor, NativeMatrix first, NativeMatrix second, NativeMatrix target) {
      for (int offset = 0; offset < target.size(); offset += x.length) {
        int n = Math.min(x.length, target.size() - offset);
        first.read(offset, x, n);
        second.read(offset, y, n);
        for (int k = 0; k < n; k++) {
          x[k] = factor * x[k] * y[k];
        }
        target.write(offset, x, n);
      }
    }
  }
}
