package org.flowbound.stability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.Test;

class TwoLayerExpansivityTest {
  private static final SlopeBox SLOPES = new SlopeBox(0.1, 1);
  private static final BoundOptions OPTIONS = BoundOptions.defaults().withThreads(1);

  private static Matrix gaussian(int rows, int columns, long seed) {
    Random random = new Random(seed);
    return Matrix.generate(rows, columns, (i, j) -> random.nextGaussian() / Math.sqrt(columns));
  }

  private static double value(Matrix outer, double[] slopes, Matrix inner) {
    Matrix product = Blas.multiply(outer, Blas.multiply(Matrix.diagonal(slopes), inner));
    return LogarithmicNorm.of(product, Norm.TWO);
  }

  private static List<double[]> vertices(int m, SlopeBox slopes) {
    List<double[]> vertices = new ArrayList<>();
    for (int bits = 0; bits < 1 << m; bits++) {
      double[] vertex = new double[m];
      for (int i = 0; i < m; i++) {
        vertex[i] = (bits >> i & 1) == 0 ? slopes.lower() : slopes.upper();
      }
      vertices.add(vertex);
    }
    return vertices;
  }

  @Property(tries = 30)
  void enumerationAgrees(
      @ForAll @IntRange(min = 1, max = 8) int d,
      @ForAll @IntRange(min = 1, max = 10) int m,
      @ForAll long seed) {
    Matrix outer = gaussian(d, m, seed);
    Matrix inner = gaussian(m, d, seed + 1);
    for (SlopeBox slopes : List.of(SLOPES, new SlopeBox(0, 1), new SlopeBox(-0.2, 1.1))) {
      ExpansivityBound bound = new TwoLayerExpansivity(outer, inner, slopes).bound(OPTIONS);
      double largest =
          vertices(m, slopes).stream().mapToDouble(v -> value(outer, v, inner)).max().orElseThrow();
      assertThat(bound.exact()).isTrue();
      assertThat(bound.vertex()).hasSize(m);
      assertThat(bound.lower()).isCloseTo(largest, within(2e-6 * Math.max(1, largest)));
      assertThat(bound.upper()).isGreaterThanOrEqualTo(largest - 1e-12);
      assertThat(value(outer, bound.vertex(), inner)).isCloseTo(bound.lower(), within(1e-10));
    }
  }

  @Test
  void identityAsOuterLayerGivesOneLayer() {
    Matrix a = gaussian(20, 20, 3);
    ExpansivityBound one = Expansivity.of(a, SLOPES).bound(OPTIONS);
    ExpansivityBound two = new TwoLayerExpansivity(Matrix.identity(20), a, SLOPES).bound(OPTIONS);
    assertThat(two.lower()).isCloseTo(one.lower(), within(1e-9));
    assertThat(two.upper()).isCloseTo(one.upper(), within(2e-6));
  }

  @Test
  void negativeTransposeIsContractive() {
    Matrix inner = gaussian(6, 4, 5);
    ExpansivityBound bound =
        new TwoLayerExpansivity(inner.transpose().times(-1), inner, SLOPES).bound(OPTIONS);
    double expected =
        LogarithmicNorm.of(Blas.multiply(inner.transpose(), inner).times(-0.1), Norm.TWO);
    assertThat(expected).isNegative();
    assertThat(bound.upper()).isCloseTo(expected, within(1e-6));
  }

  @Test
  void scalesWithEachLayer() {
    Matrix outer = gaussian(5, 7, 6);
    Matrix inner = gaussian(7, 5, 7);
    double value = new TwoLayerExpansivity(outer, inner, SLOPES).bound(OPTIONS).upper();
    double scaled =
        new TwoLayerExpansivity(outer.times(1e60), inner.times(1e-58), SLOPES)
            .bound(OPTIONS)
            .upper();
    assertThat(scaled).isCloseTo(100 * value, within(1e-4 * value));
  }

  @Test
  void idleUnitsChangeNothing() {
    Matrix outer = gaussian(4, 6, 8);
    Matrix inner = gaussian(6, 4, 9);
    Matrix wideOuter = Matrix.generate(4, 8, (i, j) -> j < 6 ? outer.get(i, j) : j - 6);
    Matrix wideInner = Matrix.generate(8, 4, (i, j) -> i < 6 ? inner.get(i, j) : 7 - i);
    // Unit 6 has no outgoing weights, unit 7 no incoming ones.
    ExpansivityBound narrow = new TwoLayerExpansivity(outer, inner, SLOPES).bound(OPTIONS);
    ExpansivityBound wide = new TwoLayerExpansivity(wideOuter, wideInner, SLOPES).bound(OPTIONS);
    assertThat(wide.upper()).isCloseTo(narrow.upper(), within(2e-6));
  }

  @Test
  void searchFindsVerticesAboveTheLevel() {
    Matrix outer = gaussian(5, 9, 10);
    Matrix inner = gaussian(9, 5, 11);
    TwoLayerExpansivity problem = new TwoLayerExpansivity(outer, inner, SLOPES);
    double delta = problem.bound(OPTIONS).lower();
    List<double[]> found = new ArrayList<>();
    problem.search(0.9 * delta, OPTIONS, found::add);
    assertThat(found).isNotEmpty();
    assertThat(found).allMatch(vertex -> value(outer, vertex, inner) > 0.9 * delta);
    found.clear();
    ExpansivityBound none = problem.search(delta + 1e-3, OPTIONS, found::add);
    assertThat(found).isEmpty();
    assertThat(none.upper()).isLessThanOrEqualTo(delta + 1e-3);
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TwoLayerExpansivity(Matrix.zeros(2, 3), Matrix.zeros(3, 3), SLOPES))
        .withMessageContaining("2 x 3");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new TwoLayerExpansivity(
                    Matrix.zeros(2, 3), Matrix.zeros(3, 2).times(Double.NaN), SLOPES))
        .withMessageContaining("NaN");
  }
}
