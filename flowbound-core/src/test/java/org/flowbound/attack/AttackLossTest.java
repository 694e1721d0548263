package org.flowbound.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AttackLossTest {
  @ParameterizedTest
  @EnumSource(AttackLoss.class)
  void gradientsPointWhereFiniteDifferencesDo(AttackLoss loss) {
    SplittableRandom random = new SplittableRandom(2);
    for (int trial = 0; trial < 200; trial++) {
      double[] z = random.doubles(5, -4, 4).toArray();
      int label = random.nextInt(5);
      double[] gradient = z.clone();
      loss.differentiate(gradient, label, -1);
      double[] expected = new double[5];
      for (int k = 0; k < 5; k++) {
        double[] moved = z.clone();
        moved[k] += 1e-6;
        double plus = loss.differentiate(moved, label, -1);
        moved = z.clone();
        moved[k] -= 1e-6;
        expected[k] = (plus - loss.differentiate(moved, label, -1)) / 2e-6;
      }
      if (norm(gradient) == 0) {
        // The label's logit is the third: the ratio is 1 and stays it.
        assertThat(loss).isEqualTo(AttackLoss.DLR);
        assertThat(norm(expected)).isLessThan(1e-8);
        continue;
      }
      double factor = norm(gradient) / norm(expected);
      for (int k = 0; k < 5; k++) {
        assertThat(gradient[k]).isCloseTo(factor * expected[k], within(1e-5 * norm(gradient)));
      }
    }
  }

  private static double norm(double[] x) {
    return Math.sqrt(Arrays.stream(x).map(value -> value * value).sum());
  }

  @Test
  void valuesAreThoseOfTheDefinitions() {
    double[] z = {1, 4, 2, -1};
    assertThat(AttackLoss.MARGIN.differentiate(z.clone(), 1, -1)).isEqualTo(-2);
    assertThat(AttackLoss.MARGIN.differentiate(z.clone(), 0, -1)).isEqualTo(3);
    assertThat(AttackLoss.DLR.differentiate(z.clone(), 1, -1)).isEqualTo(-2.0 / 3);
    assertThat(AttackLoss.DLR.differentiate(z.clone(), 3, -1)).isEqualTo(5.0 / 3);
    double sum = Math.exp(1) + Math.exp(4) + Math.exp(2) + Math.exp(-1);
    assertThat(AttackLoss.CROSS_ENTROPY.differentiate(z.clone(), 1, -1))
        .isCloseTo(Math.log(sum) - 4, within(1e-14));
    assertThat(AttackLoss.CROSS_ENTROPY.differentiate(z.clone(), 3, -1))
        .isCloseTo(Math.log(sum) + 1, within(1e-14));
  }

  @Test
  void theGradientOfACertainNetworkDoesNotVanish() {
    double[] z = {500, 0, -1};
    assertThat(AttackLoss.CROSS_ENTROPY.differentiate(z, 0, -1)).isPositive();
    assertThat(z[0]).isEqualTo(-1);
    assertThat(z[1] + z[2]).isCloseTo(1, within(1e-15));
    double[] wrong = {-2000, 0, -1};
    assertThat(AttackLoss.CROSS_ENTROPY.differentiate(wrong, 0, -1)).isBetween(2000.0, 2001.0);
  }

  @Test
  void dlrNeedsThreeClasses() {
    AttackLoss.DLR.requireClasses(3);
    assertThatThrownBy(() -> AttackLoss.DLR.requireClasses(2))
        .hasMessage("The loss dlr needs at least 3 classes, and there are 2: use ce or margin.");
  }
}
