package org.flowbound.nearness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.Precision;
import org.flowbound.stability.Enumeration;
import org.flowbound.stability.MatrixFamily;
import org.flowbound.stability.Norm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StableParametrizationTest {
  private static final int D = 6;

  private static double[] random(int n, double size, RandomGenerator random) {
    double[] values = new double[n];
    Arrays.setAll(values, i -> size * random.nextGaussian());
    return values;
  }

  private static Matrix map(StableParametrization parametrization, double[] variables) {
    double[] weights = new double[D * D];
    parametrization.map(variables, weights);
    return Matrix.of(D, D, weights);
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 1, 0.7",
    "0.1, 1, 0",
    "0.1, 1, -0.5",
    "0, 1, 0.3",
    "0, 1, 0",
    "-0.1, 1.1, 0.4",
    "-1, -0.2, -0.3",
    "1, 1, -0.5",
    "1, 1, 0.5",
    "-2, -2, -0.5"
  })
  void isStableWhateverTheVariables(double lower, double upper, double target) {
    RandomGenerator random = new SplittableRandom(4);
    SlopeBox slopes = new SlopeBox(lower, upper);
    StableParametrization parametrization = new StableParametrization(D, slopes, target);
    double closest = Double.POSITIVE_INFINITY;
    for (double size : new double[] {0.1, 0.5, 1, 3, 10}) {
      for (int k = 0; k < 10; k++) {
        Matrix a = map(parametrization, random(parametrization.size(), size, random));
        double delta = Enumeration.maximum(a, slopes, Norm.TWO);
        assertThat(delta).isLessThanOrEqualTo(target + 1e-12 * (1 + a.frobeniusNorm()));
        closest = Math.min(closest, target - delta);
      }
    }
    assertThat(closest).as("the bound is reached, or nearly").isLessThan(0.1);
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 1, 0.7",
    "0.1, 1, -0.5",
    "0, 1, 0.3",
    "0, 1, 0",
    "-0.1, 1.1, 0.4",
    "1, 1, -0.5",
    "-2, -2, 0.5",
    "-1, -0.2, -0.3"
  })
  void gradientAgreesWithFiniteDifferences(double lower, double upper, double target) {
    RandomGenerator random = new SplittableRandom(5);
    StableParametrization parametrization =
        new StableParametrization(D, new SlopeBox(lower, upper), target);
    double[] variables = random(parametrization.size(), 0.7, random);
    double[] direction = random(D * D, 1, random);
    double[] weights = new double[D * D];
    double[] gradient = new double[variables.length];
    parametrization.map(variables, weights);
    parametrization.pullBack(variables, direction, gradient);
    double h = 1e-5;
    for (int k = 0; k < variables.length; k++) {
      double value = variables[k];
      variables[k] = value + h;
      double plus = inner(direction, map(parametrization, variables));
      variables[k] = value - h;
      double minus = inner(direction, map(parametrization, variables));
      variables[k] = value;
      assertThat(gradient[k])
          .as("variable %d", k)
          .isCloseTo((plus - minus) / (2 * h), within(1e-7));
    }
  }

  private static double inner(double[] direction, Matrix a) {
    double sum = 0;
    double[] entries = a.toArray();
    for (int k = 0; k < entries.length; k++) {
      sum += direction[k] * entries[k];
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({"0.1, 1, 0.7", "0.1, 1, -0.5", "0, 1, 0.3", "-0.1, 1.1, 0.4", "1, 1, -0.5"})
  void startsNearGivenWeights(double lower, double upper, double target) {
    SlopeBox slopes = new SlopeBox(lower, upper);
    Matrix a = MatrixFamily.GAUSSIAN.sample(D, new SplittableRandom(6)).times(0.3);
    StableProjector projector = new StableProjector(D, slopes, target, Precision.FLOAT64);
    Matrix stable = projector.project(a);
    StableParametrization parametrization = new StableParametrization(D, slopes, target);
    Matrix started =
        map(parametrization, parametrization.variables(stable, projector.multipliers()));
    assertThat(started.minus(stable).frobeniusNorm())
        .isLessThan(0.1 * Math.max(stable.frobeniusNorm(), 1));
  }

  @ParameterizedTest
  @CsvSource({"0, 1, -0.1", "-0.1, 1, -1", "-0.1, 1, 0", "0.1, 1, NaN"})
  void refusesTargetsOutOfReach(double lower, double upper, double target) {
    assertThatThrownBy(() -> new StableParametrization(D, new SlopeBox(lower, upper), target))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
