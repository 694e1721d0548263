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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpansivityTest {
  private static final BoundOptions TIGHT = BoundOptions.defaults().withTolerance(1e-10);

  private static Matrix scaleRows(double[] diagonal, Matrix a) {
    return Matrix.generate(a.rows(), a.columns(), (i, j) -> diagonal[i] * a.get(i, j));
  }

  @ParameterizedTest
  @EnumSource(MatrixFamily.class)
  void agreesWithEnumeration(MatrixFamily family) {
    RandomGenerator random = new SplittableRandom(family.name().hashCode());
    for (double alpha : new double[] {0, 0.1, 0.25, 0.5, 0.9, 1}) {
      for (int d : new int[] {1, 2, 3, 5, 8}) {
        Matrix a = family.sample(d, random);
        SlopeBox slopes = SlopeBox.of(alpha);
        double expected = Enumeration.maximum(a, slopes, Norm.TWO);
        ExpansivityBound bound = Expansivity.of(a, slopes).bound(TIGHT);
        assertThat(bound.exact()).isTrue();
        assertThat(bound.lower()).isCloseTo(expected, within(1e-9));
        assertThat(bound.upper())
            .isCloseTo(expected, within(1e-9))
            .isGreaterThanOrEqualTo(expected);
        assertThat(LogarithmicNorm.of(scaleRows(bound.vertex(), a), Norm.TWO))
            .isCloseTo(bound.lower(), within(1e-13 * d));
      }
    }
  }

  @Property(tries = 200)
  void agreesWithEnumerationOnRandomMatrices(
      @ForAll MatrixFamily family,
      @ForAll @IntRange(min = 1, max = 10) int d,
      @ForAll @DoubleRange(min = 0, max = 0.9) double alpha,
      @ForAll long seed) {
    assertAgreesWithEnumeration(family.sample(d, new SplittableRandom(seed)), alpha);
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(MatrixFamily.class)
  void agreesWithEnumerationUpToOrder14(MatrixFamily family) {
    RandomGenerator random = new SplittableRandom(200 + family.name().hashCode());
    for (int d = 11; d <= 14; d++) {
      for (double alpha : new double[] {0, 0.1, 0.5, 0.9}) {
        assertAgreesWithEnumeration(family.sample(d, random), alpha);
      }
    }
  }

  private static void assertAgreesWithEnumeration(Matrix a, double alpha) {
    SlopeBox slopes = SlopeBox.of(alpha);
    double expected = Enumeration.maximum(a, slopes, Norm.TWO);
    ExpansivityBound bound = Expansivity.of(a, slopes).bound(TIGHT);
    assertThat(bound.exact()).isTrue();
    assertThat(bound.lower()).isCloseTo(expected, within(1e-9));
    assertThat(bound.upper()).isCloseTo(expected, within(1e-9)).isGreaterThanOrEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource(MatrixFamily.class)
  void largeOrdersAreBoundedAtTheRoot(MatrixFamily family) {
    int d = 260;
    Matrix a = family.sample(d, new SplittableRandom(9));
    BoundOptions root = BoundOptions.defaults().withNodeLimit(1);
    ExpansivityBound bound = Expansivity.of(a, SlopeBox.of(0.1)).bound(root);
    double attained = LogarithmicNorm.of(scaleRows(bound.vertex(), a), Norm.TWO);
    assertThat(bound.lower()).isCloseTo(attained, within(1e-9)).isLessThan(attained + 1e-12);
    assertThat(bound.upper()).isGreaterThanOrEqualTo(attained);
    assertThat(Expansivity.of(a, SlopeBox.of(0.1)).bound(root.withThreads(1)).lower())
        .isEqualTo(bound.lower());
  }

  @ParameterizedTest
  @EnumSource(MatrixFamily.class)
  void theRootAloneHoldsTheMaximum(MatrixFamily family) {
    RandomGenerator random = new SplittableRandom(100 + family.name().hashCode());
    for (int k = 0; k < 20; k++) {
      Matrix a = family.sample(6, random);
      SlopeBox slopes = SlopeBox.of(0.1);
      double expected = Enumeration.maximum(a, slopes, Norm.TWO);
      ExpansivityBound bound = Expansivity.of(a, slopes).bound(TIGHT.withNodeLimit(1));
      assertThat(bound.nodes()).isEqualTo(1);
      assertThat(bound.lower()).isLessThanOrEqualTo(expected + 1e-13);
      assertThat(bound.upper()).isGreaterThanOrEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Norm.class,
      names = {"ONE", "INFINITY"})
  void closedFormsAgreeWithEnumeration(Norm norm) {
    RandomGenerator random = new SplittableRandom(7);
    for (int k = 0; k < 50; k++) {
      Matrix a = MatrixFamily.SHIFTED.sample(1 + k % 8, random);
      for (SlopeBox slopes :
          new SlopeBox[] {SlopeBox.of(0.1), SlopeBox.of(0), new SlopeBox(-0.2, 1.1)}) {
        double expected = Enumeration.maximum(a, slopes, norm);
        ExpansivityBound bound = Expansivity.of(a, slopes).bound(norm);
        assertThat(bound.lower()).isCloseTo(expected, within(1e-13));
        assertThat(bound.upper()).isCloseTo(expected, within(1e-12));
        assertThat(bound.upper()).isGreaterThanOrEqualTo(expected);
      }
    }
  }

  @Test
  void slopeIntervalsMayLeaveTheUnitInterval() {
    RandomGenerator random = new SplittableRandom(8);
    for (SlopeBox slopes : new SlopeBox[] {new SlopeBox(-0.2, 1.1), new SlopeBox(-1, -0.5)}) {
      Matrix a = MatrixFamily.GAUSSIAN.sample(7, random);
      ExpansivityBound bound = Expansivity.of(a, slopes).bound(TIGHT);
      assertThat(bound.upper()).isCloseTo(Enumeration.maximum(a, slopes, Norm.TWO), within(1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-300, 1e-150, 1e-5, 1e5, 1e150, 1e300})
  void isHomogeneousOverTheWholeRange(double factor) {
    Matrix a = MatrixFamily.SKEW.sample(6, new SplittableRandom(3));
    BoundOptions options = TIGHT.withTolerance(0).withTimeLimit(Duration.ofSeconds(1));
    double expected = Enumeration.maximum(a, SlopeBox.of(0.1), Norm.TWO);
    ExpansivityBound bound = Expansivity.of(a.times(factor), SlopeBox.of(0.1)).bound(options);
    assertThat(bound.lower() / factor).isCloseTo(expected, within(1e-8));
    assertThat(bound.upper() / factor).isCloseTo(expected, within(1e-8));
  }

  @Test
  void degenerateMatrices() {
    SlopeBox slopes = SlopeBox.of(0.1);
    assertThat(Expansivity.of(Matrix.zeros(5, 5), slopes).bound().interval().upper())
        .isCloseTo(0, within(1e-6));
    assertThat(Expansivity.of(Matrix.identity(5), slopes).bound().lower())
        .isCloseTo(1, within(1e-12));
    assertThat(Expansivity.of(Matrix.identity(5).times(-1), slopes).bound().lower())
        .isCloseTo(-0.1, within(1e-12));
    assertThat(Expansivity.of(Matrix.of(1, 1, -3), slopes).bound().upper())
        .isCloseTo(-0.3, within(1e-12));
    Matrix oneRow = Matrix.generate(6, 6, (i, j) -> i == 2 ? j + 1 : 0);
    ExpansivityBound bound = Expansivity.of(oneRow, slopes).bound(TIGHT);
    assertThat(bound.upper())
        .isCloseTo(Enumeration.maximum(oneRow, slopes, Norm.TWO), within(1e-9));
  }

  @Test
  void theNumberOfThreadsDoesNotChangeTheResult() {
    Matrix a = MatrixFamily.SKEW.sample(20, new SplittableRandom(5));
    ExpansivityBound one = Expansivity.of(a, SlopeBox.of(0.1)).bound(TIGHT.withThreads(1));
    ExpansivityBound two = Expansivity.of(a, SlopeBox.of(0.1)).bound(TIGHT.withThreads(2));
    assertThat(two.nodes()).isEqualTo(one.nodes()).isGreaterThan(1);
    assertThat(two.lower()).isEqualTo(one.lower());
    assertThat(two.upper()).isEqualTo(one.upper());
    assertThat(two.vertex()).isEqualTo(one.vertex());
  }

  @Test
  void theNumberOfThreadsDoesNotChangeTheResultOfLargeOrders() {
    Matrix a = MatrixFamily.LOW_RANK.sample(256, new SplittableRandom(5));
    BoundOptions options =
        BoundOptions.defaults().withNodeLimit(20).withTimeLimit(Duration.ofHours(1));
    ExpansivityBound one = Expansivity.of(a, SlopeBox.of(0.1)).bound(options.withThreads(1));
    ExpansivityBound two = Expansivity.of(a, SlopeBox.of(0.1)).bound(options.withThreads(2));
    assertThat(two.nodes()).isEqualTo(one.nodes()).isGreaterThan(1);
    assertThat(two.lower()).isEqualTo(one.lower());
    assertThat(two.upper()).isEqualTo(one.upper());
  }

  @Test
  void aLimitLeavesAnIntervalThatHoldsTheMaximum() {
    Matrix a = MatrixFamily.SKEW.sample(12, new SplittableRandom(6));
    double expected = Enumeration.maximum(a, SlopeBox.of(0.1), Norm.TWO);
    double width = Double.POSITIVE_INFINITY;
    for (long limit : new long[] {1, 9, 1000}) {
      ExpansivityBound bound =
          Expansivity.of(a, SlopeBox.of(0.1)).bound(TIGHT.withNodeLimit(limit));
      assertThat(bound.lower()).isLessThanOrEqualTo(expected + 1e-12);
      assertThat(bound.upper()).isGreaterThanOrEqualTo(expected);
      assertThat(bound.interval().width()).isLessThanOrEqualTo(width);
      width = bound.interval().width();
    }
    assertThat(width).isLessThan(1e-9);
  }

  @Property(tries = 60)
  void isInvariantUnderPermutationsAndSignFlips(
      @ForAll @IntRange(min = 2, max = 9) int d, @ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    Matrix a = MatrixFamily.GAUSSIAN.sample(d, random);
    int shift = random.nextInt(d);
    double[] sign = new double[d];
    for (int i = 0; i < d; i++) {
      sign[i] = random.nextBoolean() ? 1 : -1;
    }
    Matrix similar =
        Matrix.generate(
            d, d, (i, j) -> sign[i] * sign[j] * a.get((i + shift) % d, (j + shift) % d));
    SlopeBox slopes = SlopeBox.of(0.2);
    assertThat(Expansivity.of(similar, slopes).bound(TIGHT).lower())
        .isCloseTo(Expansivity.of(a, slopes).bound(TIGHT).lower(), within(1e-9));
  }

  @Property(tries = 40)
  void doesNotIncreaseWithAlpha(
      @ForAll long seed,
      @ForAll @DoubleRange(min = 0, max = 1) double one,
      @ForAll @DoubleRange(min = 0, max = 1) double other) {
    Matrix a = MatrixFamily.SHIFTED.sample(7, new SplittableRandom(seed));
    double low = Math.min(one, other);
    double high = Math.max(one, other);
    assertThat(Expansivity.of(a, SlopeBox.of(high)).bound(TIGHT).lower())
        .isLessThanOrEqualTo(Expansivity.of(a, SlopeBox.of(low)).bound(TIGHT).upper());
  }

  @Test
  void refusesWhatIsNotASquareFiniteMatrix() {
    SlopeBox slopes = SlopeBox.of(0.1);
    assertThatThrownBy(() -> Expansivity.of(Matrix.zeros(2, 3), slopes))
        .hasMessageContaining("2 x 3");
    assertThatThrownBy(() -> Expansivity.of(Matrix.zeros(0, 0), slopes))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Expansivity.of(Matrix.of(1, 1, Double.NaN), slopes))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> SlopeBox.of(1.5))
        .hasMessageContaining("1.5")
        .hasMessageContaining("[0, 1]");
  }
}
