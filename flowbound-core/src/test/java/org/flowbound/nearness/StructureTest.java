package org.flowbound.nearness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.Enumeration;
import org.flowbound.stability.MatrixFamily;
import org.flowbound.stability.Norm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class StructureTest {
  private static final SlopeBox SLOPES = SlopeBox.of(0.1);
  private static final double KEPT = Double.POSITIVE_INFINITY;
  private static final NearnessOptions OPTIONS =
      NearnessOptions.defaults().withTolerance(1e-5).withTimeLimit(Duration.ofSeconds(4));
  private static final NearnessOptions COARSE =
      NearnessOptions.defaults().withTolerance(1e-3).withTimeLimit(Duration.ofSeconds(4));

  private static Perturbation solve(Matrix a, double target, Structure structure) {
    return solve(a, target, structure, OPTIONS);
  }

  private static Perturbation solve(
      Matrix a, double target, Structure structure, NearnessOptions options) {
    return NearestStableMatrix.of(a, SLOPES)
        .withTarget(target)
        .withStructure(structure)
        .solve(options);
  }

  /** A matrix in which about a third of the entries beside the diagonal are 0. */
  private static Matrix sparse(int d, RandomGenerator random) {
    return Matrix.generate(
        d, d, (i, j) -> i != j && random.nextInt(3) == 0 ? 0 : random.nextGaussian());
  }

  private static Map<Structure, UnaryOperator<double[]>> projections(Matrix a) {
    int d = a.rows();
    Map<Structure, UnaryOperator<double[]>> projections = new LinkedHashMap<>();
    projections.put(
        Structure.symmetric(d),
        g -> {
          Matrix m = Matrix.of(d, d, g);
          return m.plus(m.transpose()).times(0.5).toArray();
        });
    projections.put(
        Structure.diagonal(d),
        g -> Matrix.generate(d, d, (i, j) -> i == j ? g[i * d + j] : 0).toArray());
    projections.put(
        Structure.patternOf(a),
        g -> Matrix.generate(d, d, (i, j) -> a.get(i, j) == 0 ? 0 : g[i * d + j]).toArray());
    projections.put(
        Structure.weighted(Matrix.generate(d, d, (i, j) -> i + 2 * j == 2 ? KEPT : 1 + i)),
        g ->
            Matrix.generate(d, d, (i, j) -> i + 2 * j == 2 ? 0 : g[i * d + j] / (1 + i)).toArray());
    return projections;
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.1, -0.3})
  void agreesWithCuttingPlanesOverAllVertices(double share) {
    RandomGenerator random = new SplittableRandom(5);
    for (int d = 2; d <= 4; d++) {
      Matrix a = sparse(d, random);
      double target = share * Math.abs(Enumeration.maximum(a, SLOPES, Norm.TWO));
      projections(a)
          .forEach(
              (structure, projection) -> {
                Matrix nearest = CuttingPlanes.nearest(a, SLOPES, target, projection);
                double expected = structure.norm(nearest.minus(a));
                Perturbation found = solve(a, target, structure);
                assertThat(found.norm())
                    .as(structure.name())
                    .isCloseTo(expected, within(1e-4 * expected));
                assertThat(found.normLowerBound())
                    .as(structure.name())
                    .isCloseTo(expected, within(1e-4 * expected))
                    .isLessThanOrEqualTo(expected * (1 + 1e-6));
              });
    }
  }

  @ParameterizedTest
  @EnumSource(MatrixFamily.class)
  void everyStructureIsKeptAndCertified(MatrixFamily family) {
    RandomGenerator random = new SplittableRandom(60 + family.name().hashCode());
    int d = 7;
    Matrix a = family.sample(d, random);
    double delta = Enumeration.maximum(a, SLOPES, Norm.TWO);
    for (double target : new double[] {0.5 * delta, -0.5}) {
      if (target >= delta) {
        continue;
      }
      double full = solve(a, target, Structure.full(d), COARSE).normLowerBound();
      Structure weighted =
          Structure.weighted(Matrix.generate(d, d, (i, j) -> i == j + 1 ? KEPT : 1 + 0.1 * j));
      Structure[] structures = {
        Structure.symmetric(d), Structure.diagonal(d), weighted, weighted.andSymmetric()
      };
      for (Structure structure : structures) {
        for (NearnessMethod method :
            new NearnessMethod[] {NearnessMethod.CERTIFIED, NearnessMethod.PROJECTION}) {
          Perturbation p = solve(a, target, structure, COARSE.withMethod(method));
          String name = structure.name() + " " + method + " " + target;
          assertThat(structure.contains(p.matrix())).as(name).isTrue();
          assertThat(p.deltaAfter().upper()).as(name).isLessThanOrEqualTo(target);
          assertThat(Enumeration.maximum(p.apply(a), SLOPES, Norm.TWO))
              .as(name)
              .isLessThanOrEqualTo(target + 1e-13);
          assertThat(p.normLowerBound()).as(name).isLessThanOrEqualTo(p.norm()).isNotNegative();
          assertThat(p.norm()).as(name).isGreaterThanOrEqualTo(full);
          assertThat(p.norm()).as(name).isEqualTo(structure.norm(p.matrix()));
          if (method == NearnessMethod.PROJECTION) {
            assertThat(p.relativeGap()).as(name).isLessThanOrEqualTo(1e-3);
          }
        }
      }
    }
  }

  @Test
  void keepsTheZerosOfAPattern() {
    RandomGenerator random = new SplittableRandom(8);
    Matrix a = sparse(9, random);
    for (double target : new double[] {1, 0.3, -0.4}) {
      Perturbation p = solve(a, target, Structure.patternOf(a), COARSE);
      Matrix stable = p.apply(a);
      for (int i = 0; i < 9; i++) {
        for (int j = 0; j < 9; j++) {
          assertThat(a.get(i, j) == 0 && stable.get(i, j) != 0).isFalse();
        }
      }
      assertThat(p.deltaAfter().upper()).isLessThanOrEqualTo(target);
      assertThat(p.relativeGap()).isLessThanOrEqualTo(1e-3);
      assertThat(p.norm())
          .isGreaterThanOrEqualTo(solve(a, target, Structure.full(9), COARSE).normLowerBound());
    }
  }

  /** At one slope for all, a diagonal Δ of a diagonal matrix cuts its entries off. */
  @Test
  void diagonalWeights() {
    Matrix a = Matrix.diagonal(2, -1, 0.7);
    assertThat(solve(a, 0.5, Structure.diagonal(3)).norm())
        .isCloseTo(Math.hypot(1.5, 0.2), within(1e-5));
    assertThat(solve(a, -0.5, Structure.diagonal(3)).norm())
        .isCloseTo(Math.sqrt(7 * 7 + 4 * 4 + 5.7 * 5.7), within(1e-3));
  }

  @Test
  void weightsOfOneScaleTheNorm() {
    Matrix a = MatrixFamily.GAUSSIAN.sample(6, new SplittableRandom(2));
    Perturbation plain = solve(a, 0.3, Structure.full(6));
    Perturbation heavy = solve(a, 0.3, Structure.weighted(Matrix.generate(6, 6, (i, j) -> 4)));
    assertThat(heavy.norm()).isCloseTo(2 * plain.norm(), within(1e-4 * plain.norm()));
    assertThat(heavy.normLowerBound())
        .isCloseTo(2 * plain.normLowerBound(), within(1e-4 * plain.norm()));
  }

  /** The nearest point B of a convex set satisfies ⟨A − B, F − B⟩ ≤ 0 for every F of the set. */
  @ParameterizedTest
  @CsvSource({"0.5", "-0.3"})
  void satisfiesTheVariationalInequalityWithinTheStructure(double target) {
    RandomGenerator random = new SplittableRandom(5);
    int d = 6;
    Matrix a = MatrixFamily.GAUSSIAN.sample(d, random);
    for (Structure structure : projections(a).keySet()) {
      Perturbation nearest = solve(a, target, structure, COARSE);
      for (int k = 0; k < 5; k++) {
        double[] direction = MatrixFamily.GAUSSIAN.sample(d, random).toArray();
        structure.represent(direction);
        Matrix other = a.plus(Matrix.of(d, d, direction));
        Matrix inner = other.plus(solve(other, target, structure, COARSE).matrix()).minus(a);
        double cosine = 0;
        for (int i = 0; i < d; i++) {
          for (int j = 0; j < d; j++) {
            double weight = structure.weights().get(i, j);
            double entry = nearest.matrix().get(i, j);
            cosine += entry == 0 ? 0 : weight * entry * (inner.get(i, j) - entry);
          }
        }
        assertThat(-cosine)
            .isLessThanOrEqualTo(
                1e-2 * nearest.norm() * structure.norm(inner.minus(nearest.matrix())));
      }
    }
  }

  @Test
  void aFrozenDiagonalThatDoesNotStandInTheWay() {
    Matrix a = Matrix.of(3, 3, -5, 3, 0, 2, 1, 1, 0, -4, 1);
    Structure structure =
        Structure.weighted(Matrix.generate(3, 3, (i, j) -> i == 0 && j == 0 ? KEPT : 1));
    for (NearnessMethod method :
        new NearnessMethod[] {NearnessMethod.CERTIFIED, NearnessMethod.PROJECTION}) {
      Perturbation p = solve(a, -0.1, structure, COARSE.withMethod(method));
      assertThat(p.apply(a).get(0, 0)).isEqualTo(-5);
      assertThat(Enumeration.maximum(p.apply(a), SLOPES, Norm.TWO)).isLessThanOrEqualTo(-0.1);
    }
    double expected =
        CuttingPlanes.nearest(
                a,
                SLOPES,
                -0.1,
                g -> {
                  double[] kept = g.clone();
                  kept[0] = 0;
                  return kept;
                })
            .minus(a)
            .frobeniusNorm();
    assertThat(solve(a, -0.1, structure).norm()).isCloseTo(expected, within(1e-4 * expected));
  }

  @Test
  void anEmptyDiagonalReachesTargetsDownToZero() {
    Matrix a = Matrix.of(3, 3, 0, 2, -1, 3, 0, 0, 1, 1, 0);
    Structure pattern = Structure.patternOf(a);
    Perturbation p = solve(a, 0.4, pattern);
    assertThat(p.deltaAfter().upper()).isLessThanOrEqualTo(0.4);
    assertThat(p.relativeGap()).isLessThanOrEqualTo(1e-4);
    assertThat(solve(a, 0, pattern).apply(a)).isEqualTo(Matrix.zeros(3, 3));
    assertThatThrownBy(() -> solve(a, -0.1, pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-0.1")
        .hasMessageContaining("pattern")
        .hasMessageContaining("out of reach");
  }

  /**
   * Entries that stay keep δ from falling: off the diagonal at slopes of 0, or a principal block.
   */
  @Test
  void claimsNothingWhereNothingReachesTheTarget() {
    Matrix a = Matrix.of(2, 2, 0, 5, 1, 0);
    NearestStableMatrix skewPart =
        new NearestStableMatrix(a, SlopeBox.of(0), 0, Structure.symmetric(2));
    assertThatThrownBy(() -> skewPart.solve(OPTIONS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("out of reach");
    Matrix frozen = Matrix.of(3, 3, -1, 5, 0.3, 5, -1, 0.2, 1, 1, 1);
    Structure onlyOne =
        Structure.weighted(Matrix.generate(3, 3, (i, j) -> i == 2 && j == 2 ? 1 : KEPT));
    assertThatThrownBy(() -> solve(frozen, -0.5, onlyOne))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("out of reach");
    assertThatThrownBy(() -> solve(frozen, 0.5, onlyOne))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("every one has a norm of at least");
  }

  @Test
  void methodsWithoutStructureRefuseIt() {
    Matrix a = MatrixFamily.GAUSSIAN.sample(4, new SplittableRandom(1));
    for (NearnessMethod method :
        new NearnessMethod[] {NearnessMethod.SHIFT, NearnessMethod.TWO_LEVEL}) {
      assertThatThrownBy(() -> solve(a, 0, Structure.symmetric(4), COARSE.withMethod(method)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("symmetric");
    }
  }

  @Test
  void refusesWeightsThatAreNone() {
    assertThatThrownBy(() -> Structure.weighted(Matrix.zeros(2, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0.0");
    assertThatThrownBy(() -> Structure.weighted(Matrix.of(1, 1, Double.NaN)))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> Structure.weighted(Matrix.zeros(2, 3))).hasMessageContaining("2 x 3");
    assertThatThrownBy(
            () ->
                NearestStableMatrix.of(Matrix.identity(3), SLOPES).withStructure(Structure.full(2)))
        .hasMessageContaining("order 2");
  }
}
