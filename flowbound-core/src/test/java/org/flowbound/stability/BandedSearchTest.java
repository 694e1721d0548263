package org.flowbound.stability;

import static org.assertj.core.api.Assertions.assertThat;
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
import org.flowbound.stability.BandedElimination.Outcome;
import org.flowbound.stability.BandedElimination.Status;
import org.junit.jupiter.api.Test;

class BandedSearchTest {
  private static final BoundOptions TIGHT = BoundOptions.defaults().withTolerance(1e-10);

  private static Matrix banded(int d, int bandwidth, double shift, RandomGenerator random) {
    return Matrix.generate(
        d,
        d,
        (i, j) -> Math.abs(i - j) > bandwidth ? 0 : random.nextGaussian() - (i == j ? shift : 0));
  }

  @Property(tries = 150)
  void agreesWithEnumeration(
      @ForAll @IntRange(min = 1, max = 9) int d,
      @ForAll @IntRange(min = 0, max = 4) int bandwidth,
      @ForAll @DoubleRange(min = -0.5, max = 0.9) double alpha,
      @ForAll @DoubleRange(min = -1, max = 2) double shift,
      @ForAll long seed) {
    Matrix a = banded(d, bandwidth, shift, new SplittableRandom(seed));
    SlopeBox slopes = new SlopeBox(alpha, 1);
    double expected = Enumeration.maximum(a, slopes, Norm.TWO);
    ExpansivityBound bound = new BandedSearch(a, slopes, TIGHT, ExpansivityListener.SILENT).run();
    assertThat(bound.exact()).isTrue();
    assertThat(bound.lower()).isCloseTo(expected, within(1e-9));
    assertThat(bound.upper()).isCloseTo(expected, within(1e-9)).isGreaterThanOrEqualTo(expected);
  }

  @Property(tries = 100)
  void anAttemptDecidesAsEnumerationDoes(
      @ForAll @IntRange(min = 1, max = 9) int d,
      @ForAll @IntRange(min = 1, max = 4) int bandwidth,
      @ForAll @DoubleRange(min = -1, max = 1) double offset,
      @ForAll long seed) {
    Matrix a = banded(d, bandwidth, 0, new SplittableRandom(seed));
    double expected = Enumeration.maximum(a, SlopeBox.of(0.1), Norm.TWO);
    BandedElimination elimination = new BandedElimination(d, a.toArray(), 0.1, 1, 100_000);
    double gamma = expected + offset;
    Outcome outcome = elimination.attempt(gamma, 1e-7, System.nanoTime() + 60_000_000_000L);
    if (offset > 1.1e-7) {
      assertThat(outcome.status()).isEqualTo(Status.PROVED);
    } else if (offset < 0) {
      assertThat(outcome.status()).isEqualTo(Status.VIOLATED);
      double[] vertex = outcome.vertex();
      Matrix scaled = Matrix.generate(d, d, (i, j) -> vertex[i] * a.get(i, j));
      assertThat(LogarithmicNorm.of(scaled, Norm.TWO)).isGreaterThanOrEqualTo(gamma - 1.1e-7);
    }
  }

  @Test
  void closesConvolutionsThatBranchAndBoundDoesNot() {
    Matrix a = MatrixFamily.TOEPLITZ.sample(48, new SplittableRandom(1));
    BoundOptions options = BoundOptions.defaults().withTimeLimit(Duration.ofMinutes(1));
    ExpansivityBound bound = Expansivity.of(a, SlopeBox.of(0.1)).bound(options);
    ExpansivityBound root = Expansivity.of(a, SlopeBox.of(0.1)).bound(options.withNodeLimit(1));
    assertThat(bound.exact()).isTrue();
    assertThat(root.nodes()).isEqualTo(1);
    assertThat(root.upper()).isGreaterThan(1.2 * bound.upper());
    assertThat(root.lower()).isLessThanOrEqualTo(bound.upper());
  }

  @Test
  void agreesWithBranchAndBoundWhereBothEnd() {
    RandomGenerator random = new SplittableRandom(4);
    for (int k = 0; k < 10; k++) {
      Matrix a = MatrixFamily.TOEPLITZ.sample(18, random);
      SlopeBox slopes = SlopeBox.of(0.1);
      ExpansivityBound tree =
          new BranchAndBound(a, slopes, TIGHT, ExpansivityListener.SILENT, false).run();
      ExpansivityBound bound = Expansivity.of(a, slopes).bound(TIGHT);
      assertThat(bound.lower()).isCloseTo(tree.lower(), within(1e-9));
      assertThat(bound.upper()).isCloseTo(tree.upper(), within(1e-9));
    }
  }

  @Test
  void limitsLeaveAnIntervalThatHoldsTheMaximum() {
    Matrix a = MatrixFamily.TOEPLITZ.sample(14, new SplittableRandom(1));
    double expected = Enumeration.maximum(a, SlopeBox.of(0.1), Norm.TWO);
    for (BoundOptions options :
        new BoundOptions[] {
          TIGHT.withNodeLimit(1),
          TIGHT.withNodeLimit(20),
          TIGHT.withTimeLimit(Duration.ZERO),
          TIGHT.withTolerance(0).withNodeLimit(50)
        }) {
      ExpansivityBound bound = Expansivity.of(a, SlopeBox.of(0.1)).bound(options);
      assertThat(bound.lower()).isLessThanOrEqualTo(expected + 1e-12);
      assertThat(bound.upper()).isGreaterThanOrEqualTo(expected);
    }
  }
}
