package org.flowbound.stability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.ThresholdBracket.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContractivityThresholdTest {
  private static final ThresholdOptions TIGHT = ThresholdOptions.defaults().withTolerance(1e-9);

  private static Matrix shifted(MatrixFamily family, int d, RandomGenerator random) {
    return family.sample(d, random).minus(Matrix.identity(d).times(random.nextDouble(0.2, 2.5)));
  }

  /** Bisection on the maximum over all vertices. */
  private static double bisect(Matrix a, double level) {
    double low = 0;
    double high = 1;
    while (high - low > 1e-12) {
      double middle = 0.5 * (low + high);
      if (Enumeration.maximum(a, SlopeBox.of(middle), Norm.TWO) > level) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  @ParameterizedTest
  @EnumSource(MatrixFamily.class)
  void agreesWithBisectionOverEnumeratedMaxima(MatrixFamily family) {
    RandomGenerator random = new SplittableRandom(family.name().hashCode());
    int thresholds = 0;
    for (int k = 0; k < 40; k++) {
      int d = 1 + k % 6;
      Matrix a = shifted(family, d, random);
      double level = k % 3 == 0 ? 0 : random.nextDouble(-0.8, 0.8);
      ThresholdBracket bracket = new ContractivityThreshold(a, level).bracket(TIGHT);
      double one = Enumeration.maximum(a, SlopeBox.of(1), Norm.TWO);
      double zero = Enumeration.maximum(a, SlopeBox.of(0), Norm.TWO);
      if (one > level) {
        assertThat(bracket.status()).isEqualTo(Status.NEVER);
      } else if (zero <= level) {
        assertThat(bracket.status()).isEqualTo(Status.ALWAYS);
      } else {
        double expected = bisect(a, level);
        assertThat(bracket.status()).isEqualTo(Status.EXACT);
        assertThat(bracket.alphaLower()).isLessThanOrEqualTo(expected + 1e-11);
        assertThat(bracket.alphaUpper()).isGreaterThanOrEqualTo(expected - 1e-11);
        assertThat(bracket.interval().width()).isLessThanOrEqualTo(1e-9);
        assertThat(LogarithmicNorm.of(scaleRows(bracket.vertex(), a), Norm.TWO))
            .isCloseTo(level, within(1e-8));
        thresholds++;
      }
    }
    assertThat(thresholds).isGreaterThan(3);
  }

  private static Matrix scaleRows(double[] diagonal, Matrix a) {
    return Matrix.generate(a.rows(), a.columns(), (i, j) -> diagonal[i] * a.get(i, j));
  }

  @ParameterizedTest
  @CsvSource({"-2,-0.5,0.25", "-1,-0.999,0.999", "-3,-3,1", "-0.1,-1e-9,1e-8"})
  void aSingleEquationHasAClosedForm(double entry, double level, double expected) {
    ThresholdBracket bracket =
        new ContractivityThreshold(Matrix.of(1, 1, entry), level).bracket(TIGHT);
    assertThat(bracket.status()).isEqualTo(Status.EXACT);
    assertThat(bracket.alphaLower()).isCloseTo(expected, within(1e-15));
    assertThat(bracket.alphaUpper()).isCloseTo(expected, within(1e-15));
  }

  @Test
  void diagonalMatricesHaveAClosedForm() {
    Matrix a = Matrix.diagonal(-1, -0.5, -4);
    assertThat(ContractivityThreshold.of(a).bracket().status()).isEqualTo(Status.ALWAYS);
    assertThat(ContractivityThreshold.of(Matrix.zeros(4, 4)).bracket().status())
        .isEqualTo(Status.ALWAYS);
    assertThat(ContractivityThreshold.of(Matrix.diagonal(-1, 1e-9)).bracket().status())
        .isEqualTo(Status.NEVER);
    assertThat(ContractivityThreshold.of(a).withLevel(-0.6).bracket().status())
        .isEqualTo(Status.NEVER);
    assertThat(ContractivityThreshold.of(a).withLevel(-0.2).bracket().alphaUpper())
        .isCloseTo(0.4, within(1e-15));
  }

  /** {@code D = diag(1, α)} is the worst: {@code (1 + α)/2 = (1 − α)/2 · √(1 + k²)}. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-6, 0.01, 0.5, 1, 7, 1e3})
  void dampedRotationsHaveAClosedForm(double k) {
    double root = Math.sqrt(1 + k * k);
    ThresholdBracket bracket =
        ContractivityThreshold.of(Matrix.of(2, 2, -1, k, -k, -1)).bracket(TIGHT);
    assertThat(bracket.isExact()).isTrue();
    assertThat(bracket.alphaLower()).isCloseTo(k * k / ((root + 1) * (root + 1)), within(1e-9));
    assertThat(bracket.alphaUpper()).isCloseTo(k * k / ((root + 1) * (root + 1)), within(1e-9));
  }

  @Test
  void aSkewMatrixIsContractiveOnlyWithAllSlopesOne() {
    Matrix a = MatrixFamily.SKEW.sample(6, new SplittableRandom(2));
    ThresholdBracket bracket = ContractivityThreshold.of(a).bracket(TIGHT);
    assertThat(bracket.status()).isEqualTo(Status.EXACT);
    assertThat(bracket.alphaUpper()).isEqualTo(1);
    assertThat(bracket.alphaLower()).isBetween(1 - 1e-9, 1.0);
  }

  @Property(tries = 30)
  void doesNotChangeWhenTheWeightsAreScaled(
      @ForAll @IntRange(min = 2, max = 10) int d,
      @ForAll long seed,
      @ForAll @DoubleRange(min = -40, max = 40) double exponent) {
    Matrix a = shifted(MatrixFamily.GAUSSIAN, d, new SplittableRandom(seed));
    ThresholdBracket plain = ContractivityThreshold.of(a).bracket(TIGHT);
    ThresholdBracket scaled =
        ContractivityThreshold.of(a.times(Math.pow(10, exponent))).bracket(TIGHT);
    assertThat(scaled.status()).isEqualTo(plain.status());
    assertThat(scaled.alphaLower()).isCloseTo(plain.alphaLower(), within(2e-9));
    assertThat(scaled.alphaUpper()).isCloseTo(plain.alphaUpper(), within(2e-9));
  }

  @Property(tries = 30)
  void doesNotIncreaseWithTheLevel(
      @ForAll long seed,
      @ForAll @DoubleRange(min = -1, max = 1) double one,
      @ForAll @DoubleRange(min = -1, max = 1) double other) {
    Matrix a = shifted(MatrixFamily.TOEPLITZ, 9, new SplittableRandom(seed));
    ContractivityThreshold problem = ContractivityThreshold.of(a);
    assertThat(problem.withLevel(Math.max(one, other)).bracket().alphaLower())
        .isLessThanOrEqualTo(problem.withLevel(Math.min(one, other)).bracket().alphaUpper());
  }

  @Property(tries = 20)
  void bothEndsSpeakTheTruthOfDelta(@ForAll long seed) {
    Matrix a = shifted(MatrixFamily.SKEW, 12, new SplittableRandom(seed));
    ThresholdBracket bracket = ContractivityThreshold.of(a).bracket();
    assertThat(bracket.status()).isEqualTo(Status.EXACT);
    BoundOptions tight = BoundOptions.defaults().withTolerance(1e-10);
    double below = Math.max(0, bracket.alphaLower() - 1e-9);
    assertThat(Expansivity.of(a, SlopeBox.of(below)).bound(tight).lower()).isPositive();
    assertThat(Expansivity.of(a, SlopeBox.of(bracket.alphaUpper())).bound(tight).upper())
        .isLessThan(1e-9);
  }

  @Test
  void aTimeLimitLeavesABracketThatHoldsTheThreshold() {
    Matrix a = shifted(MatrixFamily.SKEW, 10, new SplittableRandom(9));
    ThresholdBracket exact = ContractivityThreshold.of(a).bracket(TIGHT);
    ThresholdBracket limited =
        ContractivityThreshold.of(a).bracket(TIGHT.withTimeLimit(Duration.ZERO));
    assertThat(limited.status()).isEqualTo(Status.BOUNDED);
    assertThat(limited.isExact()).isFalse();
    assertThat(limited.alphaLower()).isBetween(0.0, exact.alphaUpper());
    assertThat(limited.alphaUpper()).isBetween(exact.alphaLower(), 1.0);
  }

  @Test
  void theNumberOfThreadsDoesNotChangeTheResult() {
    Matrix a = shifted(MatrixFamily.SKEW, 16, new SplittableRandom(4));
    ThresholdBracket one = ContractivityThreshold.of(a).bracket(TIGHT.withThreads(1));
    ThresholdBracket two = ContractivityThreshold.of(a).bracket(TIGHT.withThreads(2));
    assertThat(two.alphaLower()).isEqualTo(one.alphaLower());
    assertThat(two.alphaUpper()).isEqualTo(one.alphaUpper());
    assertThat(two.vertex()).isEqualTo(one.vertex());
  }

  @Test
  void levelsBeyondAllScalesAreAnswered() {
    Matrix a = shifted(MatrixFamily.GAUSSIAN, 4, new SplittableRandom(1));
    assertThat(new ContractivityThreshold(a.times(1e-300), 1e300).bracket().status())
        .isEqualTo(Status.ALWAYS);
    assertThat(new ContractivityThreshold(a.times(1e-300), -1e300).bracket().status())
        .isEqualTo(Status.NEVER);
  }

  @Test
  void refusesWhatHasNoThreshold() {
    assertThatThrownBy(() -> ContractivityThreshold.of(Matrix.zeros(2, 3)))
        .hasMessageContaining("2 x 3");
    assertThatThrownBy(() -> ContractivityThreshold.of(Matrix.of(1, 1, Double.NaN)))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> new ContractivityThreshold(Matrix.identity(2), Double.NaN))
        .hasMessageContaining("level (NaN)");
    assertThatThrownBy(() -> ThresholdOptions.defaults().withTolerance(0))
        .hasMessageContaining("tolerance (0.0)");
    assertThatThrownBy(() -> ThresholdOptions.defaults().withThreads(0))
        .hasMessageContaining("threads (0)");
  }
}
