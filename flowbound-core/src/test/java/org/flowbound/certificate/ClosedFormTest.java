package org.flowbound.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class ClosedFormTest {
  /** The logarithmic norm of DA over all vertices D, in exact arithmetic. */
  private static BigDecimal enumerated(Matrix a, double alpha, double beta, CertifiedNorm norm) {
    int d = a.rows();
    BigDecimal largest = null;
    for (int signs = 0; signs < 1 << d; signs++) {
      for (int k = 0; k < d; k++) {
        BigDecimal sum = BigDecimal.ZERO;
        for (int l = 0; l < d; l++) {
          int i = norm == CertifiedNorm.ONE ? l : k;
          int j = norm == CertifiedNorm.ONE ? k : l;
          BigDecimal slope = new BigDecimal((signs >> i & 1) == 1 ? beta : alpha);
          BigDecimal entry = slope.multiply(new BigDecimal(a.get(i, j)));
          sum = sum.add(i == j ? entry : entry.abs());
        }
        largest = largest == null ? sum : largest.max(sum);
      }
    }
    return largest;
  }

  private static double entry(RandomGenerator random) {
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> random.nextDouble(-1, 1) * 1e-310;
      case 2 -> random.nextDouble(-1, 1) * 1e150;
      default -> random.nextGaussian();
    };
  }

  @Property(tries = 300)
  void isLittleAboveEnumerationInExactArithmetic(
      @ForAll @IntRange(min = 1, max = 6) int d, @ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    boolean wild = random.nextBoolean();
    Matrix a = Matrix.generate(d, d, (i, j) -> wild ? entry(random) : random.nextGaussian());
    double alpha = random.nextDouble(-1, 1);
    double beta = random.nextDouble(alpha, 1.5);
    for (CertifiedNorm norm : List.of(CertifiedNorm.ONE, CertifiedNorm.INFINITY)) {
      BigDecimal exact = enumerated(a, alpha, beta, norm);
      double value = ClosedForm.roundedUp(a, alpha, beta, norm);
      assertThat(new BigDecimal(value)).isGreaterThanOrEqualTo(exact);
      assertThat(new BigDecimal(value).subtract(exact).doubleValue())
          .isLessThanOrEqualTo(1e-14 * d * a.maxAbs() + 1e-300);
      assertThat(check(a, norm, alpha, beta, value).valid()).isTrue();
      double below = exact.doubleValue() - 1e-12 * Math.max(1e-300, a.maxAbs());
      assertThat(check(a, norm, alpha, beta, below).valid()).isFalse();
    }
  }

  private static Verdict check(
      Matrix a, CertifiedNorm norm, double alpha, double beta, double gamma) {
    return CertificateChecker.check(
        ExpansivityCertificate.ofClosedForm("test", a, norm, alpha, beta, gamma));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "TWO")
  void whatProvesNothingIsRefused(CertifiedNorm norm) {
    Matrix a = Matrix.of(2, 2, -1, 2, 3, -4);
    assertThat(check(a, norm, 0.1, 1, Double.NaN).reason()).contains("gamma");
    assertThat(check(a, norm, 1, 0.1, 100).reason()).contains("no finite interval");
    assertThat(check(a, norm, 0.1, 1, -100).reason()).contains("closed form");
    Matrix huge = Matrix.generate(3, 3, (i, j) -> Double.MAX_VALUE);
    assertThat(check(huge, norm, 0.1, 1, Double.MAX_VALUE).valid()).isFalse();
    ExpansivityCertificate genuine =
        ExpansivityCertificate.ofClosedForm("test", a, norm, 0.1, 1, 100);
    Leaf leaf = new Leaf(List.of(), new double[] {1, 1});
    ExpansivityCertificate withLeaf =
        new ExpansivityCertificate(
            "test", a, genuine.matrixDigest(), norm, 0.1, 1, 100, List.of(leaf), "");
    ExpansivityCertificate sealed =
        new ExpansivityCertificate(
            "test",
            a,
            genuine.matrixDigest(),
            norm,
            0.1,
            1,
            100,
            List.of(leaf),
            Digest.of(withLeaf));
    assertThat(CertificateChecker.check(sealed).reason()).contains("there are leaves");
  }

  @Test
  void thereIsNoneInTheTwoNorm() {
    assertThatThrownBy(() -> ClosedForm.roundedUp(Matrix.identity(2), 0, 1, CertifiedNorm.TWO))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(check(Matrix.identity(2), CertifiedNorm.TWO, 0, 1, 100).reason())
        .contains("do not cover");
  }
}
