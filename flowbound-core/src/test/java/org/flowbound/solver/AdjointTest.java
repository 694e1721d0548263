package org.flowbound.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.flowbound.solver.Problem.distance;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.flowbound.field.Activation;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.field.StandardActivation;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdjointTest {
  private static final int D = 3;
  private static final double[] TIMES = {0, 0.4, 1.1, 1.5};
  private final RandomGenerator random = new SplittableRandom(8);
  private final double[] u0 = random.doubles(D, -1, 1).toArray();

  /** {@code Σ_i Σ_k w_ik (u_k(t_i) + u_k(t_i)²/2)}. */
  private final double[] weights = random.doubles((long) D * TIMES.length, -1, 1).toArray();

  private final Loss loss =
      (index, state, cotangent) -> {
        double sum = 0;
        for (int k = 0; k < D; k++) {
          double w = weights[index * D + k];
          sum += w * (state[k] + 0.5 * state[k] * state[k]);
          cotangent[k] += w * (1 + state[k]);
        }
        return sum;
      };

  private Layer layer(int rows, int columns, Activation activation) {
    return new Layer(
        Matrix.generate(rows, columns, (i, j) -> random.nextGaussian()),
        Matrix.generate(1, rows, (i, j) -> random.nextGaussian()),
        activation);
  }

  private final LayeredField twoLayers =
      LayeredField.of(
          layer(6, D, StandardActivation.TANH), layer(D, 6, StandardActivation.IDENTITY));

  static Stream<Method> explicitMethods() {
    return Arrays.stream(Method.values())
        .filter(m -> m.tableau().isPresent() && m.tableau().get().isExplicit());
  }

  /** Central differences of order 4 of the loss. */
  private void assertIsGradient(
      Gradient gradient, LayeredField field, Solver solver, DifferentiableField whole) {
    double[] parameters = field.parameters();
    for (int k = 0; k < parameters.length; k += 5) {
      int index = k;
      double old = parameters[k];
      double expected =
          difference(
              shift -> {
                parameters[index] = old + shift;
                return lossOf(solver, whole, u0);
              });
      parameters[k] = old;
      assertThat(gradient.parameters()[k]).isCloseTo(expected, within(1e-8));
    }
    for (int k = 0; k < D; k++) {
      int index = k;
      double expected =
          difference(
              shift -> {
                double[] moved = u0.clone();
                moved[index] += shift;
                return lossOf(solver, whole, moved);
              });
      assertThat(gradient.state()[k]).isCloseTo(expected, within(1e-8));
    }
    assertThat(gradient.loss()).isCloseTo(lossOf(solver, whole, u0), within(1e-12));
  }

  private static double difference(DoubleUnaryOperator f) {
    double h = 1e-4;
    return (8 * (f.applyAsDouble(h) - f.applyAsDouble(-h))
            - (f.applyAsDouble(2 * h) - f.applyAsDouble(-2 * h)))
        / (12 * h);
  }

  /** The loss of what the solver gives; with DOP853 the adjoint's steps end at all times. */
  private double lossOf(Solver solver, VectorField field, double[] initial) {
    double[] ignored = new double[D];
    double total = loss.add(0, initial, ignored);
    Solution solution = solver.solve(field, initial, TIMES);
    Integration integration =
        new Integration(
            solver.method(), solver.control(), field, TIMES[0], initial, TIMES[3], stepper -> {});
    for (int i = 1; i < TIMES.length; i++) {
      integration.advanceTo(TIMES[i]);
      boolean ends = solver.method() == Method.DOP853;
      total += loss.add(i, ends ? integration.state() : solution.state(i), ignored);
    }
    return total;
  }

  @ParameterizedTest
  @MethodSource("explicitMethods")
  void theDiscreteAdjointIsTheGradientOfTheComputedNumbers(Method method) {
    Solver solver = new Solver(method, StepControl.fixed(7));
    Gradient gradient = new DiscreteAdjoint(solver).gradient(twoLayers, u0, TIMES, loss);
    assertIsGradient(gradient, twoLayers, solver, twoLayers);
  }

  @Test
  void fieldsOfEveryFormHaveTheirGradients() {
    LayeredField one = LayeredField.of(layer(D, D, new SmoothLeakyRelu(0.1)));
    LayeredField three =
        LayeredField.of(
            layer(4, D, StandardActivation.SOFTPLUS),
            layer(5, 4, StandardActivation.SILU),
            layer(D, 5, StandardActivation.TANH));
    DifferentiableField damped = new DampedField(one, 0.7);
    DifferentiableField piecewise =
        new PiecewiseField(new double[] {0.55, 1.2}, List.of(three, damped, one));
    Solver solver = new Solver(Method.TSITOURAS, StepControl.fixed(30));
    for (DifferentiableField field : List.of(one, three, damped, piecewise)) {
      LayeredField first = field == three || field == piecewise ? three : one;
      Gradient gradient = new DiscreteAdjoint(solver).gradient(field, u0, TIMES, loss);
      assertIsGradient(gradient, first, solver, field);
    }
  }

  @Test
  void allAdjointsAgreeAsTolerancesShrink() {
    Solver exact = new Solver(Method.DOP853, StepControl.adaptive(1e-13, 1e-13));
    Gradient reference = new DiscreteAdjoint(exact).gradient(twoLayers, u0, TIMES, loss);
    double last = Double.POSITIVE_INFINITY;
    for (double tolerance : new double[] {1e-4, 1e-6, 1e-8, 1e-10}) {
      Solver solver = new Solver(Method.TSITOURAS, StepControl.adaptive(tolerance, tolerance));
      double worst = 0;
      for (Adjoint adjoint :
          List.of(
              new DiscreteAdjoint(solver),
              new ContinuousAdjoint(solver),
              new InterpolatedAdjoint(solver))) {
        Gradient gradient = adjoint.gradient(twoLayers, u0, TIMES, loss);
        double error =
            Math.max(
                distance(gradient.state(), reference.state()),
                distance(gradient.parameters(), reference.parameters()));
        assertThat(error).as(adjoint.toString()).isLessThan(1e3 * tolerance);
        worst = Math.max(worst, error);
      }
      assertThat(worst).isLessThan(last);
      last = worst;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 9, 40})
  void snapshotsChangeTheWorkAndNotTheGradient(int snapshots) {
    Solver solver = new Solver(Method.BOGACKI_SHAMPINE, StepControl.fixed(75));
    Gradient all = new DiscreteAdjoint(solver).gradient(twoLayers, u0, TIMES, loss);
    Gradient few = new DiscreteAdjoint(solver, snapshots).gradient(twoLayers, u0, TIMES, loss);
    assertThat(few.parameters()).containsExactly(all.parameters());
    assertThat(few.state()).containsExactly(all.state());
    assertThat(few.loss()).isEqualTo(all.loss());
    assertThat(few.storedStates()).isEqualTo(snapshots);
    int n = (int) all.backward().steps();
    assertThat(all.storedStates()).isEqualTo(5L * n);
    assertThat(all.forward().steps()).isEqualTo(n);
    assertThat(few.forward().steps() - n).isEqualTo(fewestRecomputations(n, snapshots)[n]);
  }

  /** By dynamic programming: the fewest steps to go again in a chain of each length up to n. */
  private static long[] fewestRecomputations(int n, int snapshots) {
    long[] fewer = new long[n + 1];
    for (int length = 1; length <= n; length++) {
      fewer[length] = length * (length - 1L) / 2;
    }
    for (int s = 2; s <= snapshots; s++) {
      long[] best = new long[n + 1];
      for (int length = 2; length <= n; length++) {
        best[length] = Long.MAX_VALUE;
        for (int m = 1; m < length; m++) {
          best[length] = Math.min(best[length], m + fewer[length - m] + best[m]);
        }
      }
      fewer = best;
    }
    return fewer;
  }

  @Test
  void theContinuousAdjointStoresNoStates() {
    for (double tolerance : new double[] {1e-4, 1e-10}) {
      Solver solver = new Solver(Method.TSITOURAS, StepControl.adaptive(tolerance, tolerance));
      assertThat(new ContinuousAdjoint(solver).gradient(twoLayers, u0, TIMES, loss).storedStates())
          .isEqualTo(TIMES.length);
    }
  }

  @Test
  void implicitMethodsHaveContinuousAdjoints() {
    Solver solver = new Solver(Method.RODAS4, StepControl.adaptive(1e-8, 1e-8));
    assertThatThrownBy(() -> new DiscreteAdjoint(solver)).hasMessageContaining("rodas4");
    assertThatThrownBy(() -> new DiscreteAdjoint(new Solver(Method.RK4, StepControl.fixed(2)), 0))
        .hasMessageContaining("0");
    Gradient expected =
        new DiscreteAdjoint(new Solver(Method.DOP853, StepControl.adaptive(1e-12, 1e-12)))
            .gradient(twoLayers, u0, TIMES, loss);
    Gradient gradient = new InterpolatedAdjoint(solver).gradient(twoLayers, u0, TIMES, loss);
    assertThat(distance(gradient.parameters(), expected.parameters())).isLessThan(1e-4);
  }

  /**
   * With equal steps the tangent is the derivative of the discrete map, and so ⟨g, Jw⟩ = ⟨Jᵀg, w⟩.
   */
  @ParameterizedTest
  @MethodSource("explicitMethods")
  void tangentsAndCotangentsAgree(Method method) {
    double[] w = random.doubles(D, -1, 1).toArray();
    double[] g = random.doubles(D, -1, 1).toArray();
    double[] start = Arrays.copyOf(u0, 2 * D);
    System.arraycopy(w, 0, start, D, D);
    Solver solver = new Solver(method, StepControl.fixed(6));
    double[] end = solver.solve(new TangentField(twoLayers), start, 0, 1.5).last();
    Gradient gradient =
        new DiscreteAdjoint(solver)
            .gradient(
                twoLayers,
                u0,
                new double[] {0, 1.5},
                (index, state, cotangent) -> {
                  for (int k = 0; k < D && index == 1; k++) {
                    cotangent[k] += g[k];
                  }
                  return 0;
                });
    double left = 0;
    double right = 0;
    for (int k = 0; k < D; k++) {
      left += g[k] * end[D + k];
      right += gradient.state()[k] * w[k];
    }
    assertThat(left).isCloseTo(right, within(1e-12));
  }

  @Test
  void fieldsRefuseWhatDoesNotFit() {
    Matrix square = Matrix.identity(2);
    Matrix bias = Matrix.zeros(1, 2);
    Layer layer = new Layer(square, bias, StandardActivation.TANH);
    assertThatThrownBy(() -> new Layer(square, Matrix.zeros(1, 3), StandardActivation.TANH))
        .hasMessageContaining("1 x 2");
    assertThatThrownBy(() -> new Layer(square.times(Double.NaN), bias, StandardActivation.TANH))
        .hasMessageContaining("finite");
    assertThatThrownBy(() -> LayeredField.of()).hasMessageContaining("layer");
    assertThatThrownBy(
            () ->
                LayeredField.of(
                    layer, new Layer(Matrix.zeros(3, 2), Matrix.zeros(1, 3), layer.activation())))
        .hasMessageContaining("2 dimensions");
    assertThatThrownBy(() -> new PiecewiseField(new double[] {1}, List.of(LayeredField.of(layer))))
        .hasMessageContaining("2 pieces");
    assertThatThrownBy(() -> new DampedField(LayeredField.of(layer), Double.NaN))
        .hasMessageContaining("NaN");
  }
}
