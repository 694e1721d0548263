package org.flowbound.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LanczosTest {
  private static Matrix symmetric(int n, RandomGenerator random) {
    Matrix g = Matrix.generate(n, n, (i, j) -> random.nextGaussian());
    return g.plus(g.transpose()).times(0.5 / Math.sqrt(n));
  }

  private static Lanczos.Operator operator(Matrix matrix) {
    return (x, image) -> {
      for (int i = 0; i < x.length; i++) {
        double sum = 0;
        for (int j = 0; j < x.length; j++) {
          sum += matrix.get(i, j) * x[j];
        }
        image[i] = sum;
      }
    };
  }

  private static double[] randomVector(int n, RandomGenerator random) {
    return random.doubles(n, -1, 1).toArray();
  }

  @Property(tries = 60)
  void agreesWithTheFullDecomposition(
      @ForAll @IntRange(min = 1, max = 80) int n, @ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    Matrix matrix = symmetric(n, random);
    SymmetricEigen all = new SymmetricEigen(n);
    all.decompose(DoubleMatrix.of(matrix));
    Lanczos lanczos = new Lanczos(n);
    boolean converged = lanczos.largest(operator(matrix), randomVector(n, random), 1e-10, 5000);
    assertThat(converged).isTrue();
    assertThat(lanczos.value()).isCloseTo(all.value(0), within(1e-12));
    double[] vector = new double[n];
    lanczos.vector(vector);
    double[] image = new double[n];
    operator(matrix).apply(vector, image);
    double length = 0;
    double residual = 0;
    for (int i = 0; i < n; i++) {
      length += vector[i] * vector[i];
      double r = image[i] - lanczos.value() * vector[i];
      residual += r * r;
    }
    assertThat(length).isCloseTo(1, within(1e-12));
    assertThat(Math.sqrt(residual)).isLessThan(1.1e-10 + 1e-14 * n);
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 400})
  void largeOrders(int n) {
    RandomGenerator random = new SplittableRandom(n);
    Matrix matrix = symmetric(n, random);
    SymmetricEigen all = new SymmetricEigen(n);
    all.decompose(DoubleMatrix.of(matrix));
    Lanczos lanczos = new Lanczos(n);
    assertThat(lanczos.largest(operator(matrix), randomVector(n, random), 1e-9, 5000)).isTrue();
    assertThat(lanczos.value()).isCloseTo(all.value(0), within(1e-12));
  }

  @Test
  void aStartThatIsCloseTakesFewerProducts() {
    RandomGenerator random = new SplittableRandom(2);
    Matrix matrix = symmetric(200, random);
    Lanczos lanczos = new Lanczos(200);
    lanczos.largest(operator(matrix), randomVector(200, random), 1e-6, 5000);
    int cold = lanczos.products();
    double[] close = new double[200];
    lanczos.vector(close);
    Matrix moved = matrix.plus(symmetric(200, random).times(1e-4));
    assertThat(lanczos.largest(operator(moved), close, 1e-6, 5000)).isTrue();
    assertThat(lanczos.products()).isLessThan(cold);
  }

  @Test
  void repeatedEigenvaluesAndInvariantStarts() {
    Lanczos lanczos = new Lanczos(40);
    Matrix identity = Matrix.identity(40).times(3);
    lanczos.largest(operator(identity), randomVector(40, new SplittableRandom(1)), 1e-13, 99);
    assertThat(lanczos.value()).isCloseTo(3, within(1e-13));
    assertThat(lanczos.residualNorm()).isLessThan(1e-13);
    Matrix zero = Matrix.zeros(40, 40);
    assertThat(lanczos.largest(operator(zero), randomVector(40, new SplittableRandom(1)), 0, 99))
        .isTrue();
    assertThat(lanczos.value()).isZero();
  }

  @Test
  void aLimitLeavesALowerBound() {
    RandomGenerator random = new SplittableRandom(3);
    Matrix matrix = symmetric(100, random);
    SymmetricEigen all = new SymmetricEigen(100);
    all.decompose(DoubleMatrix.of(matrix));
    Lanczos lanczos = new Lanczos(100);
    assertThat(lanczos.largest(operator(matrix), randomVector(100, random), 1e-12, 5)).isFalse();
    assertThat(lanczos.products()).isEqualTo(5);
    assertThat(lanczos.value()).isLessThan(all.value(0));
  }

  @Test
  void refusesAStartWithoutDirection() {
    Lanczos lanczos = new Lanczos(3);
    Matrix matrix = Matrix.identity(3);
    assertThatThrownBy(() -> lanczos.largest(operator(matrix), new double[3], 1e-6, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0.0");
    double[] bad = {1, Double.NaN, 0};
    assertThatThrownBy(() -> lanczos.largest(operator(matrix), bad, 1e-6, 10))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> new Lanczos(0)).hasMessageContaining("(0)");
  }
}
