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
      new double[] {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}),
  /** Heun's method of order 2, the explicit trapezoidal rule. */
  HEUN("heun", 2, new double[][] {{}, {1}}, new double[] {0.5, 0.5}),
  /** Ralston's method of order 2, with the smallest bound of the local error. */
  RALSTON("ralston", 2, new double[][] {{}, {2.0 / 3}}, new double[] {0.25, 0.75}),
  /** Bogacki and Shampine, <em>A 3(2) pair of Runge–Kutta formulas</em>, 1989: order 3. */
  BOGACKI_SHAMPINE(
      "bogacki-shampine",
      3,
      new double[][] {{}, {0.5}, {0, 0.75}},
      new double[] {2.0 / 9, 1.0 / 3, 4.0 / 9}),
  /** Dormand and Prince, <em>A family of embedded Runge–Kutta formulae</em>, 1980: order 5. */
  DORMAND_PRINCE(
      "dormand-prince",
      5,
      new double[][] {
        {},
        {1.0 / 5},
        {3.0 / 40, 9.0 / 40},
        {44.0 / 45, -56.0 / 15, 32.0 / 9},
        {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
        {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656}
      },
      new double[] {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}),
  /**
   * Ch. Tsitouras, <em>Runge–Kutta pairs of order 5(4) satisfying only the first column simplifying
   * assumption</em>, 2011: order 5.
   */
  TSITOURAS(
      "tsitouras",
      5,
      new double[][] {
        {},
        {0.161},
        {-0.008480655492356989, 0.335480655492357},
        {2.8971530571054935, -6.359448489975075, 4.3622954328695815},
        {5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525},
        {
          5.86145544294642,
          -12.92096931784711,
          8.159367898576159,
          -0.071584973281401,
          -0.028269050394068383
        }
      },
      new double[] {
        0.09646076681806523,
        0.01,
        0.4798896504144996,
        1.379008574103742,
        -3.290069515436081,
        2.324710524099774
      });

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
