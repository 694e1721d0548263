package org.flowbound.solver;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.flowbound.flow.RungeKutta;
import org.jspecify.annotations.Nullable;

/** The methods that a {@link Solver} can use. */
public enum Method {
  /** Explicit Euler, order 1; fixed steps. */
  EULER("euler", explicit(RungeKutta.EULER)),
  /** The explicit midpoint rule, order 2; fixed steps. */
  MIDPOINT("midpoint", explicit(RungeKutta.MIDPOINT)),
  /** The explicit trapezoidal rule, order 2, with the estimate of Euler's method. */
  HEUN("heun", pair(RungeKutta.HEUN, 2, new double[] {-0.5, 0.5, 0}, null)),
  /** Ralston's method, order 2, with the estimate of Euler's method. */
  RALSTON("ralston", pair(RungeKutta.RALSTON, 2, new double[] {-0.75, 0.75, 0}, null)),
  /** The classical Runge–Kutta method, order 4; fixed steps. */
  RK4("rk4", classical()),
  /** Bogacki and Shampine's pair of orders 3(2). */
  BOGACKI_SHAMPINE(
      "bogacki-shampine",
      pair(
          RungeKutta.BOGACKI_SHAMPINE,
          3,
          new double[] {-5.0 / 72, 1.0 / 12, 1.0 / 9, -1.0 / 8},
          null)),
  /** Dormand and Prince's pair of orders 5(4), with the dense output of order 4 of Hairer. */
  DORMAND_PRINCE(
      "dormand-prince",
      pair(
          RungeKutta.DORMAND_PRINCE,
          5,
          new double[] {
            71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40
          },
          new double[] {
            -12715105075.0 / 11282082432.0,
            0,
            87487479700.0 / 32700410799.0,
            -10690763975.0 / 1880347072.0,
            701980252875.0 / 199316789632.0,
            -1453857185.0 / 822651844.0,
            69997945.0 / 29380423.0
          })),
  /** Tsitouras's pair of orders 5(4), with its dense output of order 4. */
  TSITOURAS(
      "tsitouras",
      pair(
          RungeKutta.TSITOURAS,
          5,
          new double[] {
            -0.001780011052225777,
            -0.0008164344596567469,
            0.007880878010261995,
            -0.1447110071732629,
            0.5823571654525552,
            -0.45808210592918697,
            0.015151515151515152
          },
          new double[] {
            -1.0530884977290216,
            0.1017,
            2.490627285651253,
            -16.548102889244902,
            47.37952196281928,
            -34.87065786149661,
            2.5
          })),
  /**
   * The method of orders 8(5, 3) of Dormand, Prince, Hairer and Wanner; dense output of order 7.
   */
  DOP853("dop853", Dop853Stepper.PAIR),
  /** Adams–Bashforth–Moulton of order 4, PECE; fixed steps. */
  ADAMS("adams", 4),
  /** Implicit Euler, order 1, L-stable and algebraically stable. */
  IMPLICIT_EULER(
      "implicit-euler",
      new ImplicitPair(
          new ButcherTableau(new double[][] {{0}, {0, 1}}, new double[] {0, 1}),
          1,
          new double[] {-0.5, 0.5},
          2)),
  /** The implicit midpoint rule, order 2, A-stable and algebraically stable; fixed steps. */
  IMPLICIT_MIDPOINT(
      "implicit-midpoint",
      new ImplicitPair(new ButcherTableau(new double[][] {{0.5}}, new double[] {1}), 2, null, 3)),
  /** The trapezoidal rule, order 2, A-stable; fixed steps. */
  TRAPEZOIDAL(
      "trapezoidal",
      new ImplicitPair(
          new ButcherTableau(new double[][] {{0}, {0.5, 0.5}}, new double[] {0.5, 0.5}),
          2,
          null,
          3)),
  /**
   * TR-BDF2 of Bank and others, order 2, L-stable, with the estimate of order 3 of M. E. Hosea and
   * L. F. Shampine, <em>Analysis and implementation of TR-BDF2</em>, 1996.
   */
  TR_BDF2("tr-bdf2", trBdf2()),
  /**
   * The five-stage method of orders 4(3), L-stable, of Hairer and Wanner, <em>Solving Ordinary
   * Differential Equations II</em>, 1996, table IV.6.5.
   */
  SDIRK4(
      "sdirk4",
      new ImplicitPair(
          new ButcherTableau(
              new double[][] {
                {1.0 / 4},
                {1.0 / 2, 1.0 / 4},
                {17.0 / 50, -1.0 / 25, 1.0 / 4},
                {371.0 / 1360, -137.0 / 2720, 15.0 / 544, 1.0 / 4},
                {25.0 / 24, -49.0 / 48, 125.0 / 16, -85.0 / 12, 1.0 / 4}
              },
              new double[] {25.0 / 24, -49.0 / 48, 125.0 / 16, -85.0 / 12, 1.0 / 4}),
          4,
          new double[] {
            25.0 / 24 - 59.0 / 48, -49.0 / 48 + 17.0 / 96, 125.0 / 16 - 225.0 / 32, 0, 1.0 / 4
          },
          4)),
  /** The Rosenbrock method RODAS of Hairer and Wanner, orders 4(3), L-stable. */
  RODAS4("rodas4", 4);

  private final String id;
  private final int order;

  @SuppressWarnings("ImmutableEnumChecker") // never written to, never handed out
  private final @Nullable ExplicitPair explicit;

  @SuppressWarnings("ImmutableEnumChecker") // never written to, never handed out
  private final @Nullable ImplicitPair implicit;

  Method(String id, ExplicitPair pair) {
    this.id = id;
    this.order = pair.order();
    this.explicit = pair;
    this.implicit = null;
  }

  Method(String id, ImplicitPair pair) {
    this.id = id;
    this.order = pair.order();
    this.explicit = null;
    this.implicit = pair;
  }

  Method(String id, int order) {
    this.id = id;
    this.order = order;
    this.explicit = null;
    this.implicit = null;
  }

  private static ExplicitPair explicit(RungeKutta method) {
    return new ExplicitPair(
        ButcherTableau.of(method), method.order(), null, method.order() + 1, null);
  }

  private static ExplicitPair pair(
      RungeKutta method, int errorOrder, double[] error, double @Nullable [] dense) {
    return new ExplicitPair(ButcherTableau.of(method), method.order(), error, errorOrder, dense);
  }

  static ExplicitPair classical() {
    return explicit(RungeKutta.RK4);
  }

  private static ImplicitPair trBdf2() {
    double w = Math.sqrt(2) / 4;
    double g = 1 - Math.sqrt(2) / 2;
    return new ImplicitPair(
        new ButcherTableau(new double[][] {{0}, {g, g}, {w, w, g}}, new double[] {w, w, g}),
        2,
        new double[] {w - (1 - w) / 3, w - (3 * w + 1) / 3, g - g / 3},
        3);
  }

  /**
   * The method with the given id.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Method of(String id) {
    return Arrays.stream(values())
        .filter(method -> method.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no method '%s'; there are %s."
                        .formatted(id, String.join(", ", ids()))));
  }

  /** The ids of all methods. */
  public static List<String> ids() {
    return Arrays.stream(values()).map(Method::id).toList();
  }

  /** The name that the command line uses. */
  public String id() {
    return id;
  }

  /** The order of convergence. */
  public int order() {
    return order;
  }

  /** Whether steps are bounded by accuracy alone, and not by the stiffness of the field. */
  public boolean isImplicit() {
    return explicit == null && this != ADAMS;
  }

  /** Whether the method estimates its error, so that it can choose its steps. */
  public boolean estimatesError() {
    return (explicit != null && explicit.error() != null)
        || (implicit != null && implicit.error() != null)
        || this == DOP853
        || this == RODAS4;
  }

  /** The coefficients, if it is a Runge–Kutta method. */
  public Optional<ButcherTableau> tableau() {
    if (explicit != null) {
      return Optional.of(explicit.tableau());
    }
    return implicit == null ? Optional.empty() : Optional.of(implicit.tableau());
  }

  /** The explicit method, if its dense output is made of its own stages and f at the step's end. */
  Optional<ExplicitPair> interpolatingPair() {
    return explicit == null || this == DOP853 ? Optional.empty() : Optional.of(explicit);
  }

  Stepper stepper(VectorField field, StepControl control) {
    if (this == DOP853) {
      return new Dop853Stepper(field, control);
    }
    if (this == ADAMS) {
      return new AdamsStepper(field, control);
    }
    if (explicit != null) {
      return new ExplicitStepper(explicit, field, control);
    }
    return implicit == null
        ? new RosenbrockStepper(field, control)
        : new DiagonallyImplicitStepper(implicit, field, control);
  }
}
