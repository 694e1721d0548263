package org.flowbound.flow;

import org.flowbound.field.LayerField;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.Precision;

/**
 * The discrete flow map {@code u_0 ↦ u_N} of a field on batches, with its exact derivatives: those
 * of the map that is computed, not of the exact flow (the discrete adjoint).
 *
 * <p>{@link #forward} records the states and slopes of all stages; the derivative products that
 * follow speak of that recording. An instance owns the record and its workspace. Not safe for
 * concurrent use.
 */
public final class DiscreteFlow {
  private final LayerField field;
  private final RungeKutta method;
  private final int steps;
  private final double h;
  private final int d;
  private final int stages;
  private final int maxRows;

  private final NativeMatrix allStates;
  private final NativeMatrix allSlopes;
  private final NativeMatrix allStageWork;
  private final NativeMatrix scaledWork;
  private final NativeMatrix cotangentWork;
  private final NativeMatrix ones;

  private int rows = -1;
  private NativeMatrix[] states = new NativeMatrix[0];
  private NativeMatrix[] slopes = new NativeMatrix[0];
  private NativeMatrix[] stageWork = new NativeMatrix[0];
  private NativeMatrix scaled;
  private NativeMatrix cotangent;
  private NativeMatrix stackedStates;
  private NativeMatrix stackedSlopes;
  private NativeMatrix stackedOnes;

  /**
   * @param maxRows the largest number of states in a batch
   */
  public DiscreteFlow(
      LayerField field, Discretization discretization, Precision precision, int maxRows) {
    this.field = field;
    this.method = discretization.method();
    this.steps = discretization.steps();
    this.h = discretization.stepSize();
    this.d = field.dimension();
    this.stages = method.stages();
    this.maxRows = maxRows;
    int panels = Math.multiplyExact(Math.multiplyExact(steps, stages), maxRows);
    this.allStates = NativeMatrix.zeros(precision, panels + maxRows, d);
    this.allSlopes = NativeMatrix.zeros(precision, panels, d);
    this.allStageWork = NativeMatrix.zeros(precision, stages * maxRows, d);
    this.scaledWork = NativeMatrix.zeros(precision, maxRows, d);
    this.cotangentWork = NativeMatrix.zeros(precision, maxRows, d);
    this.ones = NativeMatrix.zeros(precision, 1, panels);
    for (int k = 0; k < panels; k++) {
      ones.set(0, k, 1);
    }
    this.scaled = scaledWork;
    this.cotangent = cotangentWork;
    this.stackedStates = allStates;
    this.stackedSlopes = allSlopes;
    this.stackedOnes = ones;
  }

  /** Where the initial states of a batch of {@code m} are to be written, m × d. */
  public NativeMatrix initialStates(int m) {
    arrange(m);
    return states[0];
  }

  private void arrange(int m) {
    if (m == rows) {
      return;
    }
    if (m < 1 || m > maxRows) {
      throw new IllegalArgumentException(
          "The number of states (%d) must lie in [1, %d].".formatted(m, maxRows));
    }
    rows = m;
    int panels = steps * stages;
    states = panels(allStates, panels + 1);
    slopes = panels(allSlopes, panels);
    stageWork = panels(allStageWork, stages);
    scaled = scaledWork.rows(0, m);
    cotangent = cotangentWork.rows(0, m);
    stackedStates = allStates.rows(0, panels * m);
    stackedSlopes = allSlopes.rows(0, panels * m);
    stackedOnes = ones.view(0, 1, panels * m);
  }

  private NativeMatrix[] panels(NativeMatrix whole, int count) {
    NativeMatrix[] panels = new NativeMatrix[count];
    for (int k = 0; k < count; k++) {
      panels[k] = whole.rows(k * rows, (k + 1) * rows);
    }
    return panels;
  }

  /**
   * Integrates the states last written to {@link #initialStates}.
   *
   * @return u_N, m × d, valid until the next call
   */
  public NativeMatrix forward() {
    for (int n = 0; n < steps; n++) {
      NativeMatrix u = states[n * stages];
      if (method == RungeKutta.EULER) {
        field.eulerStep(u, h, slopes[n], states[n + 1]);
        continue;
      }
      for (int i = 0; i < stages; i++) {
        NativeMatrix y = states[n * stages + i];
        if (i > 0) {
          y.copyFrom(u);
          for (int j = 0; j < i; j++) {
            addMultiple(y, h * method.a(i, j), stageWork[j]);
          }
        }
        field.evaluate(y, stageWork[i], slopes[n * stages + i]);
      }
      NativeMatrix next = states[(n + 1) * stages];
      next.copyFrom(u);
      for (int i = 0; i < stages; i++) {
        addMultiple(next, h * method.b(i), stageWork[i]);
      }
    }
    return states[steps * stages];
  }

  private static void addMultiple(NativeMatrix target, double factor, NativeMatrix x) {
    if (factor != 0) {
      target.add(factor, x);
    }
  }

  /**
   * Jacobian–vector products: overwrites every row w of {@code tangents} with {@code (∂u_N/∂u_0)
   * w}.
   */
  public void pushForward(NativeMatrix tangents) {
    for (int n = 0; n < steps; n++) {
      for (int i = 0; i < stages; i++) {
        cotangent.copyFrom(tangents);
        for (int j = 0; j < i; j++) {
          addMultiple(cotangent, h * method.a(i, j), stageWork[j]);
        }
        field.jacobianVector(slopes[n * stages + i], cotangent, stageWork[i]);
      }
      for (int i = 0; i < stages; i++) {
        addMultiple(tangents, h * method.b(i), stageWork[i]);
      }
    }
  }

  /**
   * Vector–Jacobian products: overwrites every row g of {@code cotangents} with {@code (∂u_N/∂u_0)ᵀ
   * g}.
   */
  public void pullBack(NativeMatrix cotangents) {
    adjoint(cotangents, false);
  }

  /**
   * As {@link #pullBack}, and the gradients with respect to A and b, summed over the batch. The
   * record is used up: no other product may follow before the next {@link #forward}.
   *
   * @param weightGradient overwritten, d × d
   * @param biasGradient overwritten, 1 × d
   */
  public void pullBack(
      NativeMatrix cotangents, NativeMatrix weightGradient, NativeMatrix biasGradient) {
    adjoint(cotangents, true);
    Blas.gemm(1, stackedSlopes, Op.TRANSPOSED, stackedStates, Op.PLAIN, 0, weightGradient);
    Blas.gemm(1, stackedOnes, Op.PLAIN, stackedSlopes, Op.PLAIN, 0, biasGradient);
  }

  /**
   * The adjoint recursion: with λ the cotangent of u_{n+1}, {@code g_i = h (b_i λ + Σ_{j>i} a_ji
   * ℓ_j)}, {@code ℓ_i = AᵀD_i g_i}, and {@code λ + Σ ℓ_i} is the cotangent of u_n.
   */
  private void adjoint(NativeMatrix lambda, boolean overSlopes) {
    for (int n = steps - 1; n >= 0; n--) {
      for (int i = stages - 1; i >= 0; i--) {
        NativeMatrix slope = slopes[n * stages + i];
        NativeMatrix target = overSlopes ? slope : scaled;
        if (stages == 1) {
          field.vectorJacobian(h * method.b(i), slope, lambda, target, 1, lambda);
        } else if (i == stages - 1) {
          field.vectorJacobian(h * method.b(i), slope, lambda, target, 0, stageWork[i]);
        } else {
          cotangent.copyFrom(lambda);
          cotangent.scale(method.b(i));
          for (int j = i + 1; j < stages; j++) {
            addMultiple(cotangent, method.a(j, i), stageWork[j]);
          }
          field.vectorJacobian(h, slope, cotangent, target, 0, stageWork[i]);
        }
      }
      for (int i = 0; i < stages && stages > 1; i++) {
        lambda.add(1, stageWork[i]);
      }
    }
  }
}
