package org.flowbound.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.attack.PerturbationNorm;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.field.StandardActivation;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Matrix;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalVerifierTest {
  private final RandomGenerator random = new SplittableRandom(5);

  /** With a linear field the network is affine, and the distance to its boundary is known. */
  @ParameterizedTest
  @EnumSource(RungeKutta.class)
  void ofAnAffineNetworkEveryBallUpToTheBoundaryIsProved(RungeKutta method) {
    for (int trial = 0; trial < 20; trial++) {
      Classifier classifier =
          ReferenceNetwork.random(3, 4, 2, StandardActivation.IDENTITY, method, random);
      float[] image = {0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f};
      double[] center = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
      double[] logits = ReferenceNetwork.logits(classifier, center, (k, z) -> {});
      int label = ReferenceNetwork.argmax(logits);
      double margin = logits[label] - logits[1 - label];
      double squares = 0;
      double sum = 0;
      for (int p = 0; p < 6; p++) {
        double[] moved = center.clone();
        moved[p] += 1;
        double[] changed = ReferenceNetwork.logits(classifier, moved, (k, z) -> {});
        double derivative = changed[label] - changed[1 - label] - margin;
        squares += derivative * derivative;
        sum += Math.abs(derivative);
      }
      LocalVerifier verifier = new LocalVerifier(classifier);
      // Coefficients of size 10 and of both signs cost a little.
      double nearly = method.stages() > 4 ? 0.999 : 0.9999;
      for (VerificationMethod kind :
          new VerificationMethod[] {VerificationMethod.LOCAL, VerificationMethod.REACH}) {
        double euclidean = margin / Math.sqrt(squares);
        double maximum = margin / sum;
        assertProvesUpTo(verifier, kind, image, label, PerturbationNorm.L2, euclidean, nearly);
        assertProvesUpTo(verifier, kind, image, label, PerturbationNorm.LINF, maximum, nearly);
      }
    }
  }

  /** Only as far as no pixel leaves [0, 1], where the ball is cut off. */
  private static void assertProvesUpTo(
      LocalVerifier verifier,
      VerificationMethod method,
      float[] image,
      int label,
      PerturbationNorm norm,
      double radius,
      double nearly) {
    double within = Math.min(radius, 0.499);
    // The ellipsoid of a box is as good as the box to a hundredth.
    double quality =
        method == VerificationMethod.LOCAL && norm == PerturbationNorm.LINF ? 0.9 : nearly;
    assertThat(verifier.proves(method, image, label, norm, quality * within)).isTrue();
    assertThat(verifier.proves(method, image, 1 - label, norm, 0)).isFalse();
    if (radius < 0.499) {
      assertThat(verifier.proves(method, image, label, norm, 1.0001 * radius)).isFalse();
    }
  }

  /** Two pixels, two states: the ball is sampled densely, and the boundary lies between. */
  @ParameterizedTest
  @EnumSource(PerturbationNorm.class)
  void inTwoDimensionsTheRadiusIsCloseToTheTrueOne(PerturbationNorm norm) {
    int close = 0;
    int total = 0;
    for (int trial = 0; trial < 60; trial++) {
      Classifier classifier =
          ReferenceNetwork.random(1, 2, 2, new SmoothLeakyRelu(0.1), RungeKutta.EULER, random);
      float[] image = {0.5f, 0.5f};
      int label =
          ReferenceNetwork.argmax(
              ReferenceNetwork.logits(classifier, new double[] {0.5, 0.5}, (k, z) -> {}));
      double truth = distanceToBoundary(classifier, label, norm);
      LocalVerifier verifier = new LocalVerifier(classifier);
      for (double share = 1.0; share > 0; share -= 0.02) {
        boolean proved =
            verifier.proves(VerificationMethod.REACH, image, label, norm, share * truth);
        if (share * truth < 0.45 && truth < 0.45) {
          total += share == 1.0 ? 1 : 0;
          close += proved && share > 0.7 ? 1 : 0;
        }
        if (proved) {
          break;
        }
      }
      if (truth < 0.48) {
        assertThat(verifier.proves(VerificationMethod.REACH, image, label, norm, 1.03 * truth))
            .isFalse();
      }
    }
    assertThat(total).isGreaterThan(5);
    assertThat(close).isGreaterThan(total * 3 / 4);
  }

  /** The least budget at which one of many points of the sphere is misclassified, at most 0.51. */
  private static double distanceToBoundary(
      Classifier classifier, int label, PerturbationNorm norm) {
    for (double eps = 0.005; eps < 0.51; eps += 0.005) {
      for (int k = 0; k < 720; k++) {
        double angle = Math.PI * k / 360;
        double x = Math.cos(angle);
        double y = Math.sin(angle);
        double size = norm == PerturbationNorm.L2 ? 1 : Math.max(Math.abs(x), Math.abs(y));
        double[] moved = {0.5 + eps * x / size, 0.5 + eps * y / size};
        double[] logits = ReferenceNetwork.logits(classifier, moved, (s, z) -> {});
        if (ReferenceNetwork.argmax(logits) != label) {
          return eps;
        }
      }
    }
    return 0.51;
  }

  @Test
  void pixelsAtTheEndOfTheirRangeMoveOneWayOnly() {
    // The logits' difference is the pixels' sum, and all pixels are 0: only the label 1 can lose.
    Classifier classifier = difference(Matrix.of(1, 2, 1, 1), 0.001);
    LocalVerifier verifier = new LocalVerifier(classifier);
    float[] black = {0, 0};
    for (PerturbationNorm norm : PerturbationNorm.values()) {
      assertThat(verifier.proves(VerificationMethod.REACH, black, 0, norm, 0.5)).isTrue();
      assertThat(verifier.proves(VerificationMethod.LOCAL, black, 0, norm, 0.0005)).isTrue();
    }
    assertThat(verifier.proves(VerificationMethod.LOCAL, black, 0, PerturbationNorm.L2, 0.5))
        .isFalse();
  }

  private static Classifier difference(Matrix row, double bias) {
    Matrix weight = Matrix.generate(1, row.columns(), row::get);
    return new Classifier(
        new Architecture(
            1,
            row.columns(),
            2,
            1,
            new SmoothLeakyRelu(0.1),
            Discretization.defaults(),
            Normalization.NONE),
        weight,
        Matrix.zeros(1, 1),
        Matrix.zeros(1, 1),
        Matrix.zeros(1, 1),
        Matrix.of(2, 1, 1, 0),
        Matrix.of(1, 2, bias, 0));
  }

  @Test
  void ofHugeWeightsNothingIsProved() {
    Classifier classifier = difference(Matrix.of(1, 2, 1e200, 1), 1);
    LocalVerifier verifier = new LocalVerifier(classifier);
    float[] image = {0.5f, 0.5f};
    for (PerturbationNorm norm : PerturbationNorm.values()) {
      assertThat(verifier.proves(VerificationMethod.REACH, image, 1, norm, 0.1)).isFalse();
    }
    Classifier wild = classifier.withOdeWeight(Matrix.of(1, 1, 1e180));
    assertThat(
            new LocalVerifier(wild)
                .proves(VerificationMethod.REACH, image, 0, PerturbationNorm.L2, 0.1))
        .isFalse();
  }

  @Test
  void refusesWhatDoesNotFit() {
    LocalVerifier verifier = new LocalVerifier(difference(Matrix.of(1, 2, 1, 1), 0));
    float[] image = {0, 0.5f};
    PerturbationNorm norm = PerturbationNorm.L2;
    VerificationMethod reach = VerificationMethod.REACH;
    assertThatThrownBy(() -> verifier.proves(reach, new float[3], 0, norm, 1))
        .hasMessageContaining("3 pixels");
    assertThatThrownBy(() -> verifier.proves(reach, image, 2, norm, 1))
        .hasMessageContaining("label (2)");
    assertThatThrownBy(() -> verifier.proves(reach, new float[] {0, 1.5f}, 0, norm, 1))
        .hasMessageContaining("pixel (1.5)");
    assertThatThrownBy(() -> verifier.proves(reach, image, 0, norm, Double.NaN))
        .hasMessageContaining("eps (NaN)");
    assertThatThrownBy(() -> verifier.proves(VerificationMethod.LIPSCHITZ, image, 0, norm, 1))
        .hasMessageContaining("lipschitz");
  }
}
