package org.flowbound.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ActivationTest {
  static Stream<Activation> activations() {
    return Stream.concat(
        Stream.of(0.01, 0.1, 0.5, 1.0).map(SmoothLeakyRelu::new),
        Activation.ids().stream().map(id -> Activation.of(id, 0.2)));
  }

  private static boolean hasKinkAtZero(Activation activation) {
    return activation instanceof LeakyRelu || activation == StandardActivation.RELU;
  }

  @ParameterizedTest
  @MethodSource("activations")
  void slopesAreTheDerivative(Activation activation) {
    double h = 1e-6;
    for (double x = -8.05; x <= 8; x += 0.1) {
      double difference = (activation.value(x + h) - activation.value(x - h)) / (2 * h);
      assertThat(activation.slope(x)).as("slope at %s", x).isCloseTo(difference, within(1e-6));
    }
  }

  @ParameterizedTest
  @MethodSource("activations")
  void theSlopeIntervalIsTheSmallestThatHoldsAllSlopes(Activation activation) {
    double smallest = Double.POSITIVE_INFINITY;
    double largest = Double.NEGATIVE_INFINITY;
    for (double x = -40; x <= 40; x += 1e-3) {
      smallest = Math.min(smallest, activation.slope(x));
      largest = Math.max(largest, activation.slope(x));
    }
    SlopeBox slopes = activation.slopes();
    assertThat(smallest).isGreaterThanOrEqualTo(slopes.lower()).isLessThan(slopes.lower() + 1e-6);
    assertThat(largest).isLessThanOrEqualTo(slopes.upper()).isGreaterThan(slopes.upper() - 1e-6);
  }

  @ParameterizedTest
  @MethodSource("activations")
  void singlePrecisionFollowsDoublePrecision(Activation activation) {
    int n = 4001;
    float[] x = new float[n];
    double[] precise = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = (i - 2000) * 0.005f;
      precise[i] = x[i];
    }
    float[] value = new float[n];
    float[] slope = new float[n];
    double[] preciseSlope = new double[n];
    double[] preciseValue = new double[n];
    activation.apply(x, value, slope, n);
    activation.apply(precise, preciseValue, preciseSlope, n);
    for (int i = 0; i < n; i++) {
      assertThat((double) value[i])
          .isCloseTo(preciseValue[i], within(1e-6 + 2e-7 * Math.abs(x[i])));
      if (x[i] != 0 || !hasKinkAtZero(activation)) {
        assertThat((double) slope[i]).isCloseTo(preciseSlope[i], within(3e-6));
      }
    }
  }

  @Test
  void knownValues() {
    Activation smooth = new SmoothLeakyRelu(0.1);
    double z = Math.log(Math.sqrt(10) + 3);
    assertThat(smooth.value(2)).isEqualTo(2);
    assertThat(smooth.value(-1)).isEqualTo(Math.tanh(-1));
    assertThat(smooth.value(-10)).isCloseTo(0.1 * (z - 10) - Math.tanh(z), within(1e-15));
    assertThat(StandardActivation.GELU.value(1)).isCloseTo(0.8413447460685429, within(1e-15));
    assertThat(StandardActivation.SOFTPLUS.value(800)).isEqualTo(800);
    assertThat(StandardActivation.SILU.value(-800)).isCloseTo(0, within(1e-300));
  }

  @Test
  void nanStaysNan() {
    for (Activation activation : activations().toList()) {
      float[] x = {Float.NaN};
      activation.apply(x, x, new float[1], 1);
      assertThat(x[0]).as(activation.id()).isNaN();
    }
  }

  @Test
  void refusesUnknownNamesAndSlopes() {
    assertThatThrownBy(() -> Activation.of("swish", 0.1)).hasMessageContaining("silu");
    assertThatThrownBy(() -> new SmoothLeakyRelu(0)).hasMessageContaining("(0, 1]");
    assertThatThrownBy(() -> new LeakyRelu(1.5)).hasMessageContaining("1.5");
  }
}
