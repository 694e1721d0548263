package org.flowbound.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.flowbound.field.StandardActivation;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.Precision;
import org.junit.jupiter.api.Test;

class ContinuousNetworkTest {
  @Test
  void hasTheLogitsOfAFineGrid() {
    SplittableRandom random = new SplittableRandom(8);
    Parameters parameters =
        Parameters.random(
            new Architecture(
                2,
                3,
                4,
                5,
                StandardActivation.TANH,
                new Discretization(RungeKutta.RK4, 200, 1.5),
                new Normalization(0.2, 0.5)),
            Precision.FLOAT64,
            random);
    float[] images = new float[2 * 6];
    for (int k = 0; k < images.length; k++) {
      images[k] = (float) random.nextDouble();
    }
    BatchNetwork grid = new BatchNetwork(parameters, 2);
    grid.load(images, 2);
    NativeMatrix expected = grid.forward();
    ContinuousNetwork network = new ContinuousNetwork(parameters.toClassifier());
    for (int image = 0; image < 2; image++) {
      double[] logits = network.logits(images, 6 * image);
      for (int k = 0; k < 4; k++) {
        assertThat(logits[k]).isCloseTo(expected.toMatrix().get(image, k), within(1e-5));
      }
    }
  }
}
