package org.flowbound.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.random.RandomGenerator;
import org.flowbound.linalg.Blas.Op;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LinearAlgebraTest {
  private final RandomGenerator random = RandomGenerator.of("L64X128MixRandom");

  private Matrix gaussian(int rows, int columns) {
    return Matrix.generate(rows, columns, (i, j) -> random.nextGaussian());
  }

  private static Matrix naiveProduct(Matrix a, Matrix b) {
    return Matrix.generate(
        a.rows(),
        b.columns(),
        (i, j) -> {
          double sum = 0;
          for (int k = 0; k < a.columns(); k++) {
            sum += a.get(i, k) * b.get(k, j);
          }
          return sum;
        });
  }

  private static NativeMatrix load(Precision precision, Matrix matrix) {
    NativeMatrix copy = NativeMatrix.zeros(precision, matrix.rows(), matrix.columns());
    copy.setFrom(matrix);
    return copy;
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void gemmAgreesWithTheDefinitionForEveryTransposition(Precision precision) {
    double tolerance = precision == Precision.FLOAT32 ? 1e-4 : 1e-12;
    Matrix a = gaussian(7, 5);
    Matrix b = gaussian(5, 9);
    Matrix c = gaussian(7, 9);
    Matrix expected = naiveProduct(a, b).times(1.5).plus(c.times(-0.5));
    for (Op opA : Op.values()) {
      for (Op opB : Op.values()) {
        NativeMatrix result = load(precision, c);
        Blas.gemm(
            1.5,
            load(precision, opA == Op.PLAIN ? a : a.transpose()),
            opA,
            load(precision, opB == Op.PLAIN ? b : b.transpose()),
            opB,
            -0.5,
            result);
        assertThat(result.toMatrix().minus(expected).maxAbs()).isLessThan(tolerance);
      }
    }
  }

  @Test
  void gemmRefusesShapesThatDoNotFit() {
    DoubleMatrix a = DoubleMatrix.zeros(2, 3);
    assertThatThrownBy(() -> Blas.gemm(1, a, Op.PLAIN, a, Op.PLAIN, 0, a))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Cannot multiply");
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void viewsShareMemory(Precision precision) {
    NativeMatrix whole = NativeMatrix.zeros(precision, 4, 3);
    NativeMatrix part = whole.rows(1, 3);
    part.set(0, 2, 5);
    assertThat(whole.get(1, 2)).isEqualTo(5);
    part.add(2, load(precision, gaussian(2, 3).times(0).plus(Matrix.generate(2, 3, (i, j) -> 1))));
    assertThat(whole.get(2, 0)).isEqualTo(2);
    assertThat(whole.get(0, 0)).isZero();
    assertThat(whole.get(3, 2)).isZero();
    part.clear();
    assertThat(whole.toMatrix()).isEqualTo(Matrix.zeros(4, 3));
  }

  @Test
  void eigenpairsReproduceTheMatrix() {
    int n = 23;
    Matrix g = gaussian(n, n);
    Matrix symmetric = g.plus(g.transpose());
    SymmetricEigen all = new SymmetricEigen(n);
    all.decompose(DoubleMatrix.of(symmetric));
    Matrix rebuilt = Matrix.zeros(n, n);
    double[] v = new double[n];
    for (int k = 0; k < n; k++) {
      all.vector(k, v);
      double value = all.value(k);
      rebuilt = rebuilt.plus(Matrix.generate(n, n, (i, j) -> value * v[i] * v[j]));
      assertThat(k == 0 || all.value(k) <= all.value(k - 1)).isTrue();
    }
    assertThat(rebuilt.minus(symmetric).maxAbs()).isLessThan(1e-12 * n);

    SymmetricEigen largest = new SymmetricEigen(n);
    largest.decomposeLargest(DoubleMatrix.of(symmetric), 3);
    assertThat(largest.count()).isEqualTo(3);
    for (int k = 0; k < 3; k++) {
      assertThat(largest.value(k)).isCloseTo(all.value(k), within(1e-12));
    }
    largest.vector(0, v);
    double[] w = new double[n];
    all.vector(0, w);
    double cosine = 0;
    for (int i = 0; i < n; i++) {
      cosine += v[i] * w[i];
    }
    assertThat(Math.abs(cosine)).isCloseTo(1, within(1e-12));
    assertThat(SymmetricEigen.largestOfSymmetricPart(g)).isCloseTo(all.value(0) / 2, within(1e-12));
  }

  @Test
  void eigenRefusesNaN() {
    DoubleMatrix matrix = DoubleMatrix.zeros(2, 2);
    matrix.set(1, 0, Double.NaN);
    assertThatThrownBy(() -> new SymmetricEigen(2).decompose(matrix))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void spectralNormOfWideTallAndScaledMatrices() {
    Matrix diagonal = Matrix.generate(3, 5, (i, j) -> i == j ? i + 1 : 0);
    assertThat(SymmetricEigen.spectralNorm(diagonal)).isCloseTo(3, within(1e-14));
    assertThat(SymmetricEigen.spectralNorm(diagonal.transpose())).isCloseTo(3, within(1e-14));
    assertThat(SymmetricEigen.spectralNorm(diagonal.times(1e200))).isCloseTo(3e200, within(1e187));
    assertThat(SymmetricEigen.spectralNorm(Matrix.zeros(2, 2))).isZero();
  }

  @Test
  void choleskySolvesAndRecognisesIndefiniteMatrices() {
    int n = 11;
    Matrix g = gaussian(n, n);
    Matrix definite = Blas.multiply(g, g.transpose()).plus(Matrix.identity(n));
    Cholesky cholesky = new Cholesky(n);
    assertThat(cholesky.factor(DoubleMatrix.of(definite))).isTrue();
    Matrix x = gaussian(n, 1);
    double[] b = Blas.multiply(definite, x).toArray();
    cholesky.solve(b);
    assertThat(Matrix.of(n, 1, b).minus(x).maxAbs()).isLessThan(1e-9);
    assertThat(cholesky.factor(DoubleMatrix.of(definite.minus(Matrix.identity(n).times(1e3)))))
        .isFalse();
  }

  @Test
  void frobeniusNormDoesNotOverflow() {
    assertThat(Matrix.of(1, 2, 3e200, 4e200).frobeniusNorm()).isCloseTo(5e200, within(1e186));
    assertThat(Matrix.of(1, 2, 3e-200, 4e-200).frobeniusNorm()).isCloseTo(5e-200, within(1e-214));
  }
}
