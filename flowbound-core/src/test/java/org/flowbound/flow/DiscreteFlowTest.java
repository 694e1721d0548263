package org.flowbound.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.field.Activation;
import org.flowbound.field.LayerField;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.field.StandardActivation;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.FloatMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DiscreteFlowTest {
  private static final int D = 5;
  private static final int M = 3;
  private final RandomGenerator random = new SplittableRandom(11);
  private final Matrix a = gaussian(D, D);
  private final Matrix b = gaussian(1, D);
  private final Matrix u0 = gaussian(M, D);

  private Matrix gaussian(int rows, int columns) {
    return Matrix.generate(rows, columns, (i, j) -> random.nextGaussian());
  }

  private static DiscreteFlow flow(
      Matrix a, Matrix b, Activation activation, RungeKutta method, int steps) {
    return new DiscreteFlow(
        new LayerField(DoubleMatrix.of(a), DoubleMatrix.of(b), activation),
        new Discretization(method, steps, 1.5),
        Precision.FLOAT64,
        M + 1);
  }

  private static Matrix run(DiscreteFlow flow, Matrix initial) {
    flow.initialStates(initial.rows()).setFrom(initial);
    return flow.forward().toMatrix();
  }

  @ParameterizedTest
  @EnumSource(RungeKutta.class)
  void convergesWithItsOrder(RungeKutta method) {
    Activation smooth = StandardActivation.TANH;
    Matrix reference = run(flow(a, b, smooth, RungeKutta.RK4, 4000), u0);
    double coarse = run(flow(a, b, smooth, method, 40), u0).minus(reference).maxAbs();
    double fine = run(flow(a, b, smooth, method, 80), u0).minus(reference).maxAbs();
    double order = Math.log(coarse / fine) / Math.log(2);
    assertThat(order).isCloseTo(method.order(), within(0.25));
  }

  @ParameterizedTest
  @EnumSource(RungeKutta.class)
  void linearFieldsFollowTheStabilityFunction(RungeKutta method) {
    double lambda = -0.7;
    double h = 1.5 / 4;
    double z = lambda * h;
    double factor = StabilityPolynomial.of(method, z);
    Matrix end =
        run(
            flow(
                Matrix.of(1, 1, lambda),
                Matrix.zeros(1, 1),
                StandardActivation.IDENTITY,
                method,
                4),
            Matrix.of(1, 1, 2));
    assertThat(end.get(0, 0)).isCloseTo(2 * Math.pow(factor, 4), within(1e-14));
  }

  @ParameterizedTest
  @EnumSource(RungeKutta.class)
  void derivativeProductsAreThoseOfTheDiscreteMap(RungeKutta method) {
    DiscreteFlow flow = flow(a, b, new SmoothLeakyRelu(0.1), method, 7);
    Matrix direction = gaussian(M, D);
    double h = 1e-6;
    Matrix difference =
        run(flow, u0.plus(direction.times(h)))
            .minus(run(flow, u0.minus(direction.times(h))))
            .times(1 / (2 * h));
    run(flow, u0);
    DoubleMatrix tangents = DoubleMatrix.of(direction);
    flow.pushForward(tangents);
    assertThat(tangents.toMatrix().minus(difference).maxAbs()).isLessThan(1e-8);

    Matrix cotangent = gaussian(M, D);
    DoubleMatrix pulled = DoubleMatrix.of(cotangent);
    flow.pullBack(pulled);
    assertThat(pulled.dot(DoubleMatrix.of(direction)))
        .isCloseTo(tangents.dot(DoubleMatrix.of(cotangent)), within(1e-12));
  }

  @ParameterizedTest
  @EnumSource(RungeKutta.class)
  void parameterGradientsAgreeWithFiniteDifferences(RungeKutta method) {
    Activation activation = new SmoothLeakyRelu(0.1);
    Matrix cotangent = gaussian(M, D);
    DiscreteFlow flow = flow(a, b, activation, method, 7);
    run(flow, u0);
    DoubleMatrix onWeight = DoubleMatrix.zeros(D, D);
    DoubleMatrix onBias = DoubleMatrix.zeros(1, D);
    DoubleMatrix onState = DoubleMatrix.of(cotangent);
    flow.pullBack(onState, onWeight, onBias);
    double h = 1e-6;
    for (int i = 0; i < D; i++) {
      for (int j = 0; j < D; j++) {
        Matrix step = unit(D, D, i, j, h);
        double plus = value(flow(a.plus(step), b, activation, method, 7), cotangent);
        double minus = value(flow(a.minus(step), b, activation, method, 7), cotangent);
        assertThat(onWeight.get(i, j)).isCloseTo((plus - minus) / (2 * h), within(1e-7));
      }
      Matrix step = unit(1, D, 0, i, h);
      double plus = value(flow(a, b.plus(step), activation, method, 7), cotangent);
      double minus = value(flow(a, b.minus(step), activation, method, 7), cotangent);
      assertThat(onBias.get(0, i)).isCloseTo((plus - minus) / (2 * h), within(1e-7));
    }
  }

  private double value(DiscreteFlow flow, Matrix cotangent) {
    return DoubleMatrix.of(run(flow, u0)).dot(DoubleMatrix.of(cotangent));
  }

  private static Matrix unit(int rows, int columns, int row, int column, double value) {
    return Matrix.generate(rows, columns, (i, j) -> i == row && j == column ? value : 0);
  }

  @Test
  void batchSizesMayChangeAndDoNotMatter() {
    DiscreteFlow flow = flow(a, b, new SmoothLeakyRelu(0.1), RungeKutta.RK4, 3);
    Matrix all = run(flow, u0);
    for (int m = M; m >= 1; m--) {
      int row = m - 1;
      Matrix single = run(flow, Matrix.generate(1, D, (i, j) -> u0.get(row, j)));
      for (int j = 0; j < D; j++) {
        assertThat(single.get(0, j)).isCloseTo(all.get(row, j), within(1e-14));
      }
      run(flow, u0);
    }
    assertThatThrownBy(() -> flow.initialStates(M + 2)).hasMessageContaining("[1, 4]");
  }

  @ParameterizedTest
  @CsvSource({"EULER, 1", "EULER, 2", "EULER, 20", "MIDPOINT, 7", "RK4, 10", "RK4, 13"})
  void whatIsStoredDoesNotChangeTheLastBit(RungeKutta method, int steps) {
    NativeMatrix weight = NativeMatrix.zeros(Precision.FLOAT32, D, D);
    weight.setFrom(a);
    NativeMatrix bias = NativeMatrix.zeros(Precision.FLOAT32, 1, D);
    bias.setFrom(b);
    Matrix cotangent = gaussian(M, D);
    List<List<Matrix>> results = new ArrayList<>();
    for (Backward backward : Backward.values()) {
      DiscreteFlow flow =
          new DiscreteFlow(
              new LayerField(weight, bias, new SmoothLeakyRelu(0.1)),
              new Discretization(method, steps, 1.5),
              Precision.FLOAT32,
              M + 1,
              backward);
      List<Matrix> ofBackward = new ArrayList<>();
      // One row more first, so that views are arranged anew.
      flow.initialStates(M + 1).clear();
      flow.forward();
      for (int repetition = 0; repetition < 2; repetition++) {
        ofBackward.add(run(flow, u0));
        NativeMatrix vectors = FloatMatrix.of(cotangent);
        flow.pullBack(vectors);
        ofBackward.add(vectors.toMatrix());
        vectors.setFrom(cotangent);
        flow.pushForward(vectors);
        ofBackward.add(vectors.toMatrix());
        NativeMatrix onWeight = NativeMatrix.zeros(Precision.FLOAT32, D, D);
        NativeMatrix onBias = NativeMatrix.zeros(Precision.FLOAT32, 1, D);
        vectors.setFrom(cotangent);
        flow.pullBack(vectors, onWeight, onBias);
        ofBackward.addAll(List.of(vectors.toMatrix(), onWeight.toMatrix(), onBias.toMatrix()));
      }
      results.add(ofBackward);
    }
    assertThat(results.get(1)).isEqualTo(results.get(0));
    assertThat(results.get(0).subList(0, 6)).isEqualTo(results.get(0).subList(6, 12));
  }

  @Test
  void singlePrecisionFollowsDoublePrecision() {
    Activation activation = new SmoothLeakyRelu(0.1);
    NativeMatrix weight = NativeMatrix.zeros(Precision.FLOAT32, D, D);
    weight.setFrom(a);
    NativeMatrix bias = NativeMatrix.zeros(Precision.FLOAT32, 1, D);
    bias.setFrom(b);
    DiscreteFlow single =
        new DiscreteFlow(
            new LayerField(weight, bias, activation),
            new Discretization(RungeKutta.EULER, 20, 1.5),
            Precision.FLOAT32,
            M);
    Matrix expected = run(flow(a, b, activation, RungeKutta.EULER, 20), u0);
    assertThat(run(single, u0).minus(expected).maxAbs()).isLessThan(1e-5 * expected.maxAbs());
  }

  @Test
  void refusesOptionsOutOfRange() {
    assertThatThrownBy(() -> new Discretization(RungeKutta.EULER, 0, 1)).hasMessageContaining("0");
    assertThatThrownBy(() -> new Discretization(RungeKutta.EULER, 1, Double.NaN))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> RungeKutta.of("gauss")).hasMessageContaining("rk4");
  }
}
