package org.flowbound.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpectralNormBallTest {
  private final RandomGenerator random = new SplittableRandom(2);

  @ParameterizedTest
  @CsvSource({"4, 9", "9, 4", "5, 5", "1, 7"})
  void isTheNearestMatrixInTheBall(int m, int n) {
    Matrix w = Matrix.generate(m, n, (i, j) -> random.nextGaussian());
    double kappa = 0.6 * SymmetricEigen.spectralNorm(w);
    Matrix projected = project(w, kappa);
    assertThat(SymmetricEigen.spectralNorm(projected)).isCloseTo(kappa, within(1e-12));
    // The projection onto a convex set: no other point of it lies in the direction of w.
    for (int k = 0; k < 200; k++) {
      Matrix other = Matrix.generate(m, n, (i, j) -> random.nextGaussian());
      other = other.times(kappa / SymmetricEigen.spectralNorm(other));
      double product =
          DoubleMatrix.of(w.minus(projected)).dot(DoubleMatrix.of(other.minus(projected)));
      assertThat(product).isLessThanOrEqualTo(1e-10);
    }
    assertThat(project(projected, kappa * (1 + 1e-9))).isEqualTo(projected);
  }

  @ParameterizedTest
  @CsvSource({"3, 5", "5, 3"})
  void diagonalMatricesAreClipped(int m, int n) {
    Matrix w = Matrix.generate(m, n, (i, j) -> i == j ? i + 1 : 0);
    Matrix expected = Matrix.generate(m, n, (i, j) -> i == j ? Math.min(2, i + 1) : 0);
    assertThat(project(w, 2).minus(expected).maxAbs()).isLessThan(1e-14);
  }

  private static Matrix project(Matrix w, double kappa) {
    DoubleMatrix matrix = DoubleMatrix.of(w);
    new SpectralNormBall(w.rows(), w.columns()).project(matrix, kappa);
    return matrix.toMatrix();
  }
}
