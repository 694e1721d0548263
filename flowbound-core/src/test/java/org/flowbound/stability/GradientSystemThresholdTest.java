package org.flowbound.stability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GradientSystemThresholdTest {
  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.5, 1, 7})
  void findsTheThresholdOfDampedRotations(double k) {
    double root = Math.sqrt(1 + k * k);
    ContractivityThreshold problem = ContractivityThreshold.of(Matrix.of(2, 2, -1, k, -k, -1));
    assertThat(GradientSystemThreshold.of(problem, 1e-6).orElseThrow())
        .isCloseTo(k * k / ((root + 1) * (root + 1)), within(1e-6));
  }

  /** {@code diag(1, α)} has the larger root, and the method stays at {@code diag(α, 1)}. */
  @Test
  void endsInALocalMaximumWhereThatOneIsNearer() {
    ContractivityThreshold problem = ContractivityThreshold.of(Matrix.of(2, 2, -1, 1, -0.9, -1.1));
    double discriminant = Math.sqrt(6.2 * 6.2 - 4 * 0.81);
    assertThat(problem.bracket().alphaLower())
        .isCloseTo((6.2 - discriminant) / (2 * 0.81), within(1e-6));
    assertThat(GradientSystemThreshold.of(problem, 1e-6).orElseThrow())
        .isCloseTo((6.2 - discriminant) / 2, within(1e-6));
  }

  @ParameterizedTest
  @EnumSource(MatrixFamily.class)
  void isNeverAboveTheCertifiedThreshold(MatrixFamily family) {
    RandomGenerator random = new SplittableRandom(family.name().hashCode());
    for (int k = 0; k < 10; k++) {
      Matrix a = family.sample(3 + k, random);
      double shift = LogarithmicNorm.of(a, Norm.TWO) + random.nextDouble(0.1, 1);
      ContractivityThreshold problem =
          ContractivityThreshold.of(a.minus(Matrix.identity(a.rows()).times(shift)));
      ThresholdBracket certified = problem.bracket();
      OptionalDouble found = GradientSystemThreshold.of(problem, 1e-6);
      if (found.isPresent()) {
        assertThat(found.getAsDouble()).isLessThanOrEqualTo(certified.alphaUpper() + 1e-6);
      }
    }
  }

  @Test
  void seesNoThresholdWhereThereIsNone() {
    assertThat(
            GradientSystemThreshold.of(
                ContractivityThreshold.of(Matrix.diagonal(-1, -2)).withLevel(0.1), 1e-6))
        .isEmpty();
    assertThat(GradientSystemThreshold.of(ContractivityThreshold.of(Matrix.identity(2)), 1e-6))
        .isEmpty();
  }
}
