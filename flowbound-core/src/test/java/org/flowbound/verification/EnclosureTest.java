package org.flowbound.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import org.flowbound.attack.PerturbationNorm;
import org.flowbound.field.Activation;
import org.flowbound.field.SlopeBox;
import org.flowbound.flow.RungeKutta;
import org.flowbound.network.Classifier;
import org.junit.jupiter.api.Test;

/** Whatever the sets are made from, points of the ball stay in them. */
class EnclosureTest {
  @Provide
  Arbitrary<Activation> activations() {
    return Arbitraries.of(Activation.ids()).map(id -> Activation.of(id, 0.1));
  }

  @Property(tries = 3000)
  void theStripHoldsTheGraph(
      @ForAll("activations") Activation activation,
      @ForAll @DoubleRange(min = -9, max = 9) double from,
      @ForAll @DoubleRange(min = 0, max = 12) double width) {
    double to = from + width;
    ActivationEnclosure strip = ActivationEnclosure.of(activation, from, to);
    double highest = Double.NEGATIVE_INFINITY;
    double lowest = Double.POSITIVE_INFINITY;
    for (int k = 0; k <= 400; k++) {
      double x = Math.min(to, from + width * k / 400);
      double rest = activation.value(x) - strip.slope() * x;
      assertThat(Math.abs(rest - strip.center())).isLessThanOrEqualTo(strip.radius());
      highest = Math.max(highest, rest);
      lowest = Math.min(lowest, rest);
    }
    // And no more than it needs: tangents bracket an extreme within 1/32 of the interval.
    SlopeBox slopes = activation.slopes(from, to);
    assertThat(2 * strip.radius())
        .isLessThanOrEqualTo(highest - lowest + width * slopes.radius() / 32 + 1e-10);
  }

  @Property(tries = 3000)
  void slopesAndChordsAreBounded(
      @ForAll("activations") Activation activation,
      @ForAll @DoubleRange(min = -9, max = 9) double from,
      @ForAll @DoubleRange(min = 0, max = 12) double width,
      @ForAll @DoubleRange(min = 0, max = 1) double where) {
    double to = from + width;
    double point = from + where * width;
    SlopeBox slopes = activation.slopes(from, to);
    SlopeBox chords =
        ChordSlopes.of(activation, point, 0, Math.min(from, point), Math.max(to, point));
    assertThat(chords.lower()).isGreaterThanOrEqualTo(slopes.lower() - 1e-6);
    assertThat(chords.upper()).isLessThanOrEqualTo(slopes.upper() + 1e-6);
    for (int k = 0; k <= 200; k++) {
      double x = Math.min(to, from + width * k / 200);
      assertThat(activation.slope(x)).isBetween(slopes.lower(), slopes.upper());
      if (Math.abs(x - point) > 1e-3) {
        double chord = (activation.value(x) - activation.value(point)) / (x - point);
        assertThat(chord).isBetween(chords.lower() - 1e-12, chords.upper() + 1e-12);
      }
    }
  }

  @Test
  void nothingIsClaimedWhereTheIntervalIsNoInterval() {
    Activation tanh = Activation.of("tanh", 0);
    assertThat(ActivationEnclosure.of(tanh, Double.NaN, 1).radius()).isNaN();
    assertThat(ActivationEnclosure.of(tanh, 1, Double.POSITIVE_INFINITY).radius()).isNaN();
    assertThat(ActivationEnclosure.of(tanh, 1, 0).radius()).isNaN();
    assertThat(tanh.slopes(Double.NaN, 1)).isEqualTo(tanh.slopes());
    assertThat(ChordSlopes.of(tanh, Double.NaN, 0, -1, 1)).isEqualTo(tanh.slopes());
  }

  @Property(tries = 300)
  void imagesOfTheBallStayInTheSets(
      @ForAll("activations") Activation activation,
      @ForAll RungeKutta method,
      @ForAll PerturbationNorm norm,
      @ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    int rows = 1 + random.nextInt(6);
    Classifier classifier =
        ReferenceNetwork.random(
            rows, 1 + random.nextInt(7), 2 + random.nextInt(3), activation, method, random);
    Reachability zonotope = new Reachability(classifier);
    EllipsoidTube ellipsoid = new EllipsoidTube(classifier);
    for (double eps : List.of(0.0, 0.003, 0.1, 0.7)) {
      float[] image = ReferenceNetwork.image(2 * rows, random);
      double[] center = new double[image.length];
      for (int p = 0; p < center.length; p++) {
        center[p] = image[p];
      }
      int label =
          ReferenceNetwork.argmax(ReferenceNetwork.logits(classifier, center, (k, z) -> {}));
      ImageBall ball = new ImageBall(image, norm, eps);
      double[] byZonotope = zonotope.margins(ball, label, PreactivationRanges.NONE);
      double[] byEllipsoid = ellipsoid.margins(ball, label, PreactivationRanges.NONE);
      double[] byBoth = ellipsoid.margins(ball, label, zonotope.ranges());
      for (int trial = 0; trial < 60; trial++) {
        double[] moved = ReferenceNetwork.perturbed(image, norm, eps, random);
        double[] logits =
            ReferenceNetwork.logits(
                classifier,
                moved,
                (stage, z) -> {
                  for (int i = 0; i < z.length; i++) {
                    assertThat(z[i])
                        .isBetween(
                            zonotope.ranges().lower(stage, i) - 1e-12,
                            zonotope.ranges().upper(stage, i) + 1e-12);
                  }
                });
        for (int j = 0; j < logits.length; j++) {
          if (j != label) {
            double margin = logits[label] - logits[j];
            assertHolds(byZonotope[j], margin);
            assertHolds(byEllipsoid[j], margin);
            assertHolds(byBoth[j], margin);
          }
        }
      }
    }
  }

  /** NaN claims nothing; the network's own evaluation here is off by less than 1e-12. */
  private static void assertHolds(double bound, double margin) {
    assertThat(bound > margin + 1e-12).isFalse();
  }
}
