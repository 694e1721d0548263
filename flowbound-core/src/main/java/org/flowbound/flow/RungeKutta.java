package org.flowbound.flow;

import java.util.Arrays;
import java.util.List;

/**
 * Explicit Runge–Kutta methods: {@code k_i = f(u + h Σ_{j<i} a_ij k_j)}, {@code u⁺ = u + h Σ b_i
 * k_i} (Hairer, Nørsett, Wanner, <em>Solving Ordinary Differential Equations I</em>, 1993, II.1).
 */
public enum RungeKutta {
  /** Explicit Euler, order 1. */
  EULER("euler", 1, new double[][] {{}}, new double[] {1}),
  /** The explicit midpoint rule (Runge), order 2. */
  MIDPOINT("midpoint", 2, new double[][] {{}, {0.5}}, new double[] {0, 1}),
  /** The classical method of Kutta, order 4. */
  RK4(
      "rk4",
      4,
      new double[][] {{}, {0.5}, {0, 0.5}, {0, 0, 1}},
      new double[] {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6});

  private final String id;
  private final int order;

  @SuppressWarnings("ImmutableEnumChecker") // never written to, never handed out
  private final double[][] a;

  @SuppressWarnings("ImmutableEnumChecker") // never written to, never handed out
  private final double[] b;

  RungeKutta(String id, int order, double[][] a, double[] b) {
    this.id = id;
    this.order = order;
    this.a = a;
    this.b = b;
  }

  /**
   * The method with the given id.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static RungeKutta of(String id) {
    return Arrays.stream(values())
        .filter(method -> method.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no solver '%s'; there are %s."
                        .formatted(id, String.join(", ", ids()))));
  }

  /** The ids of all methods. */
  public static List<String> ids() {
    return Arrays.stream(values()).map(RungeKutta::id).toList();
  }

  /** The name that the command line and model files use. */
  public String id() {
    return id;
  }

  /** The order of convergence. */
  public int order() {
    return order;
  }

  /** The number of stages s. */
  public int stages() {
    return b.length;
  }

  /** The coefficient a_ij, {@code 0 ≤ j < i < s}. */
  public double a(int i, int j) {
    return a[i][j];
  }

  /** The weight b_i. */
  public double b(int i) {
    return b[i];
  }
}
