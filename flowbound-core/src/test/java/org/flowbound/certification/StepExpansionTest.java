package org.flowbound.certification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.field.SlopeBox;
import org.flowbound.flow.RungeKutta;
import org.flowbound.flow.StabilityPolynomial;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.MatrixFamily;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StepExpansionTest {
  private final RandomGenerator random = new SplittableRandom(31);

  /** The step's matrix with the given slopes, by the definition of the method. */
  private static Matrix step(Matrix a, RungeKutta method, double h, double[][] slopes) {
    int d = a.rows();
    Matrix[] z = new Matrix[method.stages()];
    Matrix step = Matrix.identity(d);
    for (int k = 0; k < z.length; k++) {
      Matrix argument = Matrix.identity(d);
      for (int j = 0; j < k; j++) {
        argument = argument.plus(z[j].times(h * method.a(k, j)));
      }
      z[k] = Blas.multiply(Matrix.diagonal(slopes[k]), Blas.multiply(a, argument));
      step = step.plus(z[k].times(h * method.b(k)));
    }
    return step;
  }

  private static double enumerate(Matrix a, SlopeBox box, RungeKutta method, double h) {
    int d = a.rows();
    int bits = d * method.stages();
    double best = 0;
    for (int signs = 0; signs < 1 << bits; signs++) {
      double[][] slopes = new double[method.stages()][d];
      for (int bit = 0; bit < bits; bit++) {
        slopes[bit / d][bit % d] = (signs >> bit & 1) == 1 ? box.upper() : box.lower();
      }
      best = Math.max(best, SymmetricEigen.spectralNorm(step(a, method, h, slopes)));
    }
    return best;
  }

  @ParameterizedTest
  @EnumSource(RungeKutta.class)
  void enclosesTheMaximumOverAllVertices(RungeKutta method) {
    int largest = 9 / method.stages();
    for (MatrixFamily family : MatrixFamily.values()) {
      for (int d = 1; d <= largest; d++) {
        for (double h : new double[] {0.05, 0.6}) {
          Matrix a = family.sample(d, random).times(random.nextDouble(0.5, 4));
          SlopeBox box = d % 2 == 0 ? SlopeBox.of(0.1) : new SlopeBox(-0.3, 1.1);
          double expected = enumerate(a, box, method, h);
          StepBound bound = new StepExpansion(a, box, method, h).bound();
          assertThat(bound.lower()).isLessThanOrEqualTo(expected * (1 + 1e-13));
          assertThat(bound.upper()).isGreaterThanOrEqualTo(expected).isLessThan(1.3 * expected);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(MatrixFamily.class)
  void eulerIsNeverWorseThanTheBoundByDeltaAndNorm(MatrixFamily family) {
    for (int k = 0; k < 12; k++) {
      Matrix a = family.sample(2 + 3 * k, random).times(random.nextDouble(0.3, 4));
      double h = random.nextDouble(0.02, 0.5);
      SlopeBox box = SlopeBox.of(0.1);
      double delta = Expansivity.of(a, box).bound(BoundOptions.defaults().withNodeLimit(1)).upper();
      double norm = SymmetricEigen.spectralNorm(a);
      StepBound bound = new StepExpansion(a, box, RungeKutta.EULER, h).bound();
      assertThat(bound.upper())
          .isLessThanOrEqualTo(Math.sqrt(1 + 2 * h * delta + h * h * norm * norm) * (1 + 1e-7));
    }
  }

  @ParameterizedTest
  @EnumSource(RungeKutta.class)
  void noSlopesDriveStatesFurtherApart(RungeKutta method) {
    for (int k = 0; k < 10; k++) {
      int d = 4 + 2 * k;
      Matrix a = MatrixFamily.SHIFTED.sample(d, random).times(random.nextDouble(0.5, 2));
      double h = random.nextDouble(0.05, 0.4);
      StepBound bound = new StepExpansion(a, SlopeBox.of(0.1), method, h).bound();
      assertThat(bound.upper()).isLessThan(1.2 * bound.lower());
      for (int trial = 0; trial < 100; trial++) {
        double[][] slopes = new double[method.stages()][d];
        for (double[] stage : slopes) {
          Arrays.setAll(stage, i -> random.nextDouble(0.1, 1));
        }
        assertThat(SymmetricEigen.spectralNorm(step(a, method, h, slopes)))
            .isLessThanOrEqualTo(bound.upper());
      }
    }
  }

  /** One slope, one eigenvalue: {@code |R(hλ)|} with R the method's stability function. */
  @ParameterizedTest
  @EnumSource(RungeKutta.class)
  void aLinearFieldHasTheStabilityFunctionsValue(RungeKutta method) {
    double h = 0.3;
    Matrix a = Matrix.diagonal(-1.5, 0.7, 0.2);
    double z = 0.5 * 0.7 * h;
    double expected = StabilityPolynomial.of(method, z);
    StepBound bound = new StepExpansion(a, new SlopeBox(0.5, 0.5), method, h).bound();
    assertThat(bound.lower()).isCloseTo(expected, within(1e-14));
    assertThat(bound.upper()).isCloseTo(expected, within(1e-12)).isGreaterThanOrEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(RungeKutta.class)
  void aRowOfZerosOrAllOfThemAreNoObstacle(RungeKutta method) {
    SlopeBox box = SlopeBox.of(0.1);
    assertThat(new StepExpansion(Matrix.zeros(4, 4), box, method, 0.1).bound().upper())
        .isCloseTo(1, within(1e-9));
    Matrix a = Matrix.of(2, 2, 0, 0, 1, -1);
    StepBound bound = new StepExpansion(a, box, method, 0.5).bound();
    double expected = enumerate(a, box, method, 0.5);
    assertThat(bound.upper()).isBetween(expected, 1.02 * expected);
  }

  @ParameterizedTest
  @EnumSource(RungeKutta.class)
  void ofHugeWeightsNothingIsClaimed(RungeKutta method) {
    Matrix a = MatrixFamily.GAUSSIAN.sample(3, random).times(1e200);
    StepBound bound = new StepExpansion(a, SlopeBox.of(0.1), method, 0.1).bound();
    assertThat(bound).isEqualTo(new StepBound(0, Double.POSITIVE_INFINITY));
  }

  @Test
  void refusesWhatHasNoStep() {
    SlopeBox box = SlopeBox.of(0.1);
    Matrix a = Matrix.identity(2);
    assertThatThrownBy(() -> new StepExpansion(a, box, RungeKutta.EULER, 0))
        .hasMessageContaining("step size (0.0)");
    assertThatThrownBy(() -> new StepExpansion(Matrix.zeros(2, 3), box, RungeKutta.EULER, 1))
        .hasMessageContaining("2 x 3");
    assertThatThrownBy(
            () -> new StepExpansion(Matrix.of(1, 1, Double.NaN), box, RungeKutta.EULER, 1))
        .hasMessageContaining("NaN");
  }
}
