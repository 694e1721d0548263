package org.flowbound.nearness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.Precision;
import org.flowbound.stability.Enumeration;
import org.flowbound.stability.MatrixFamily;
import org.flowbound.stability.Norm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StableProjectorTest {
  private static final SlopeBox SLOPES = SlopeBox.of(0.1);

  @ParameterizedTest
  @ValueSource(doubles = {0.6, 0, -0.5})
  void followsWeightsThatPullOutwards(double target) {
    RandomGenerator random = new SplittableRandom(17);
    int d = 8;
    Matrix goal = MatrixFamily.GAUSSIAN.sample(d, random);
    StableProjector projector = new StableProjector(d, SLOPES, target, Precision.FLOAT32);
    Matrix b = Matrix.identity(d).times(10 * target - 2);
    for (int step = 0; step < 400; step++) {
      Matrix pulled = b.plus(goal.minus(b).times(0.03));
      b = projector.project(pulled);
      assertThat(projector.upper()).isLessThanOrEqualTo(target);
      assertThat(Enumeration.maximum(b, SLOPES, Norm.TWO)).isLessThanOrEqualTo(target + 1e-14);
      assertThat(projector.distance())
          .isCloseTo(b.minus(pulled).frobeniusNorm(), within(1e-6 * b.frobeniusNorm()));
      for (double entry : b.toArray()) {
        assertThat((double) (float) entry).isEqualTo(entry);
      }
    }
    double nearest =
        NearestStableMatrix.of(goal, SLOPES)
            .withTarget(target)
            .solve(NearnessOptions.defaults().withMethod(NearnessMethod.CERTIFIED))
            .norm();
    assertThat(b.minus(goal).frobeniusNorm()).isCloseTo(nearest, within(0.03 * nearest));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, -0.5})
  void leavesStableWeightsAlone(double target) {
    StableProjector projector = new StableProjector(5, SLOPES, target, Precision.FLOAT64);
    Matrix stable = Matrix.identity(5).times(-20);
    for (int call = 0; call < 2; call++) {
      assertThat(projector.project(stable).toArray()).isEqualTo(stable.toArray());
      assertThat(projector.distance()).isZero();
      projector.project(MatrixFamily.GAUSSIAN.sample(5, new SplittableRandom(1)));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 1e-6, 1e6})
  void takesWeightsOfAnySize(double factor) {
    StableProjector projector = new StableProjector(6, SLOPES, 0.1 * factor, Precision.FLOAT64);
    Matrix a = MatrixFamily.GAUSSIAN.sample(6, new SplittableRandom(2)).times(factor);
    Matrix b = projector.project(a);
    assertThat(Enumeration.maximum(b, SLOPES, Norm.TWO)).isLessThanOrEqualTo(0.1 * factor);
    assertThat(projector.project(Matrix.zeros(6, 6)).maxAbs()).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void refusesWhatIsNotFinite(double entry) {
    StableProjector projector = new StableProjector(1, SLOPES, 0, Precision.FLOAT32);
    assertThatThrownBy(() -> projector.project(Matrix.of(1, 1, entry)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> projector.project(Matrix.zeros(2, 2))).hasMessageContaining("2 x 2");
    assertThatThrownBy(() -> new StableProjector(3, SlopeBox.of(0), -1, Precision.FLOAT32))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
