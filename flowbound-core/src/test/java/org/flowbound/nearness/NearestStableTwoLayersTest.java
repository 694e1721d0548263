package org.flowbound.nearness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.nearness.Perturbation.Status;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.TwoLayerExpansivity;
import org.junit.jupiter.api.Test;

class NearestStableTwoLayersTest {
  private static final SlopeBox SLOPES = new SlopeBox(0.1, 1);
  private static final NearnessOptions OPTIONS =
      NearnessOptions.defaults().withThreads(1).withTimeLimit(Duration.ofSeconds(10));

  private static Matrix gaussian(int rows, int columns, long seed) {
    Random random = new Random(seed);
    return Matrix.generate(rows, columns, (i, j) -> random.nextGaussian() / Math.sqrt(columns));
  }

  private static double delta(Matrix outer, Matrix inner) {
    return new TwoLayerExpansivity(outer, inner, SLOPES)
        .bound(BoundOptions.defaults().withThreads(1))
        .upper();
  }

  @Test
  void oneUnitHasAClosedForm() {
    // The nearest pair with b a ≤ 1 to (2, 2) is (1, 1).
    Matrix two = Matrix.of(1, 1, 2);
    TwoLayerPerturbation found = new NearestStableTwoLayers(two, two, SLOPES, 1).solve(OPTIONS);
    assertThat(found.status()).isEqualTo(Status.OPTIMAL);
    assertThat(found.norm()).isCloseTo(Math.sqrt(2), within(2e-6));
    assertThat(found.inner().get(0, 0)).isCloseTo(-1, within(1e-5));
    assertThat(found.outer().get(0, 0)).isCloseTo(-1, within(1e-5));
  }

  @Property(tries = 10)
  void optimumIsProvedForModerateTargets(
      @ForAll @IntRange(min = 2, max = 5) int d,
      @ForAll @IntRange(min = 2, max = 7) int m,
      @ForAll @IntRange(min = 0, max = 1000) int seed) {
    Matrix outer = gaussian(d, m, seed);
    Matrix inner = gaussian(m, d, seed + 5000);
    double target = 0.7 * delta(outer, inner);
    TwoLayerPerturbation found =
        new NearestStableTwoLayers(outer, inner, SLOPES, target).solve(OPTIONS);
    assertThat(found.relativeGap()).isLessThanOrEqualTo(1e-6);
    assertThat(found.deltaAfter().upper()).isLessThanOrEqualTo(target);
    assertThat(delta(outer.plus(found.outer()), inner.plus(found.inner())))
        .isCloseTo(target, within(2e-6));
  }

  /** Against pairs found without the dual: scaled ones, and random ones scaled to the target. */
  @Property(tries = 10)
  void noStablePairIsBelowTheLowerBound(@ForAll @IntRange(min = 0, max = 1000) int seed) {
    Matrix outer = gaussian(3, 4, seed);
    Matrix inner = gaussian(4, 3, seed + 5000);
    double target = 0.3 * delta(outer, inner);
    TwoLayerPerturbation found =
        new NearestStableTwoLayers(outer, inner, SLOPES, target)
            .solve(OPTIONS.withTimeLimit(Duration.ofMillis(500)));
    Random random = new Random(seed);
    for (int k = 0; k < 40; k++) {
      double spread = 0.5 * random.nextDouble();
      Matrix otherOuter = outer.plus(gaussian(3, 4, random.nextLong()).times(spread));
      Matrix otherInner = inner.plus(gaussian(4, 3, random.nextLong()).times(spread));
      double factor = Math.sqrt(Math.min(1, target / delta(otherOuter, otherInner)));
      double distance =
          Math.hypot(
              otherOuter.times(factor).minus(outer).frobeniusNorm(),
              otherInner.times(factor).minus(inner).frobeniusNorm());
      assertThat(found.normLowerBound()).isLessThanOrEqualTo(distance);
    }
    assertThat(found.norm()).isGreaterThanOrEqualTo(found.normLowerBound());
  }

  @Test
  void stableWeightsStayAsTheyAre() {
    Matrix outer = gaussian(3, 5, 1);
    Matrix inner = gaussian(5, 3, 2);
    TwoLayerPerturbation found =
        new NearestStableTwoLayers(outer, inner, SLOPES, delta(outer, inner) + 0.1).solve(OPTIONS);
    assertThat(found.status()).isEqualTo(Status.UNCHANGED);
    assertThat(found.norm()).isZero();
    assertThat(found.normLowerBound()).isZero();
  }

  @Test
  void negativeTargetsAreReachedWithCertificate() {
    Matrix outer = gaussian(3, 6, 3);
    Matrix inner = gaussian(6, 3, 4);
    TwoLayerPerturbation found =
        new NearestStableTwoLayers(outer, inner, SLOPES, -0.1)
            .solve(OPTIONS.withTimeLimit(Duration.ofSeconds(2)));
    assertThat(delta(outer.plus(found.outer()), inner.plus(found.inner())))
        .isLessThanOrEqualTo(-0.1 + 1e-6);
    assertThat(found.deltaAfter().upper()).isLessThanOrEqualTo(-0.1);
    assertThat(found.normLowerBound()).isPositive();
  }

  @Test
  void refusesTargetsThatNoWeightsReach() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new NearestStableTwoLayers(gaussian(3, 2, 1), gaussian(2, 3, 2), SLOPES, -0.1))
        .withMessageContaining("singular");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new NearestStableTwoLayers(
                    gaussian(3, 3, 1), gaussian(3, 3, 2), SLOPES, Double.NaN));
  }
}
