package org.flowbound.certification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.data.LabeledImages;
import org.flowbound.field.LayerField;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.field.StandardActivation;
import org.flowbound.flow.DiscreteFlow;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.DirectEvaluation;
import org.flowbound.network.Normalization;
import org.flowbound.network.Parameters;
import org.flowbound.parallel.Workers;
import org.flowbound.stability.Expansivity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertificationTest {
  private static final int PIXELS = 9;
  private final RandomGenerator random = new SplittableRandom(12);

  private Classifier classifier(RungeKutta method, int steps, double scale) {
    Classifier plain =
        Parameters.random(
                new Architecture(
                    3,
                    3,
                    3,
                    5,
                    new SmoothLeakyRelu(0.1),
                    new Discretization(method, steps, 1),
                    new Normalization(0.1, 0.4)),
                Precision.FLOAT64,
                random)
            .toClassifier();
    return plain.withOdeWeight(plain.odeWeight().times(scale));
  }

  private static double deltaUpper(Classifier classifier) {
    return Expansivity.of(classifier.odeWeight(), classifier.architecture().activation().slopes())
        .bound()
        .upper();
  }

  @ParameterizedTest
  @EnumSource(RungeKutta.class)
  void noPairOfStatesIsDrivenApartFurtherThanTheBoundSays(RungeKutta method) {
    for (int k = 0; k < 20; k++) {
      Classifier classifier = classifier(method, 1 + k % 5, 0.5 + 0.3 * k);
      LipschitzBounds bounds = LipschitzBounds.of(classifier, deltaUpper(classifier));
      DiscreteFlow flow =
          new DiscreteFlow(
              new LayerField(
                  DoubleMatrix.of(classifier.odeWeight()),
                  DoubleMatrix.of(classifier.odeBias()),
                  classifier.architecture().activation()),
              classifier.architecture().discretization(),
              Precision.FLOAT64,
              2);
      for (int pair = 0; pair < 200; pair++) {
        double size = Math.exp(random.nextDouble(-8, 3));
        Matrix start = Matrix.generate(2, 5, (i, j) -> random.nextGaussian() * size);
        flow.initialStates(2).setFrom(start);
        Matrix end = flow.forward().toMatrix();
        assertThat(distance(end)).isLessThanOrEqualTo(distance(start) * bounds.network());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(RungeKutta.class)
  void noSlopesOfTheStagesExpandAStepFurtherThanTheBoundSays(RungeKutta method) {
    for (double size : new double[] {0.01, 0.3, 1}) {
      Classifier classifier =
          classifier(method, 1, 1).withOdeWeight(Matrix.identity(5).times(-size));
      StepExpansion step =
          new StepExpansion(
              classifier.odeWeight(),
              classifier.architecture().activation().slopes(),
              method,
              classifier.architecture().discretization().stepSize());
      assertThat(LipschitzBounds.of(classifier, deltaUpper(classifier)).network())
          .isGreaterThanOrEqualTo(step.bound().lower() * (1 - 1e-12));
    }
  }

  private static double distance(Matrix pair) {
    double sum = 0;
    for (int j = 0; j < pair.columns(); j++) {
      double difference = pair.get(0, j) - pair.get(1, j);
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }

  @ParameterizedTest
  @EnumSource(RungeKutta.class)
  void theEmpiricalConstantIsALowerBound(RungeKutta method) {
    byte[] pixels = new byte[100 * PIXELS];
    random.nextBytes(pixels);
    LabeledImages images = new LabeledImages(3, 3, 3, pixels, new byte[100]);
    try (Workers workers = new Workers(2)) {
      for (double scale : new double[] {0.3, 1, 4}) {
        Classifier classifier = classifier(method, 5, scale);
        LipschitzBounds bounds = LipschitzBounds.of(classifier, deltaUpper(classifier));
        double empirical = EmpiricalLipschitz.of(classifier, images, 30, 1, workers);
        assertThat(empirical).isLessThanOrEqualTo(bounds.network()).isGreaterThan(0.3);
        double few = EmpiricalLipschitz.of(classifier, images, 2, 1, workers);
        assertThat(few).isLessThanOrEqualTo(empirical);
      }
    }
  }

  @Test
  void theEmpiricalConstantOfALinearFlowIsExact() {
    Matrix a = Matrix.diagonal(-1, 0.5, 0.2);
    Architecture architecture =
        new Architecture(
            1,
            3,
            2,
            3,
            StandardActivation.IDENTITY,
            new Discretization(RungeKutta.EULER, 4, 1),
            Normalization.NONE);
    Classifier classifier =
        new Classifier(
            architecture,
            Matrix.identity(3),
            Matrix.zeros(1, 3),
            a,
            Matrix.zeros(1, 3),
            Matrix.zeros(2, 3),
            Matrix.zeros(1, 2));
    LabeledImages images = new LabeledImages(1, 3, 2, new byte[3], new byte[1]);
    try (Workers workers = new Workers(1)) {
      assertThat(EmpiricalLipschitz.of(classifier, images, 60, 1, workers))
          .isCloseTo(Math.pow(1.125, 4), within(1e-6));
    }
  }

  @Test
  void theFlowBoundIsTheLimitOfTheNetworkBound() {
    Classifier classifier = classifier(RungeKutta.EULER, 100_000, 3);
    LipschitzBounds bounds = LipschitzBounds.of(classifier, -0.7);
    assertThat(bounds.flow()).isCloseTo(Math.exp(-0.7), within(1e-15));
    assertThat(bounds.network()).isCloseTo(bounds.flow(), within(1e-3));
  }

  @Test
  void noPerturbationWithinTheCertifiedRadiusChangesThePrediction() {
    Classifier classifier = classifier(RungeKutta.EULER, 8, 1.5);
    RadiusCertificate certificate =
        new RadiusCertificate(classifier, LipschitzBounds.of(classifier, deltaUpper(classifier)));
    int certified = 0;
    for (int k = 0; k < 200; k++) {
      float[] image = new float[PIXELS];
      for (int p = 0; p < PIXELS; p++) {
        image[p] = random.nextFloat();
      }
      double[] logits = DirectEvaluation.logits(classifier, image, 0);
      int label = argmax(logits);
      double radius = certificate.radius(logits, label);
      assertThat(radius).isPositive();
      assertThat(certificate.radius(logits, (label + 1) % 3)).isNotPositive();
      certified++;
      for (int trial = 0; trial < 50; trial++) {
        double[] direction = new double[PIXELS];
        double length = 0;
        for (int p = 0; p < PIXELS; p++) {
          direction[p] = random.nextGaussian();
          length += direction[p] * direction[p];
        }
        float[] moved = image.clone();
        for (int p = 0; p < PIXELS; p++) {
          moved[p] += (float) (0.999 * radius * direction[p] / Math.sqrt(length));
        }
        assertThat(argmax(DirectEvaluation.logits(classifier, moved, 0))).isEqualTo(label);
      }
    }
    assertThat(certified).isEqualTo(200);
  }

  @Test
  void aLinearNetworkIsCertifiedUpToItsDecisionBoundary() {
    // A = 0 makes the flow a translation; with orthonormal layers the radius is exact.
    Architecture architecture =
        new Architecture(
            1, 2, 2, 2, new SmoothLeakyRelu(0.1), Discretization.defaults(), Normalization.NONE);
    Classifier classifier =
        new Classifier(
            architecture,
            Matrix.identity(2),
            Matrix.zeros(1, 2),
            Matrix.zeros(2, 2),
            Matrix.zeros(1, 2),
            Matrix.identity(2),
            Matrix.zeros(1, 2));
    RadiusCertificate certificate =
        new RadiusCertificate(classifier, LipschitzBounds.of(classifier, 0));
    byte[] pixels = {(byte) 255, 0, 51, 102};
    LabeledImages images = new LabeledImages(1, 2, 2, pixels, new byte[] {0, 0});
    try (Workers workers = new Workers(1)) {
      double[] radii = certificate.radii(images, workers);
      assertThat(radii[0]).isCloseTo(1 / Math.sqrt(2), within(1e-12));
      assertThat(radii[1]).isNegative();
      CertifiedAccuracy accuracy =
          certificate.accuracy(images, new double[] {0, 0.7, 0.71}, workers);
      assertThat(accuracy.results())
          .containsExactly(
              new CertifiedAccuracy.Point(0, 0.5),
              new CertifiedAccuracy.Point(0.7, 0.5),
              new CertifiedAccuracy.Point(0.71, 0));
    }
  }

  private static int argmax(double[] values) {
    int best = 0;
    for (int k = 1; k < values.length; k++) {
      best = values[k] > values[best] ? k : best;
    }
    return best;
  }
}
