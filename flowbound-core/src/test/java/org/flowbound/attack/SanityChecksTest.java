package org.flowbound.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.flowbound.data.LabeledImages;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.network.Classifier;
import org.flowbound.parallel.Workers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SanityChecksTest {
  private final SplittableRandom random = new SplittableRandom(3);
  private final Classifier honest = AttackNetworks.random(4, random);
  private final LabeledImages images = AttackNetworks.imagesOf(honest, 200, random);

  private List<SanityCheck> checks(Classifier classifier, PerturbationNorm norm) {
    List<SanityCheck> heard = new ArrayList<>();
    try (Workers workers = new Workers(2)) {
      List<SanityCheck> checks =
          new SanityChecks(classifier, images, norm, 1, workers)
              .run((check, done, all) -> heard.add(check));
      assertThat(heard).isEqualTo(checks);
      return checks;
    }
  }

  private static List<String> failed(List<SanityCheck> checks) {
    return checks.stream().filter(check -> !check.passed()).map(SanityCheck::name).toList();
  }

  @ParameterizedTest
  @EnumSource(PerturbationNorm.class)
  void anHonestNetworkPasses(PerturbationNorm norm) {
    List<SanityCheck> checks = checks(honest, norm);
    assertThat(checks).hasSize(7);
    assertThat(failed(checks)).as(checks.toString()).isEmpty();
  }

  /** Huge logits make the loss so flat that its gradient is 0 in single precision. */
  @ParameterizedTest
  @EnumSource(PerturbationNorm.class)
  void aSaturatedNetworkIsFoundOut(PerturbationNorm norm) {
    Classifier saturated =
        new Classifier(
            honest.architecture(),
            honest.inputWeight(),
            honest.inputBias(),
            honest.odeWeight(),
            honest.odeBias(),
            honest.outputWeight().times(1e6),
            honest.outputBias().times(1e6));
    assertThat(failed(checks(saturated, norm))).containsExactly("gradients do not vanish");
  }

  /**
   * Steps that are too large for the flow make a map of their own, which finer ones do not share.
   */
  @ParameterizedTest
  @EnumSource(PerturbationNorm.class)
  void aNetworkThatIsItsIntegratorIsFoundOut(PerturbationNorm norm) {
    Classifier stiff =
        honest
            .withDiscretization(new Discretization(RungeKutta.EULER, 1, 1))
            .withOdeWeight(honest.odeWeight().times(12));
    assertThat(failed(checks(stiff, norm))).contains("the integrator does not matter");
  }
}
