package org.flowbound.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.field.StandardActivation;
import org.flowbound.flow.Backward;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.BatchNetwork;
import org.flowbound.network.BatchNetwork.Loss;
import org.flowbound.network.Classifier;
import org.flowbound.network.DirectEvaluation;
import org.flowbound.network.Normalization;
import org.flowbound.network.Parameters;
import org.flowbound.training.AdversarialTraining.Method;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectiveTest {
  private static final int M = 5;
  private static final double LIPSCHITZ = 0.7;
  private static final ObjectiveOptions PLAIN = ObjectiveOptions.crossEntropy();
  private static final Architecture ARCHITECTURE =
      new Architecture(
          3,
          4,
          5,
          6,
          StandardActivation.TANH,
          new Discretization(RungeKutta.EULER, 6, 1),
          new Normalization(0.2, 0.5));
  private static final int[] LABELS = {9, 1, 4, 0, 2, 3};

  private final RandomGenerator random = new SplittableRandom(5);
  private final Parameters parameters = Parameters.random(ARCHITECTURE, Precision.FLOAT64, random);
  private final float[] images = new float[M * ARCHITECTURE.pixels()];

  ObjectiveTest() {
    for (int k = 0; k < images.length; k++) {
      images[k] = 0.2f + 0.6f * random.nextFloat();
    }
    parameters.outputWeight().scale(3);
  }

  private @Nullable LipschitzMargin margin(ObjectiveOptions options) {
    return options.marginEps() == 0
        ? null
        : new LipschitzMargin(options.marginEps() * LIPSCHITZ, parameters.outputWeight());
  }

  private Loss evaluate(ObjectiveOptions options, Parameters gradient) {
    Objective objective = new Objective(parameters, options, 0, Backward.STORE);
    System.arraycopy(images, 0, objective.images(), 0, images.length);
    return objective.evaluate(M, LABELS, 1, 1, new SplittableRandom(3), margin(options), gradient);
  }

  private void gradientAgreesWithFiniteDifferences(
      ObjectiveOptions options, double h, double tolerance) {
    Parameters gradient = new Parameters(ARCHITECTURE, Precision.FLOAT64);
    Parameters unused = new Parameters(ARCHITECTURE, Precision.FLOAT64);
    evaluate(options, gradient);
    NativeMatrix theta = parameters.vector();
    for (int k = 0; k < theta.size(); k++) {
      double value = theta.get(0, k);
      theta.set(0, k, value + h);
      double plus = evaluate(options, unused).loss();
      theta.set(0, k, value - h);
      double minus = evaluate(options, unused).loss();
      theta.set(0, k, value);
      assertThat(gradient.vector().get(0, k))
          .as("parameter %d", k)
          .isCloseTo((plus - minus) / (2 * h), within(tolerance));
    }
  }

  @Test
  void gradientOfTheMargin() {
    gradientAgreesWithFiniteDifferences(PLAIN.withMarginEps(0.8), 1e-6, 1e-6);
  }

  // Perturbed images move with the parameters by the signs of gradients only.
  @ParameterizedTest
  @ValueSource(strings = {"FGSM", "PGD"})
  void gradientAtPerturbedImages(String method) {
    gradientAgreesWithFiniteDifferences(
        PLAIN.withAdversarial(AdversarialTraining.of(Method.valueOf(method), 0.1)), 1e-6, 1e-6);
  }

  @Test
  void gradientOfTrades() {
    gradientAgreesWithFiniteDifferences(
        PLAIN.withAdversarial(AdversarialTraining.of(Method.TRADES, 0.2)).withMarginEps(0.1),
        1e-6,
        1e-6);
  }

  // Directions are stored in single precision, which a smaller step would show.
  @Test
  void gradientOfTheJacobianIsADifferenceQuotient() {
    gradientAgreesWithFiniteDifferences(PLAIN.withJacobianWeight(0.1), 1e-3, 2e-3);
  }

  @Test
  void allAtOnce() {
    gradientAgreesWithFiniteDifferences(
        new ObjectiveOptions(
            0.3, AdversarialTraining.of(Method.TRADES, 0.1).withSteps(3), 0.1, 0.01, 0),
        1e-4,
        2e-3);
  }

  @Test
  void theMarginIsTheCertificate() {
    // The loss is small only where the certified radius exceeds the margin's.
    LipschitzMargin margin = new LipschitzMargin(0.5 * LIPSCHITZ, parameters.outputWeight());
    Matrix c = parameters.outputWeight().toMatrix();
    double[] logits = {1, 2, 0, -1, 0.5};
    double[] raised = logits.clone();
    margin.raise(raised, 1);
    for (int j = 0; j < 5; j++) {
      double square = 0;
      for (int k = 0; k < c.columns(); k++) {
        square += Math.pow(c.get(1, k) - c.get(j, k), 2);
      }
      assertThat(raised[j])
          .isCloseTo(logits[j] + 0.5 * LIPSCHITZ * Math.sqrt(square), within(1e-12));
    }
  }

  @Test
  void theJacobiansEstimateIsUnbiased() {
    double weight = 0.3;
    double expected = 0;
    Classifier classifier = parameters.toClassifier();
    float h = 1e-3f;
    for (int i = 0; i < M; i++) {
      for (int k = 0; k < ARCHITECTURE.pixels(); k++) {
        float[] moved = images.clone();
        moved[i * ARCHITECTURE.pixels() + k] += h;
        double[] plus = DirectEvaluation.logits(classifier, moved, i);
        moved[i * ARCHITECTURE.pixels() + k] -= 2 * h;
        double[] minus = DirectEvaluation.logits(classifier, moved, i);
        for (int j = 0; j < plus.length; j++) {
          expected += 0.5 * weight * Math.pow((plus[j] - minus[j]) / (2 * h), 2);
        }
      }
    }
    Objective objective =
        new Objective(parameters, PLAIN.withJacobianWeight(weight), 0, Backward.STORE);
    Parameters unused = new Parameters(ARCHITECTURE, Precision.FLOAT64);
    double plain = evaluate(PLAIN, unused).loss();
    SplittableRandom directions = new SplittableRandom(8);
    double sum = 0;
    int draws = 4000;
    for (int draw = 0; draw < draws; draw++) {
      System.arraycopy(images, 0, objective.images(), 0, images.length);
      sum += objective.evaluate(M, LABELS, 1, 1, directions, null, unused).loss() - plain;
    }
    assertThat(sum / draws).isCloseTo(expected, within(0.03 * expected));
  }

  @Test
  void plainIsTheCrossEntropy() {
    BatchNetwork network = new BatchNetwork(parameters, M);
    network.load(images, M);
    network.forward();
    Loss expected = network.loss(LABELS, 1, 1);
    Loss loss = evaluate(PLAIN, new Parameters(ARCHITECTURE, Precision.FLOAT64));
    assertThat(loss.loss()).isCloseTo(expected.loss(), within(1e-12));
    assertThat(loss.correct()).isEqualTo(expected.correct());
  }

  @ParameterizedTest
  @ValueSource(strings = {"FGSM", "PGD", "TRADES"})
  void perturbationsStayInTheirBallsAndRaiseTheLoss(String method) {
    Architecture architecture =
        new Architecture(
            3,
            4,
            5,
            6,
            new SmoothLeakyRelu(0.1),
            new Discretization(RungeKutta.EULER, 6, 1),
            Normalization.NONE);
    Parameters single = Parameters.random(architecture, Precision.FLOAT32, random);
    single.inputWeight().scale(5);
    single.outputWeight().scale(5);
    BatchNetwork network = new BatchNetwork(single, M);
    AdversarialTraining options = AdversarialTraining.of(Method.valueOf(method), 0.3);
    float[] perturbed = new float[images.length];
    new AdversarialImages(network, options, architecture.pixels(), 5, M)
        .perturb(images, M, LABELS, 1, new SplittableRandom(2), perturbed);
    for (int k = 0; k < images.length; k++) {
      assertThat(perturbed[k]).isBetween(0f, 1f);
      assertThat(Math.abs(perturbed[k] - images[k])).isLessThanOrEqualTo(0.3f + 1e-6f);
    }
    assertThat(loss(network, perturbed)).isGreaterThan(loss(network, images));
    float[] again = new float[images.length];
    new AdversarialImages(network, options, architecture.pixels(), 5, M)
        .perturb(images, M, LABELS, 1, new SplittableRandom(2), again);
    assertThat(Arrays.equals(perturbed, again)).isTrue();
  }

  private static double loss(BatchNetwork network, float[] pixels) {
    network.load(pixels, M);
    network.forward();
    return network.loss(LABELS, 1, 1).loss();
  }

  @Test
  void contractivityPenaltyAgreesWithFiniteDifferences() {
    int d = ARCHITECTURE.width();
    Parameters single = Parameters.random(ARCHITECTURE, Precision.FLOAT32, random);
    for (int i = 0; i < d; i += 2) {
      single.odeWeight().set(i, i, -5);
    }
    ContractivityPenalty penalty = new ContractivityPenalty(d, 0.5);
    Variables gradient = new Variables(ARCHITECTURE, 0);
    penalty.addGradient(single, gradient);
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        double value = single.odeWeight().get(i, j);
        single.odeWeight().set(i, j, value + 1e-2);
        double plus = penalty.addGradient(single, new Variables(ARCHITECTURE, 0));
        single.odeWeight().set(i, j, value - 1e-2);
        double minus = penalty.addGradient(single, new Variables(ARCHITECTURE, 0));
        single.odeWeight().set(i, j, value);
        if (Math.abs(value) > 1e-2) {
          assertThat(gradient.parameters().odeWeight().get(i, j))
              .isCloseTo((plus - minus) / 2e-2, within(1e-4));
        }
      }
    }
  }
}
