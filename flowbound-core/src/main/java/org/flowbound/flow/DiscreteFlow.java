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
 * <p>{@link #forward} records the states and slopes of all stages, or what they can be computed
 * from again; the derivative products that follow speak of that recording. An instance owns the
 * record and its workspace. Not safe for concurrent use.
 *
 * <p>Steps are grouped in segments of ⌈√N⌉. A window of panels, one panel for each stage, holds all
 * of them ({@link Backward#STORE}) or one ({@link Backward#CHECKPOINT}). Parameter gradients are
 * summed segment by segment in either case, so that they do not differ.
 */
public final class DiscreteFlow {
  private final LayerField field;
  private final RungeKutta method;
  private final int steps;
  private final double h;
  private final int d;
  private final int stages;
  private final int maxRows;

  private final Backward backward;
  private final int segmentSteps;
  private final int windowSteps;

  private final NativeMatrix allStates;
  private final NativeMatrix allSlopes;
  private final NativeMatrix allStarts;
  private final NativeMatrix allStageWork;
  private final NativeMatrix scaledWork;
  private final NativeMatrix cotangentWork;
  private final NativeMatrix ones;

  private int rows = -1;
  private int loaded;
  private NativeMatrix[] states = new NativeMatrix[0];
  private NativeMatrix[] slopes = new NativeMatrix[0];
  private NativeMatrix[] starts = new NativeMatrix[0];
  private NativeMatrix[] stageWork = new NativeMatrix[0];
  private NativeMatrix scaled;
  private NativeMatrix cotangent;

  /** As below, with all stages stored. */
  public DiscreteFlow(
      LayerField field, Discretization discretization, Precision precision, int maxRows) {
    this(field, discretization, precision, maxRows, Backward.STORE);
  }

  /**
   * @param maxRows the largest number of states in a batch
   */
  public DiscreteFlow(
      LayerField field,
      Discretization discretization,
      Precision precision,
      int maxRows,
      Backward backward) {
    this.field = field;
    this.method = discretization.method();
    this.steps = discretization.steps();
    this.h = discretization.stepSize();
    this.d = field.dimension();
    this.stages = method.stages();
    this.maxRows = maxRows;
    this.backward = backward;
    this.segmentSteps = (int) Math.ceil(Math.sqrt(steps));
    boolean stored = backward == Backward.STORE;
    this.windowSteps = stored ? steps : segmentSteps;
    int panels = Math.multiplyExact(Math.multiplyExact(windowSteps, stages), maxRows);
    this.allStates = NativeMatrix.zeros(precision, panels + maxRows, d);
    this.allSlopes = NativeMatrix.zeros(precision, panels, d);
    this.allStarts = NativeMatrix.zeros(precision, stored ? 0 : segments() * maxRows, d);
    this.allStageWork = NativeMatrix.zeros(precision, stages * maxRows, d);
    this.scaledWork = NativeMatrix.zeros(precision, maxRows, d);
    this.cotangentWork = NativeMatrix.zeros(precision, maxRows, d);
    this.ones = NativeMatrix.zeros(precision, 1, segmentSteps * stages * maxRows);
    for (int k = 0; k < ones.columns(); k++) {
      ones.set(0, k, 1);
    }
    this.scaled = scaledWork;
    this.cotangent = cotangentWork;
  }

  private int segments() {
    return (steps + segmentSteps - 1) / segmentSteps;
  }

  /** The first step of a segment; of the one after the last, N. */
  private int firstStep(int segment) {
    return Math.min(steps, segment * segmentSteps);
  }

  /** The panel of the first stage of a step in the window. */
  private int panel(int step) {
    return (step % windowSteps) * stages;
  }

  /** Where the initial states of a batch of {@code m} are to be written, m × d. */
  public NativeMatrix initialStates(int m) {
    arrange(m);
    return backward == Backward.STORE ? states[0] : starts[0];
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
    int panels = windowSteps * stages;
    states = panels(allStates, panels + 1);
    slopes = panels(allSlopes, panels);
    starts = panels(allStarts, allStarts.rows() / maxRows);
    stageWork = panels(allStageWork, stages);
    scaled = scaledWork.rows(0, m);
    cotangent = cotangentWork.rows(0, m);
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
    NativeMatrix end = states[0];
    for (int segment = 0; segment < segments(); segment++) {
      if (segment > 0 && backward == Backward.CHECKPOINT) {
        starts[segment].copyFrom(end);
      }
      end = integrate(segment);
    }
    return end;
  }

  /** Makes the window hold a segment. */
  private void load(int segment) {
    if (backward == Backward.CHECKPOINT && segment != loaded) {
      integrate(segment);
    }
  }

  /** Takes the steps of a segment, from the first state to the returned one. */
  private NativeMatrix integrate(int segment) {
    int from = firstStep(segment);
    if (backward == Backward.CHECKPOINT) {
      states[0].copyFrom(starts[segment]);
    }
    loaded = segment;
    int end = panel(from);
    for (int n = from; n < firstStep(segment + 1); n++) {
      step(panel(n));
      end = panel(n) + stages;
    }
    return states[end];
  }

  private void step(int first) {
    NativeMatrix u = states[first];
    if (method == RungeKutta.EULER) {
      field.eulerStep(u, h, slopes[first], states[first + 1]);
      return;
    }
    for (int i = 0; i < stages; i++) {
      NativeMatrix y = states[first + i];
      if (i > 0) {
        y.copyFrom(u);
        for (int j = 0; j < i; j++) {
          addMultiple(y, h * method.a(i, j), stageWork[j]);
        }
      }
      field.evaluate(y, stageWork[i], slopes[first + i]);
    }
    NativeMatrix next = states[first + stages];
    next.copyFrom(u);
    for (int i = 0; i < stages; i++) {
      addMultiple(next, h * method.b(i), stageWork[i]);
    }
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
    for (int segment = 0; segment < segments(); segment++) {
      load(segment);
      for (int n = firstStep(segment); n < firstStep(segment + 1); n++) {
        for (int i = 0; i < stages; i++) {
          cotangent.copyFrom(tangents);
          for (int j = 0; j < i; j++) {
            addMultiple(cotangent, h * method.a(i, j), stageWork[j]);
          }
          field.jacobianVector(slopes[panel(n) + i], cotangent, stageWork[i]);
        }
        for (int i = 0; i < stages; i++) {
          addMultiple(tangents, h * method.b(i), stageWork[i]);
        }
      }
    }
  }

  /**
   * Vector–Jacobian products: overwrites every row g of {@code cotangents} with {@code (∂u_N/∂u_0)ᵀ
   * g}.
   */
  public void pullBack(NativeMatrix cotangents) {
    for (int segment = segments() - 1; segment >= 0; segment--) {
      load(segment);
      adjoint(segment, cotangents, false);
    }
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
    int last = segments() - 1;
    for (int segment = last; segment >= 0; segment--) {
      load(segment);
      adjoint(segment, cotangents, true);
      int from = panel(firstStep(segment)) * rows;
      int count = (firstStep(segment + 1) - firstStep(segment)) * stages * rows;
      NativeMatrix stackedSlopes = allSlopes.rows(from, from + count);
      NativeMatrix stackedStates = allStates.rows(from, from + count);
      NativeMatrix stackedOnes = ones.view(0, 1, count);
      double kept = segment == last ? 0 : 1;
      Blas.gemm(1, stackedSlopes, Op.TRANSPOSED, stackedStates, Op.PLAIN, kept, weightGradient);
      Blas.gemm(1, stackedOnes, Op.PLAIN, stackedSlopes, Op.PLAIN, kept, biasGradient);
    }
    loaded = -1;
  }

  /**
   * The adjoint recursion: with λ the cotangent of u_{n+1}, {@code g_i = h (b_i λ + Σ_{j>i} a_ji
   * ℓ_j)}, {@code ℓ_i = AᵀD_i g_i}, and {@code λ + Σ ℓ_i} is the cotangent of u_n.
   */
  private void adjoint(int segment, NativeMatrix lambda, boolean overSlopes) {
    for (int n = firstStep(segment + 1) - 1; n >= firstStep(segment); n--) {
      for (int i = stages - 1; i >= 0; i--) {
        NativeMatrix slope = slopes[panel(n) + i];
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
