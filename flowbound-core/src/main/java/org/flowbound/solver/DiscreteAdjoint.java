package org.flowbound.solver;

import java.util.Arrays;

/**
 * The exact gradient of the numbers that the solver computes, for explicit Runge–Kutta methods: the
 * chain rule through every step. Step sizes count as constants. The states at the loss's times are
 * those of {@link Solver#solve}, by dense output, whose derivative is part of the gradient; only
 * with DOP853, whose dense output has stages of its own, steps end at these times.
 *
 * <p>The backward pass needs every state and every slope again. Without a limit all are kept. With
 * a limited number of snapshots only states are, and where there are more steps, states are
 * recomputed from snapshots by the binomial schedule of A. Griewank and A. Walther,
 * <em>Revolve</em>, 2000, which for any number of snapshots takes the fewest steps.
 *
 * @param solver an explicit Runge–Kutta method, any step control
 * @param snapshots how many states may be kept at once
 */
public record DiscreteAdjoint(Solver solver, int snapshots) implements Adjoint {
  private static final int UNLIMITED = Integer.MAX_VALUE;

  /**
   * @throws IllegalArgumentException if the method is not an explicit Runge–Kutta method, or there
   *     is no snapshot
   */
  public DiscreteAdjoint {
    if (solver.method().tableau().isEmpty() || !solver.method().tableau().get().isExplicit()) {
      throw new IllegalArgumentException(
          ("The discrete adjoint is for explicit Runge-Kutta methods, not for %s: take the"
                  + " continuous or the interpolated one.")
              .formatted(solver.method().id()));
    }
    if (snapshots < 1) {
      throw new IllegalArgumentException(
          "The number of snapshots (%d) must be at least 1.".formatted(snapshots));
    }
  }

  /** With every state and every slope kept. */
  public DiscreteAdjoint(Solver solver) {
    this(solver, UNLIMITED);
  }

  @Override
  public Gradient gradient(DifferentiableField field, double[] initial, double[] times, Loss loss) {
    Solver.check(field, initial, times);
    StepTimes steps = new StepTimes(times[0], snapshots, solver.method(), field.dimension());
    Integration integration =
        new Integration(
            solver.method(),
            solver.control(),
            field,
            times[0],
            initial,
            times[times.length - 1],
            steps);
    if (solver.method().interpolatingPair().isPresent()) {
      integration.advanceTo(times[times.length - 1]);
    } else {
      for (int i = 1; i < times.length; i++) {
        integration.advanceTo(times[i]);
      }
    }
    ReverseSweep sweep = new ReverseSweep(solver.method(), field, steps, times, loss);
    return sweep.run(initial, snapshots, integration.statistics());
  }

  /** The accepted steps, and their states and slopes as long as there is room for them. */
  static final class StepTimes implements Integration.Listener {
    private final int room;
    private final int slopes;
    private final int d;
    private final int stride;
    double[] times = new double[64];
    private double[] states = new double[0];
    int count;

    StepTimes(double start, int room, Method method, int d) {
      times[0] = start;
      this.room = room;
      this.slopes = room == UNLIMITED ? 1 + method.tableau().orElseThrow().stages() : 0;
      this.d = d;
      this.stride = Math.multiplyExact(1 + slopes, d);
    }

    /** Whether the state at the start of each step was kept. */
    boolean hasAllStates() {
      return count <= room;
    }

    /** Whether the slopes of each step were kept, too. */
    boolean hasSlopes() {
      return slopes > 0;
    }

    /** How many vectors of d numbers are kept. */
    long stored() {
      return hasAllStates() ? (long) count * (1 + slopes) : 0;
    }

    void readState(int n, double[] target) {
      System.arraycopy(states, n * stride, target, 0, d);
    }

    void readSlopes(int n, double[][] target) {
      for (int i = 0; i < slopes; i++) {
        System.arraycopy(states, n * stride + (1 + i) * d, target[i], 0, d);
      }
    }

    @Override
    public void accepted(Stepper stepper) {
      if (count + 1 == times.length) {
        times = Arrays.copyOf(times, 2 * times.length);
      }
      if (count < room) {
        int from = Math.multiplyExact(count, stride);
        if (from + stride > states.length) {
          states = Arrays.copyOf(states, Math.multiplyExact(Math.min(times.length, room), stride));
        }
        System.arraycopy(stepper.state, 0, states, from, d);
        for (int i = 0; i < slopes; i++) {
          System.arraycopy(((ExplicitStepper) stepper).k[i], 0, states, from + (1 + i) * d, d);
        }
      } else if (count == room) {
        states = new double[0];
      }
      count++;
      times[count] = stepper.nextTime;
    }
  }
}
