package org.flowbound.stability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Cholesky;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightedExpansivityTest {
  private static final BoundOptions TIGHT = BoundOptions.defaults().withTolerance(1e-9);
  private final RandomGenerator random = new SplittableRandom(17);

  private static Matrix badlyScaled(int d, RandomGenerator random) {
    double[] s = new double[d];
    Arrays.setAll(s, i -> Math.exp(random.nextDouble(-2, 2)));
    Matrix g = MatrixFamily.SHIFTED.sample(d, random);
    return Matrix.generate(d, d, (i, j) -> s[i] * g.get(i, j) / s[j]);
  }

  private static Matrix similar(Matrix a, double[] s) {
    return Matrix.generate(a.rows(), a.columns(), (i, j) -> s[i] * a.get(i, j) / s[j]);
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void theIntervalIsThatOfTheWeightedNorm(Norm norm) {
    for (int k = 0; k < 12; k++) {
      Matrix a = badlyScaled(1 + k % 7, random);
      SlopeBox slopes = k % 2 == 0 ? SlopeBox.of(0.1) : new SlopeBox(-0.3, 1.1);
      WeightedBound bound =
          new WeightedExpansivity(Expansivity.of(a, slopes), 1.5).bound(norm, TIGHT);
      double expected = maximum(a, slopes, norm, bound.weights());
      double slack = bound.isDiagonal() ? 1e-8 : 0.2 * a.maxAbs();
      assertThat(bound.bound().lower()).isBetween(expected - slack, expected + 1e-8);
      assertThat(bound.bound().upper()).isBetween(expected - 1e-8, expected + slack);
      assertThat(SymmetricEigen.spectralNorm(bound.weights())).isCloseTo(1, within(1e-12));
    }
  }

  /** {@code max_D μ(SDAS⁻¹)}, by enumeration. */
  private static double maximum(Matrix a, SlopeBox slopes, Norm norm, Matrix s) {
    int d = a.rows();
    Matrix inverse = inverse(s);
    double largest = Double.NEGATIVE_INFINITY;
    for (int signs = 0; signs < 1 << d; signs++) {
      double[] vertex = new double[d];
      for (int i = 0; i < d; i++) {
        vertex[i] = (signs >> i & 1) == 1 ? slopes.upper() : slopes.lower();
      }
      Matrix image = Blas.multiply(Blas.multiply(Matrix.diagonal(vertex), a), inverse);
      largest = Math.max(largest, LogarithmicNorm.of(Blas.multiply(s, image), norm));
    }
    return largest;
  }

  private static Matrix inverse(Matrix s) {
    int d = s.rows();
    Cholesky cholesky = new Cholesky(d);
    assertThat(cholesky.factor(DoubleMatrix.of(s))).isTrue();
    double[] entries = new double[d * d];
    for (int k = 0; k < d; k++) {
      double[] column = new double[d];
      column[k] = 1;
      cholesky.solve(column);
      System.arraycopy(column, 0, entries, k * d, d);
    }
    return Matrix.of(d, d, entries);
  }

  /**
   * A turned by 45 degrees: slopes near 1 leave its eigenvectors where they are, and only a full S
   * makes them orthogonal.
   */
  @Test
  void aFullMatrixOfWeightsBeatsDiagonalOnes() {
    double h = Math.sqrt(0.5);
    Matrix turn = Matrix.of(2, 2, h, -h, h, h);
    Matrix a =
        Blas.multiply(turn, Blas.multiply(Matrix.of(2, 2, -1, 10, 0.01, -1), turn.transpose()));
    Expansivity problem = Expansivity.of(a, new SlopeBox(0.95, 1));
    double[] diagonal = new WeightSearch(problem, 1, 1).run();
    WeightedExpansivity weighted = new WeightedExpansivity(problem, 1);
    WeightedBound full = weighted.bound(Norm.TWO, TIGHT);
    assertThat(full.isDiagonal()).isFalse();
    assertThat(full.lipschitz(1))
        .isLessThan(0.2 * weighted.bound(Norm.TWO, TIGHT, diagonal).lipschitz(1))
        .isLessThan(0.2 * problem.bound().lipschitz(1));
  }

  @ParameterizedTest
  @EnumSource(MatrixFamily.class)
  void theBoundOfAFullMatrixHoldsAtEveryVertex(MatrixFamily family) {
    for (int d = 2; d <= 7; d++) {
      Matrix a = family.sample(d, random).times(3);
      SlopeBox slopes = d % 2 == 0 ? SlopeBox.of(0.1) : new SlopeBox(-0.3, 1.1);
      FullWeightSearch search = new FullWeightSearch(Expansivity.of(a, slopes), 1, 1);
      WeightedBound bound = search.fromIdentity();
      double expected = maximum(a, slopes, Norm.TWO, bound.weights());
      assertThat(bound.bound().lower()).isLessThanOrEqualTo(expected + 1e-9);
      assertThat(bound.bound().upper()).isGreaterThanOrEqualTo(expected - 1e-9);
      double[] eigenvalues = eigenvalues(bound.weights());
      assertThat(bound.condition())
          .isGreaterThanOrEqualTo((1 - 1e-13) * eigenvalues[0] / eigenvalues[d - 1])
          .isLessThan((1 + 1e-9) * eigenvalues[0] / eigenvalues[d - 1]);
    }
  }

  private static double[] eigenvalues(Matrix symmetric) {
    SymmetricEigen eigen = new SymmetricEigen(symmetric.rows());
    eigen.decompose(DoubleMatrix.of(symmetric));
    double[] values = new double[symmetric.rows()];
    Arrays.setAll(values, eigen::value);
    return values;
  }

  /** The derivative by S, against differences of the relaxation's values. */
  @Test
  void theDerivativeByTheWeightsIsThatOfTheBound() {
    Matrix a = MatrixFamily.GAUSSIAN.sample(6, random);
    Matrix g = MatrixFamily.SYMMETRIC.sample(6, random).times(0.1).plus(Matrix.identity(6));
    Matrix direction = MatrixFamily.SYMMETRIC.sample(6, random);
    FullWeightScaling scaling = new FullWeightScaling(a, SlopeBox.of(0.1), 1);
    double step = 1e-5;
    double[] values = new double[2];
    for (int k = 0; k < 2; k++) {
      Matrix s = g.plus(direction.times((2 * k - 1) * step));
      scaling.setWeights(s, inverse(s));
      values[k] = scaling.solve(1e-12, 5000);
    }
    scaling.setWeights(g, inverse(g));
    double value = scaling.solve(1e-12, 5000);
    assertThat(scaling.upper().value()).isBetween(value, value + 1e-8);
    Matrix derivative = scaling.derivative();
    double expected = 0;
    for (int i = 0; i < 6; i++) {
      for (int j = 0; j < 6; j++) {
        expected += derivative.get(i, j) * direction.get(i, j);
      }
    }
    assertThat((values[1] - values[0]) / (2 * step)).isCloseTo(expected, within(1e-6));
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void isNeverWorseThanWithoutWeightsAndOftenBetter(Norm norm) {
    for (int k = 0; k < 8; k++) {
      Matrix a = badlyScaled(12, random);
      Expansivity problem = Expansivity.of(a, SlopeBox.of(0.1));
      double plain = problem.bound(norm, TIGHT, ExpansivityListener.SILENT).lipschitz(1);
      double weighted = new WeightedExpansivity(problem, 1).bound(norm, TIGHT).lipschitz(1);
      assertThat(weighted).isLessThan(0.5 * plain);
      Matrix symmetric = MatrixFamily.SYMMETRIC.sample(8, random);
      problem = Expansivity.of(symmetric, SlopeBox.of(0.1));
      assertThat(new WeightedExpansivity(problem, 1).bound(norm, TIGHT).lipschitz(1))
          .isLessThanOrEqualTo(problem.bound(norm, TIGHT, ExpansivityListener.SILENT).lipschitz(1));
    }
  }

  /** The flow of {@code u' = DAu}, D constant, is one that the bound speaks of. */
  @Property(tries = 40)
  void noLinearFlowExpandsFurther(@ForAll @IntRange(min = 2, max = 8) int d, @ForAll long seed) {
    RandomGenerator generator = new SplittableRandom(seed);
    Matrix a = badlyScaled(d, generator);
    Expansivity problem = Expansivity.of(a, SlopeBox.of(0.1));
    double bound = new WeightedExpansivity(problem, 1).bound(Norm.TWO, TIGHT).lipschitz(1);
    for (int k = 0; k < 30; k++) {
      double[] slopes = new double[d];
      Arrays.setAll(slopes, i -> generator.nextDouble(0.1, 1));
      Matrix flow = exponential(Blas.multiply(Matrix.diagonal(slopes), a));
      assertThat(SymmetricEigen.spectralNorm(flow)).isLessThanOrEqualTo(bound);
    }
  }

  /** By Taylor's series, scaling and squaring. */
  private static Matrix exponential(Matrix m) {
    Matrix small = m.times(Math.scalb(1.0, -10));
    Matrix term = Matrix.identity(m.rows());
    Matrix sum = term;
    for (int k = 1; k <= 12; k++) {
      term = Blas.multiply(term, small).times(1.0 / k);
      sum = sum.plus(term);
    }
    for (int k = 0; k < 10; k++) {
      sum = Blas.multiply(sum, sum);
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(
      value = Norm.class,
      names = {"ONE", "INFINITY"})
  void noOtherWeightsMakeDeltaSmallerThanPerrons(Norm norm) {
    for (int k = 0; k < 30; k++) {
      Matrix a = badlyScaled(2 + k % 5, random);
      SlopeBox slopes = k % 2 == 0 ? SlopeBox.of(0.1) : new SlopeBox(-0.3, 1.1);
      Expansivity problem = Expansivity.of(a, slopes);
      double[] perron = PerronWeights.of(problem, norm);
      double least = Enumeration.maximum(similar(a, perron), slopes, norm);
      for (int trial = 0; trial < 20; trial++) {
        double size = Math.pow(10, random.nextDouble(-6, 0.5));
        double[] other =
            Arrays.stream(perron).map(s -> s * Math.exp(size * random.nextGaussian())).toArray();
        assertThat(Enumeration.maximum(similar(a, other), slopes, norm))
            .isGreaterThanOrEqualTo(least - 1e-9);
      }
    }
  }

  /** {@code [[−1, 4], [1, −1]]} has the Perron root 1, for the weights 1 and 2. */
  @Test
  void perronsWeightsOfAPositivePairAreKnown() {
    Expansivity problem = Expansivity.of(Matrix.of(2, 2, -1, 4, 1, -1), SlopeBox.of(0.1));
    double[] weights = PerronWeights.of(problem, Norm.INFINITY);
    assertThat(weights[1] / weights[0]).isCloseTo(2, within(1e-9));
    Matrix scaled = similar(problem.matrix(), weights);
    assertThat(Enumeration.maximum(scaled, problem.slopes(), Norm.INFINITY))
        .isCloseTo(1, within(1e-9));
  }

  @ParameterizedTest
  @EnumSource(Norm.class)
  void reducibleZeroAndHugeWeightsAreAnswered(Norm norm) {
    SlopeBox slopes = SlopeBox.of(0.1);
    for (Matrix a :
        new Matrix[] {
          Matrix.zeros(3, 3),
          Matrix.identity(1),
          Matrix.of(2, 2, -1, 5, 0, -1),
          Matrix.of(2, 2, -1, 5, 0.1, -1).times(1e200),
          Matrix.of(2, 2, -1, 5, 0.1, -1).times(1e-200)
        }) {
      Expansivity problem = Expansivity.of(a, slopes);
      WeightedBound bound = new WeightedExpansivity(problem, 1).bound(norm, TIGHT);
      assertThat(bound.lipschitz(1))
          .isLessThanOrEqualTo(problem.bound(norm, TIGHT, ExpansivityListener.SILENT).lipschitz(1))
          .isNotNegative();
    }
  }

  @Test
  void refusesATimeThatIsNotPositive() {
    Expansivity problem = Expansivity.of(Matrix.identity(2), SlopeBox.of(0.1));
    assertThatThrownBy(() -> new WeightedExpansivity(problem, 0)).hasMessageContaining("T (0.0)");
  }
}
