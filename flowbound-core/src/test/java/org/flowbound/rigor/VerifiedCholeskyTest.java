package org.flowbound.rigor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifiedCholeskyTest {
  private static boolean proves(double[][] lower) {
    double[][] copy = new double[lower.length][];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = lower[i].clone();
    }
    return VerifiedCholesky.proves(copy);
  }

  /** BBᵀ for an n × rank matrix B of small integers: exact in {@code double}. */
  private static double[][] gram(int n, int rank, RandomGenerator random) {
    int[][] b = new int[n][rank];
    for (int[] row : b) {
      for (int k = 0; k < rank; k++) {
        row[k] = random.nextInt(-99, 100);
      }
    }
    double[][] s = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        for (int k = 0; k < rank; k++) {
          s[i][j] += b[i][k] * b[j][k];
        }
      }
    }
    return s;
  }

  private static double[][] shifted(double[][] s, double shift) {
    double[][] result = new double[s.length][];
    for (int i = 0; i < s.length; i++) {
      result[i] = s[i].clone();
      result[i][i] += shift;
    }
    return result;
  }

  private static double trace(double[][] s) {
    double trace = 0;
    for (int i = 0; i < s.length; i++) {
      trace += s[i][i];
    }
    return trace;
  }

  /** Singular matrices, with a known smallest eigenvalue, 0, moved to both sides. */
  @Property(tries = 150)
  void decidesAtTheEdge(@ForAll @IntRange(min = 2, max = 9) int n, @ForAll long seed) {
    double[][] s = gram(n, n - 1, new SplittableRandom(seed));
    double resolution = Math.ulp(trace(s));
    for (int k = 0; k < 12; k++) {
      double[][] below = shifted(s, -Math.scalb(resolution, k));
      assertThat(ExactMatrix.of(below).isPositiveDefinite()).isFalse();
      assertThat(proves(below)).isFalse();
    }
    double[][] above = shifted(s, 8 * (n + 2) * resolution);
    assertThat(ExactMatrix.of(above).isPositiveDefinite()).isTrue();
    assertThat(proves(above)).isTrue();
  }

  /** The least shift with which a random matrix is accepted must make it definite. */
  @Property(tries = 150)
  void acceptsNothingThatIsNotDefinite(
      @ForAll @IntRange(min = 1, max = 30) int n,
      @ForAll @IntRange(min = -1060, max = 1000) int exponent,
      @ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    double[][] s = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        s[i][j] = Math.scalb(random.nextGaussian(), exponent);
      }
    }
    double[][] edge = leastAccepted(s, 0, Math.scalb(4.0 * n + 4, exponent));
    assertThat(ExactMatrix.of(edge).isPositiveDefinite()).isTrue();
  }

  /** Rounded Gram matrices of low rank, where rounding errors alone decide. */
  @Property(tries = 150)
  void acceptsNothingThatIsNotDefiniteAmongNearlySingularMatrices(
      @ForAll @IntRange(min = 2, max = 30) int n, @ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    double[] weights = random.doubles(n).toArray();
    double[][] s = gram(n, random.nextInt(1, n), random);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        s[i][j] *= weights[i] * weights[j];
      }
    }
    double margin = 1e-8 * trace(s);
    double[][] edge = leastAccepted(s, -margin, margin);
    assertThat(ExactMatrix.of(edge).isPositiveDefinite()).isTrue();
  }

  private static double[][] leastAccepted(double[][] s, double below, double above) {
    double refused = below;
    double accepted = above;
    assertThat(proves(shifted(s, accepted))).isTrue();
    for (int k = 0; k < 60; k++) {
      double middle = 0.5 * refused + 0.5 * accepted;
      if (proves(shifted(s, middle))) {
        accepted = middle;
      } else {
        refused = middle;
      }
    }
    return shifted(s, accepted);
  }

  @Test
  void indefiniteByOneUnitInTheLastPlace() {
    double[][] s = {{1}, {1, Math.nextDown(1.0)}};
    assertThat(ExactMatrix.of(s).isPositiveDefinite()).isFalse();
    assertThat(proves(s)).isFalse();
    assertThat(proves(new double[][] {{1}, {1, 1 + 0x1p-48}})).isTrue();
    assertThat(proves(new double[][] {{1}, {-1, 1 - 0x1p-48}})).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 64, 300})
  void orderDoesNotMatterForWhatIsClearlyDefinite(int n) {
    double[][] s = gram(n, n, new SplittableRandom(n));
    assertThat(proves(shifted(s, 1e-10 * trace(s)))).isTrue();
    assertThat(proves(shifted(gram(n, n - 1, new SplittableRandom(n)), -1))).isFalse();
  }

  @Test
  void theIdentityAndItsMultiples() {
    for (double size : new double[] {1e-300, 1e-150, 1, 1e150, 1e300}) {
      assertThat(proves(new double[][] {{size}, {0, size}, {0, 0, size}})).isTrue();
      assertThat(proves(new double[][] {{size}, {0, -size}, {0, 0, size}})).isFalse();
      assertThat(proves(new double[][] {{size}, {0, 0}, {0, 0, size}})).isFalse();
    }
    assertThat(proves(new double[][] {{Double.MIN_VALUE}})).isFalse();
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void whatIsNotANumberProvesNothing(double value) {
    for (int position = 0; position < 6; position++) {
      double[][] s = {{4}, {1, 4}, {1, 1, 4}};
      int i = position < 1 ? 0 : position < 3 ? 1 : 2;
      s[i][position - i * (i + 1) / 2] = value;
      assertThat(proves(s)).isFalse();
    }
  }

  @Test
  void overflowProvesNothing() {
    double huge = Double.MAX_VALUE;
    assertThat(proves(new double[][] {{1}, {huge, huge}})).isFalse();
    assertThat(proves(new double[][] {{1}, {1e200, 1e300}})).isFalse();
    assertThat(proves(new double[][] {{Double.MIN_VALUE}, {1e200, huge}})).isFalse();
  }
}
