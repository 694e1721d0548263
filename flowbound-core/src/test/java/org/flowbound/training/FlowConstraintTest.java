package org.flowbound.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.flowbound.field.SlopeBox;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.field.StandardActivation;
import org.flowbound.flow.Discretization;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.Precision;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.network.Architecture;
import org.flowbound.network.Normalization;
import org.flowbound.network.Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FlowConstraintTest {
  private static final int D = 4;
  private static final SlopeBox SLOPES = SlopeBox.of(0.1);
  private static final Architecture ARCHITECTURE =
      new Architecture(
          2, 2, 3, D, new SmoothLeakyRelu(0.1), Discretization.defaults(), Normalization.NONE);

  private static Variables randomVariables(int further) {
    Variables variables = new Variables(ARCHITECTURE, further);
    variables
        .parameters()
        .setFrom(
            Parameters.random(ARCHITECTURE, Precision.FLOAT32, new SplittableRandom(7))
                .toClassifier());
    return variables;
  }

  @Test
  void thePenaltysGradientAgreesWithFiniteDifferences() {
    Variables variables = randomVariables(0);
    variables.parameters().odeWeight().scale(4);
    FlowPenalty penalty = new FlowPenalty(D, SLOPES, -0.5, 2, new double[0]);
    penalty.enforce(variables.parameters());
    double[] memory = penalty.memory();
    Variables gradient = new Variables(ARCHITECTURE, 0);
    penalty.beforeStep(variables, new Variables[] {gradient});
    Matrix a = variables.parameters().odeWeight().toMatrix();
    double h = 1e-5;
    for (int i = 0; i < D; i++) {
      for (int j = 0; j < D; j++) {
        Matrix unit = unit(i, j).times(h);
        double expected = (value(a.plus(unit), memory) - value(a.minus(unit), memory)) / (2 * h);
        assertThat(gradient.parameters().odeWeight().get(i, j))
            .isCloseTo(expected, within(1e-5 * (1 + Math.abs(expected))));
      }
    }
  }

  private static Matrix unit(int row, int column) {
    return Matrix.generate(D, D, (i, j) -> i == row && j == column ? 1 : 0);
  }

  private static double value(Matrix a, double[] memory) {
    double sum = 0;
    SymmetricEigen eigen = new SymmetricEigen(D);
    for (int from = 3; from < memory.length; from += D) {
      int first = from;
      eigen.decompose(
          DoubleMatrix.of(
              Matrix.generate(
                  D,
                  D,
                  (i, j) ->
                      0.5 * (memory[first + i] * a.get(i, j) + memory[first + j] * a.get(j, i)))));
      for (int k = 0; k < D; k++) {
        sum += memory[0] * Math.pow(Math.max(0, eigen.value(k) - memory[1]), 2);
      }
    }
    return sum;
  }

  @Test
  void theParametrisationTurnsGradientsIntoThoseOfItsVariables() {
    FlowParametrization constraint =
        new FlowParametrization(D, SLOPES, -0.5, -0.5001, new double[0]);
    Variables variables = randomVariables(constraint.further());
    Variables[] parts = {
      new Variables(ARCHITECTURE, constraint.further()),
      new Variables(ARCHITECTURE, constraint.further())
    };
    Matrix g = Matrix.generate(D, D, (i, j) -> new SplittableRandom(10L * i + j).nextDouble(-1, 1));
    parts[0].parameters().odeWeight().setFrom(g.times(0.25));
    parts[1].parameters().odeWeight().setFrom(g.times(0.75));
    constraint.beforeStep(variables, parts);
    double[] gradient = new double[D * D + constraint.further()];
    parts[0].readFlow(gradient);
    double[] rest = new double[gradient.length];
    parts[1].readFlow(rest);
    assertThat(rest).containsOnly(0);
    double[] point = new double[gradient.length];
    variables.readFlow(point);
    for (int k = 0; k < point.length; k++) {
      double expected =
          (value(constraint, variables, point, k, 1e-3, g)
                  - value(constraint, variables, point, k, -1e-3, g))
              / 2e-3;
      assertThat(gradient[k]).as("variable %d", k).isCloseTo(expected, within(2e-2));
    }
  }

  private static double value(
      FlowConstraint constraint,
      Variables variables,
      double[] point,
      int k,
      double h,
      Matrix gradient) {
    double[] moved = point.clone();
    moved[k] += h;
    variables.writeFlow(moved);
    constraint.afterStep(variables);
    double sum = 0;
    for (int i = 0; i < D; i++) {
      for (int j = 0; j < D; j++) {
        sum += gradient.get(i, j) * variables.parameters().odeWeight().get(i, j);
      }
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(Stability.class)
  void refusesTargetsOutOfReach(Stability method) {
    Architecture relu =
        new Architecture(
            2, 2, 3, D, StandardActivation.RELU, Discretization.defaults(), Normalization.NONE);
    StabilityOptions options = StabilityOptions.none().withMethod(method);
    for (double target : new double[] {-0.1, 0}) {
      assertThatThrownBy(() -> FlowConstraint.of(relu, options.withTarget(target), new double[0]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("slope");
    }
  }
}
