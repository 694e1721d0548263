package org.flowbound.stability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.certificate.AttainedExpansivity;
import org.flowbound.certificate.CertificateChecker;
import org.flowbound.certificate.Leaf;
import org.flowbound.certificate.Verdict;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertifiedBoundTest {
  private static final BoundOptions TIGHT = BoundOptions.defaults().withTolerance(1e-10);

  private static CertifiedBound certify(Matrix a, SlopeBox slopes, BoundOptions options) {
    CertifiedBound certified =
        Expansivity.of(a, slopes).certify(options, ExpansivityListener.SILENT);
    Verdict verdict = CertificateChecker.check(certified.certificate(), a);
    assertThat(verdict.valid()).as(verdict.reason()).isTrue();
    assertThat(verdict.gamma()).isEqualTo(certified.bound().upper());
    assertThat(certified.bound().lower()).isLessThanOrEqualTo(certified.bound().upper());
    return certified;
  }

  /** The certified upper end minus the value attained, which must not be negative. */
  private static double excess(CertifiedBound certified, Matrix a) {
    SlopeBox slopes = certified.bound().slopes();
    BigDecimal attained = AttainedExpansivity.of(a, slopes.lower(), slopes.upper());
    BigDecimal excess = new BigDecimal(certified.bound().upper()).subtract(attained);
    assertThat(excess.signum()).isNotNegative();
    return excess.doubleValue();
  }

  @ParameterizedTest
  @EnumSource(MatrixFamily.class)
  void agreesWithEnumeration(MatrixFamily family) {
    RandomGenerator random = new SplittableRandom(200 + family.name().hashCode());
    for (double alpha : new double[] {-0.2, 0, 0.1, 0.25, 0.5, 0.9, 1}) {
      for (int d : new int[] {1, 2, 3, 4, 5, 6, 7}) {
        Matrix a = family.sample(d, random);
        CertifiedBound certified = certify(a, new SlopeBox(alpha, 1), TIGHT);
        assertThat(certified.bound().exact()).isTrue();
        assertThat(excess(certified, a)).isLessThan(1e-9);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 5, 9})
  void nodesThatAreStillOpenAreAmongTheLeaves(long limit) {
    Matrix a = MatrixFamily.SKEW.sample(12, new SplittableRandom(6));
    CertifiedBound certified = certify(a, SlopeBox.of(0.1), TIGHT.withNodeLimit(limit));
    assertThat(certified.bound().exact()).isFalse();
    assertThat(excess(certified, a)).isGreaterThan(1e-6);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-310, 1e-300, 1e-150, 1e-5, 1e5, 1e150, 1e300})
  void sizesOfEveryMagnitude(double factor) {
    Matrix a = MatrixFamily.SKEW.sample(5, new SplittableRandom(3)).times(factor);
    BoundOptions options = TIGHT.withTolerance(0).withTimeLimit(Duration.ofSeconds(1));
    CertifiedBound certified = certify(a, SlopeBox.of(0.1), options);
    assertThat(excess(certified, a)).isLessThan(1e-7 * factor);
  }

  @Test
  void degenerateMatrices() {
    SlopeBox slopes = SlopeBox.of(0.1);
    for (Matrix a :
        new Matrix[] {
          Matrix.zeros(5, 5),
          Matrix.identity(5),
          Matrix.identity(5).times(-1),
          Matrix.of(1, 1, -3),
          Matrix.generate(6, 6, (i, j) -> i == 2 ? j + 1 : 0),
          Matrix.generate(6, 6, (i, j) -> j == 2 ? i + 1 : 0),
          Matrix.generate(6, 6, (i, j) -> j == i + 1 ? 1 : 0),
          Matrix.generate(6, 6, (i, j) -> 1)
        }) {
      assertThat(excess(certify(a, slopes, TIGHT), a)).isLessThan(1e-9);
    }
  }

  @Test
  void theUpperEndIsLittleAboveTheUnprovedOne() {
    Matrix a = MatrixFamily.GAUSSIAN.sample(48, new SplittableRandom(11));
    BoundOptions options = BoundOptions.defaults().withTolerance(1e-4);
    CertifiedBound certified = certify(a, SlopeBox.of(0.25), options);
    assertThat(certified.bound().exact()).isTrue();
    ExpansivityBound unproved =
        Expansivity.of(a, SlopeBox.of(0.25)).bound(options.withTolerance(0.9e-4));
    assertThat(certified.bound().upper()).isBetween(unproved.upper(), unproved.upper() + 1e-11);
    assertThat(certified.certificate().leaves()).hasSizeGreaterThan(1);
  }

  @Test
  void theNumberOfThreadsDoesNotChangeTheLeaves() {
    Matrix a = MatrixFamily.SKEW.sample(14, new SplittableRandom(5));
    CertifiedBound one = certify(a, SlopeBox.of(0.1), TIGHT.withThreads(1));
    CertifiedBound two = certify(a, SlopeBox.of(0.1), TIGHT.withThreads(2));
    assertThat(two.certificate().digest()).isEqualTo(one.certificate().digest());
  }

  @Test
  void aSinglePointOfSlopesNeedsNoMultipliers() {
    Matrix a = MatrixFamily.GAUSSIAN.sample(4, new SplittableRandom(5));
    CertifiedBound certified = certify(a, SlopeBox.of(1), TIGHT);
    assertThat(certified.certificate().leaves()).hasSize(1);
    Leaf leaf = certified.certificate().leaves().get(0);
    assertThat(leaf.fixed()).isEmpty();
    assertThat(leaf.multipliers()).isEmpty();
  }

  @Test
  void overflowIsNoProof() {
    Matrix a = Matrix.generate(3, 3, (i, j) -> Double.MAX_VALUE);
    Expansivity expansivity = Expansivity.of(a, SlopeBox.of(0.1));
    assertThatThrownBy(() -> expansivity.certify(TIGHT, ExpansivityListener.SILENT))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("too large");
  }
}
