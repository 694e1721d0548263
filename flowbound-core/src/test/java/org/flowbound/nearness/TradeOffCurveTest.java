package org.flowbound.nearness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.MatrixFamily;
import org.junit.jupiter.api.Test;

class TradeOffCurveTest {
  private static final SlopeBox SLOPES = SlopeBox.of(0.1);
  private static final NearnessOptions OPTIONS =
      NearnessOptions.defaults().withTolerance(1e-3).withTimeLimit(Duration.ofSeconds(2));

  private static TradeOffCurve curve(Matrix a, Structure structure, double... targets) {
    return TradeOffCurve.of(
        NearestStableMatrix.of(a, SLOPES).withStructure(structure),
        targets,
        OPTIONS,
        NearnessListener.SILENT);
  }

  /** Every three points, with the bounds that are known of each. */
  @Property(tries = 10)
  void isConvexAndNonIncreasing(
      @ForAll @IntRange(min = 1, max = 6) int d,
      @ForAll MatrixFamily family,
      @ForAll boolean isSymmetric,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Structure structure = isSymmetric ? Structure.symmetric(d) : Structure.full(d);
    double[] targets = random.doubles(5, -0.5, 1.5).toArray();
    List<Perturbation> points = curve(family.sample(d, random), structure, targets).points();
    assertThat(points).hasSize(5);
    for (int i = 0; i < 5; i++) {
      for (int k = i + 1; k < 5; k++) {
        assertThat(points.get(i).normLowerBound()).isLessThanOrEqualTo(points.get(k).norm());
        for (int j = i + 1; j < k; j++) {
          double t = points.get(j).target();
          double high = points.get(i).target();
          double low = points.get(k).target();
          double share = (t - low) / (high - low);
          assertThat(points.get(j).normLowerBound())
              .isLessThanOrEqualTo(
                  (share * points.get(i).norm() + (1 - share) * points.get(k).norm())
                      * (1 + 1e-12));
        }
      }
    }
  }

  @Test
  void ordersTheTargets() {
    Matrix a = MatrixFamily.GAUSSIAN.sample(4, new SplittableRandom(3));
    List<Perturbation> points = curve(a, Structure.full(4), 0, 9, 0.5, 0, -0.2).points();
    assertThat(points).extracting(Perturbation::target).containsExactly(9.0, 0.5, 0.0, -0.2);
    assertThat(points.get(0).norm()).isZero();
    assertThat(points)
        .allSatisfy(p -> assertThat(p.deltaAfter().upper()).isLessThanOrEqualTo(p.target()));
  }

  @Test
  void refusesNoTargetsAndUnreachableOnes() {
    Matrix a = Matrix.of(2, 2, 0, 2, 1, 0);
    assertThatThrownBy(() -> curve(a, Structure.full(2)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> curve(a, Structure.patternOf(a), 0.5, -0.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-0.5");
  }
}
