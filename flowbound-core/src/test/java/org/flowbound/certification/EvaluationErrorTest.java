package org.flowbound.certification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.flowbound.network.Parameters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EvaluationErrorTest {
  /**
   * Strong contraction makes A large; its norm must not enter exponentially. A logit of size 1 has
   * a resolution of 1e-7 in single precision. Of the two methods left out, whose coefficients are
   * large and of both signs, no bound below 1 is known for a network of this kind.
   */
  @ParameterizedTest
  @EnumSource(
      value = RungeKutta.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"DORMAND_PRINCE", "TSITOURAS"})
  void isFarBelowAnyMarginForAContractiveNetwork(RungeKutta method) {
    Classifier classifier =
        Parameters.random(
                new Architecture(
                    28,
                    28,
                    10,
                    64,
                    new SmoothLeakyRelu(0.1),
                    new Discretization(method, 20, 1),
                    Normalization.NONE),
                Precision.FLOAT64,
                new SplittableRandom(4))
            .toClassifier();
    classifier =
        classifier.withOdeWeight(classifier.odeWeight().plus(Matrix.identity(64).times(-8)));
    LipschitzBounds bounds = LipschitzBounds.of(classifier, -0.7);
    assertThat(bounds.network()).isLessThan(1);
    assertThat(EvaluationError.ofLogits(classifier, bounds.network())).isBetween(1e-15, 1e-7);
  }
}
