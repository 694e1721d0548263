package org.flowbound.nearness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.stability.Enumeration;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.MatrixFamily;
import org.flowbound.stability.Norm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NearestStableMatrixTest {
  private static final SlopeBox SLOPES = SlopeBox.of(0.1);
  private static final NearnessOptions OPTIONS =
      NearnessOptions.defaults().withTolerance(1e-5).withTimeLimit(Duration.ofSeconds(4));

  private static Perturbation solve(Matrix a, double target, NearnessMethod method) {
    return NearestStableMatrix.of(a, SLOPES).withTarget(target).solve(OPTIONS.withMethod(method));
  }

  private static double inner(Matrix x, Matrix y) {
    double sum = 0;
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.columns(); j++) {
        sum += x.get(i, j) * y.get(i, j);
      }
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(MatrixFamily.class)
  void agreesWithCuttingPlanesOverAllVertices(MatrixFamily family) {
    RandomGenerator random = new SplittableRandom(40 + family.name().hashCode());
    for (int d = 1; d <= 4; d++) {
      Matrix a = family.sample(d, random);
      double delta = Enumeration.maximum(a, SLOPES, Norm.TWO);
      for (double target : new double[] {0.5 * delta, delta - 0.7}) {
        if (target < delta) {
          double expected = CuttingPlanes.distance(a, SLOPES, target);
          Perturbation nearest = solve(a, target, NearnessMethod.PROJECTION);
          assertThat(nearest.norm()).isCloseTo(expected, within(1e-4 * expected));
          assertThat(nearest.normLowerBound())
              .isCloseTo(expected, within(1e-4 * expected))
              .isLessThanOrEqualTo(expected * (1 + 1e-6));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(MatrixFamily.class)
  void everyMethodReachesEveryTarget(MatrixFamily family) {
    RandomGenerator random = new SplittableRandom(60 + family.name().hashCode());
    for (int d : new int[] {2, 7}) {
      Matrix a = family.sample(d, random);
      double delta = Expansivity.of(a, SLOPES).bound().upper();
      for (double target :
          new double[] {
            delta - 0.2 * Math.abs(delta), delta - 0.5 * Math.abs(delta), 0.1 * delta, 0, -0.5
          }) {
        Perturbation shift = solve(a, target, NearnessMethod.SHIFT);
        for (NearnessMethod method : NearnessMethod.values()) {
          Perturbation p = method == NearnessMethod.SHIFT ? shift : solve(a, target, method);
          assertThat(p.deltaAfter().upper()).isLessThanOrEqualTo(target);
          assertThat(Enumeration.maximum(p.apply(a), SLOPES, Norm.TWO))
              .isLessThanOrEqualTo(target + 1e-14);
          assertThat(p.norm()).isEqualTo(p.matrix().frobeniusNorm());
          if (method != NearnessMethod.TWO_LEVEL) {
            assertThat(p.norm()).isLessThanOrEqualTo(shift.norm() * (1 + 1e-9));
          }
          assertThat(p.normLowerBound()).isLessThanOrEqualTo(p.norm()).isNotNegative();
          assertThat(p.relativeGap()).isBetween(0.0, 1.0);
          assertThat(p.status() == Perturbation.Status.UNCHANGED).isEqualTo(p.norm() == 0);
        }
      }
    }
  }

  @Test
  void projectionIsNeverFartherThanTheCertifiedPoint() {
    RandomGenerator random = new SplittableRandom(3);
    for (MatrixFamily family : MatrixFamily.values()) {
      Matrix a = family.sample(6, random);
      Perturbation certified = solve(a, -0.1, NearnessMethod.CERTIFIED);
      Perturbation nearest = solve(a, -0.1, NearnessMethod.PROJECTION);
      assertThat(nearest.norm()).isLessThanOrEqualTo(certified.norm() * (1 + 1e-5));
      assertThat(certified.normLowerBound()).isLessThanOrEqualTo(nearest.norm() * (1 + 1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.8, 0.5, 0.1})
  void theTwoLevelMethodIsNeverNearerThanTheProjection(double share) {
    Matrix a = MatrixFamily.GAUSSIAN.sample(8, new SplittableRandom(21));
    double target = share * Enumeration.maximum(a, SLOPES, Norm.TWO);
    Perturbation nearest = solve(a, target, NearnessMethod.PROJECTION);
    Perturbation local = solve(a, target, NearnessMethod.TWO_LEVEL);
    assertThat(local.norm())
        .isGreaterThanOrEqualTo(nearest.normLowerBound())
        .isLessThanOrEqualTo(1.5 * nearest.norm());
  }

  /** Each inner level, at its own ε, decreases F; only the two-level method has such steps. */
  @Test
  void theTwoLevelMethodTellsItsSteps() {
    Matrix a = MatrixFamily.GAUSSIAN.sample(8, new SplittableRandom(21)).times(1e5);
    double target = 0.5 * Enumeration.maximum(a, SLOPES, Norm.TWO);
    Perturbation local = solve(a, target, NearnessMethod.TWO_LEVEL);
    List<TwoLevelIterate> steps = local.history();
    assertThat(steps).isNotEmpty();
    for (int k = 1; k < steps.size(); k++) {
      TwoLevelIterate step = steps.get(k);
      TwoLevelIterate last = steps.get(k - 1);
      assertThat(step.gradientNorm() == 0).isEqualTo(step.value() == 0);
      if (step.outer() == last.outer()) {
        assertThat(step.epsilon()).isEqualTo(last.epsilon());
        assertThat(step.value()).isLessThan(last.value());
      } else {
        assertThat(step.outer()).isEqualTo(last.outer() + 1);
      }
    }
    assertThat(steps.get(steps.size() - 1).epsilon())
        .isCloseTo(local.norm(), within(0.5 * local.norm()));
    assertThat(solve(a, target, NearnessMethod.CERTIFIED).history()).isEmpty();
  }

  /** Symmetric weights at D = I: the closed form, eigenvalues cut off at the target. */
  @ParameterizedTest
  @EnumSource(
      value = NearnessMethod.class,
      names = {"SHIFT"},
      mode = EnumSource.Mode.EXCLUDE)
  void symmetricWeightsWithAPositiveTarget(NearnessMethod method) {
    Matrix a = MatrixFamily.SYMMETRIC.sample(7, new SplittableRandom(22));
    SymmetricEigen eigen = new SymmetricEigen(7);
    eigen.decompose(DoubleMatrix.of(a));
    double target = 0.5 * eigen.value(0);
    double sum = 0;
    for (int e = 0; e < 7; e++) {
      sum += Math.pow(Math.max(0, eigen.value(e) - target), 2);
    }
    Perturbation p = solve(a, target, method);
    assertThat(p.normLowerBound()).isLessThanOrEqualTo(p.norm());
    assertThat(p.norm()).isGreaterThanOrEqualTo(Math.sqrt(sum) * (1 - 1e-9));
    assertThat(p.norm()).isCloseTo(Math.sqrt(sum), within(1e-3));
  }

  /** The nearest point B of a convex set satisfies ⟨A − B, F − B⟩ ≤ 0 for every F of the set. */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0, -0.3})
  void satisfiesTheVariationalInequality(double target) {
    RandomGenerator random = new SplittableRandom(5);
    int d = 6;
    Matrix a = MatrixFamily.GAUSSIAN.sample(d, random);
    Perturbation nearest = solve(a, target, NearnessMethod.PROJECTION);
    Matrix b = nearest.apply(a);
    List<Matrix> feasible = new ArrayList<>();
    for (MatrixFamily family : MatrixFamily.values()) {
      Matrix other = family.sample(d, random);
      feasible.add(solve(other, target, NearnessMethod.CERTIFIED).apply(other));
      Matrix between = b.plus(other.times(0.1));
      feasible.add(solve(between, target, NearnessMethod.CERTIFIED).apply(between));
    }
    for (Matrix f : feasible) {
      Matrix step = f.minus(b);
      assertThat(inner(a.minus(b), step))
          .isLessThanOrEqualTo(1e-2 * nearest.norm() * step.frobeniusNorm());
    }
  }

  @Test
  void stableWeightsStayAsTheyAre() {
    Matrix a = MatrixFamily.SHIFTED.sample(6, new SplittableRandom(1));
    double delta = Enumeration.maximum(a, SLOPES, Norm.TWO);
    for (NearnessMethod method : NearnessMethod.values()) {
      Perturbation p = solve(a, delta + 1e-3, method);
      assertThat(p.norm()).isZero();
      assertThat(p.status()).isEqualTo(Perturbation.Status.UNCHANGED);
      assertThat(p.apply(a).toArray()).isEqualTo(a.toArray());
    }
  }

  @Property(tries = 15)
  void isInvariantUnderPermutationsAndSignFlips(
      @ForAll @IntRange(min = 2, max = 7) int d, @ForAll long seed) {
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
    Perturbation one = solve(a, 0.1, NearnessMethod.PROJECTION);
    Perturbation other = solve(similar, 0.1, NearnessMethod.PROJECTION);
    assertThat(other.norm()).isCloseTo(one.norm(), within(1e-4 * one.norm()));
  }

  @Test
  void theDistanceIsConvexAndDecreasingInTheTarget() {
    Matrix a = MatrixFamily.GAUSSIAN.sample(6, new SplittableRandom(9));
    double[] targets = {1, 0.6, 0.2, -0.2};
    Perturbation[] found = new Perturbation[targets.length];
    for (int k = 0; k < targets.length; k++) {
      found[k] = solve(a, targets[k], NearnessMethod.PROJECTION);
      if (k > 0) {
        assertThat(found[k].norm()).isGreaterThanOrEqualTo(found[k - 1].normLowerBound());
      }
      if (k > 1) {
        assertThat(found[k - 1].normLowerBound())
            .isLessThanOrEqualTo(0.5 * (found[k].norm() + found[k - 2].norm()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-150, 1e-5, 1e5, 1e150})
  void isHomogeneousOverTheWholeRange(double factor) {
    Matrix a = MatrixFamily.SKEW.sample(5, new SplittableRandom(3));
    double expected = solve(a, 0.1, NearnessMethod.PROJECTION).norm();
    Perturbation p = solve(a.times(factor), 0.1 * factor, NearnessMethod.PROJECTION);
    assertThat(p.norm() / factor).isCloseTo(expected, within(1e-4));
    assertThat(p.deltaAfter().upper()).isLessThanOrEqualTo(0.1 * factor);
  }

  @Test
  void otherSlopeIntervals() {
    Matrix a = MatrixFamily.GAUSSIAN.sample(5, new SplittableRandom(12));
    for (SlopeBox slopes :
        new SlopeBox[] {
          SlopeBox.of(0), SlopeBox.of(1), new SlopeBox(-0.2, 1.1), new SlopeBox(-1, -0.5)
        }) {
      for (double target : new double[] {0.4, 0, -0.4}) {
        NearestStableMatrix.requireFeasible(SLOPES, target);
        if (target < 0 && slopes.lower() <= 0 && slopes.upper() >= 0) {
          assertThatThrownBy(() -> NearestStableMatrix.of(a, slopes).withTarget(target))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("-0.4");
          continue;
        }
        for (NearnessMethod method :
            new NearnessMethod[] {NearnessMethod.PROJECTION, NearnessMethod.CERTIFIED}) {
          Perturbation p =
              NearestStableMatrix.of(a, slopes)
                  .withTarget(target)
                  .solve(OPTIONS.withMethod(method));
          assertThat(p.deltaAfter().upper()).isLessThanOrEqualTo(target);
          assertThat(Enumeration.maximum(p.apply(a), slopes, Norm.TWO))
              .isLessThanOrEqualTo(target + 1e-13);
          assertThat(p.normLowerBound())
              .isLessThanOrEqualTo(CuttingPlanes.distance(a, slopes, target) * (1 + 1e-4) + 1e-6);
        }
      }
    }
  }

  @Test
  void degenerateMatrices() {
    Matrix minusIdentity = Matrix.identity(4).times(-1);
    assertThat(solve(Matrix.zeros(4, 4), -0.5, NearnessMethod.PROJECTION).norm())
        .isCloseTo(10, within(1e-3));
    assertThat(solve(minusIdentity, -0.5, NearnessMethod.PROJECTION).norm())
        .isCloseTo(8, within(1e-3));
    assertThat(solve(Matrix.of(1, 1, 3), 1, NearnessMethod.PROJECTION).norm())
        .isCloseTo(2, within(1e-5));
    Matrix oneRow = Matrix.generate(5, 5, (i, j) -> i == 2 ? j + 1 : 0);
    for (NearnessMethod method : NearnessMethod.values()) {
      assertThat(solve(oneRow, 0.3, method).deltaAfter().upper()).isLessThanOrEqualTo(0.3);
    }
  }

  @Test
  void refusesWhatHasNoAnswer() {
    Matrix a = Matrix.identity(3);
    assertThatThrownBy(() -> NearestStableMatrix.of(a, SLOPES).withTarget(Double.NaN))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> NearestStableMatrix.of(a, SlopeBox.of(0)).withTarget(-1e-9))
        .hasMessageContaining("at least 0");
    assertThatThrownBy(() -> NearestStableMatrix.of(Matrix.zeros(2, 3), SLOPES))
        .hasMessageContaining("2 x 3");
    assertThatThrownBy(
            () ->
                NearestStableMatrix.of(a, new SlopeBox(-0.1, 1))
                    .withTarget(0.5)
                    .solve(OPTIONS.withMethod(NearnessMethod.SHIFT)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one sign");
    assertThatThrownBy(() -> NearnessOptions.defaults().withTolerance(0))
        .hasMessageContaining("tolerance");
  }
}
