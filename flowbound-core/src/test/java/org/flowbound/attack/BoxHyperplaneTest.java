package org.flowbound.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class BoxHyperplaneTest {
  private static final int N = 12;

  /** Compared with bisection on the length of the step. */
  @Property(tries = 300)
  void theStepIsTheSmallestOne(@ForAll long seed, @ForAll PerturbationNorm norm) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[N];
    float[] w = new float[N];
    double largest = 0;
    for (int k = 0; k < N; k++) {
      x[k] = random.nextInt(3) == 0 ? random.nextInt(2) : (float) random.nextDouble();
      w[k] = random.nextInt(5) == 0 ? 0 : (float) (2 * random.nextDouble() - 1);
      largest += w[k] > 0 ? w[k] * (1 - x[k]) : -w[k] * x[k];
    }
    double c = largest * random.nextDouble();
    float[] delta = new float[N];
    BoxHyperplane.project(norm, x, 0, w, c, delta, N);
    double reached = 0;
    for (int k = 0; k < N; k++) {
      assertThat(x[k] + delta[k]).isBetween(-1e-6f, 1 + 1e-6f);
      reached += (double) w[k] * delta[k];
    }
    assertThat(reached).isCloseTo(c, within(1e-5));
    double low = 0;
    double high = 1e6;
    for (int round = 0; round < 200; round++) {
      double t = 0.5 * (low + high);
      double sum = 0;
      for (int k = 0; k < N; k++) {
        double room = w[k] > 0 ? 1 - x[k] : x[k];
        double rate = norm == PerturbationNorm.LINF ? 1 : Math.abs(w[k]);
        sum += Math.abs(w[k]) * Math.min(t * rate, room);
      }
      if (sum < c) {
        low = t;
      } else {
        high = t;
      }
    }
    double squares = 0;
    double maximum = 0;
    for (int k = 0; k < N; k++) {
      double room = w[k] > 0 ? 1 - x[k] : x[k];
      double rate = norm == PerturbationNorm.LINF ? 1 : Math.abs(w[k]);
      double step = w[k] == 0 ? 0 : Math.min(high * rate, room);
      squares += step * step;
      maximum = Math.max(maximum, step);
    }
    assertThat(BoxHyperplane.length(norm, delta, N))
        .isCloseTo(norm == PerturbationNorm.LINF ? maximum : Math.sqrt(squares), within(1e-4));
  }

  @Property(tries = 50)
  void goesAsFarAsTheBoxLets(@ForAll long seed, @ForAll PerturbationNorm norm) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[N];
    float[] w = new float[N];
    for (int k = 0; k < N; k++) {
      x[k] = (float) random.nextDouble();
      w[k] = (float) (0.1 + random.nextDouble());
    }
    float[] delta = new float[N];
    BoxHyperplane.project(norm, x, 0, w, 1e3, delta, N);
    for (int k = 0; k < N; k++) {
      assertThat(x[k] + delta[k]).isCloseTo(1f, within(1e-6f));
    }
    BoxHyperplane.project(norm, x, 0, new float[N], 1, delta, N);
    assertThat(delta).containsOnly(0f);
  }
}
