package org.flowbound.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.comparison.ComparisonResult.Model;
import org.flowbound.report.Verdict.Outcome;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static ComparisonResult of(Model... models) {
    ComparisonResult typical = ComparisonFixture.typical();
    return new ComparisonResult(
        typical.dataset(), List.of(models), List.of(), typical.provenance());
  }

  @Test
  void saysWhatWasGainedAndWhatItCost() {
    Verdict verdict = Verdict.of(ComparisonFixture.typical());
    assertThat(verdict.outcome()).isEqualTo(Outcome.GAINED);
    assertThat(verdict.headline())
        .isEqualTo(
            "Stability with bounded linear layers bought 42.7 points of accuracy under attack and cost 0.9 points of clean accuracy.");
    assertThat(verdict.statement())
        .isEqualTo(
            "FGSM with ε = 0.05 leaves the classical network 27.4\u00a0% of 10\u202f000 test images and “stable −0.5, κ = 2”, the best of 3 stabilised networks, 70.1\u00a0%: a difference of 42.7 points (95\u00a0% interval 41.4 to 43.9). Its flow has a certified δ ≤ −0.500. On clean images the two reach 97.6\u00a0% and 96.7\u00a0%. After any perturbation of Euclidean length 0.25, 84.8\u00a0% are proved to stay right, against 0.0\u00a0%.");
  }

  @Test
  void saysWhenNothingWasGained() {
    Verdict verdict = Verdict.of(ComparisonFixture.nothingGained());
    assertThat(verdict.outcome()).isEqualTo(Outcome.NOTHING_GAINED);
    assertThat(verdict.headline())
        .isEqualTo(
            "Stability bought no measurable robustness and cost 1.4 points of clean accuracy.");
    assertThat(verdict.statement())
        .contains("“stable 0”, the stabilised network, 27.8\u00a0%")
        .contains("a difference of 0.4 points (95\u00a0% interval −0.8 to 1.6)");
  }

  @Test
  void saysWhenSomethingWasLost() {
    Verdict verdict = Verdict.of(ComparisonFixture.lost());
    assertThat(verdict.outcome()).isEqualTo(Outcome.LOST);
    assertThat(verdict.headline())
        .isEqualTo(
            "Stability lost 7.4 points of accuracy under attack at no measurable cost in clean accuracy.");
  }

  @Test
  void saysThatACleanGainIsAGain() {
    double[] fgsm = {0.99, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3};
    Model better = ComparisonFixture.model("better", 0.0, null, -0.1, 0.0, 0.99, fgsm, 5);
    assertThat(Verdict.of(of(ComparisonFixture.classical(), better)).headline())
        .isEqualTo(
            "Stability bought 32.6 points of accuracy under attack and 1.4 points of clean accuracy.");
  }

  @Test
  void doesNotCompareWithoutAPair() {
    Verdict verdict = Verdict.of(ComparisonFixture.classicalOnly());
    assertThat(verdict.outcome()).isEqualTo(Outcome.NOT_COMPARED);
    assertThat(verdict.headline()).startsWith("Only classical networks were trained");
    assertThat(verdict.statement())
        .isEqualTo(
            "“classical” classifies 97.6\u00a0% of 10\u202f000 clean test images correctly, and 27.4\u00a0% under FGSM with ε = 0.05; its δ is certified to lie in [2.587, 2.591].");
    assertThat(verdict.caveats()).isEmpty();
    assertThat(Verdict.of(of(ComparisonFixture.stable())).headline())
        .startsWith("No classical network was trained");
    assertThat(Verdict.of(ComparisonFixture.sparse()).outcome()).isEqualTo(Outcome.NOT_COMPARED);
  }

  @Test
  void warnsOfLinearLayersBoundedInTheStabilisedNetworkOnly() {
    assertThat(Verdict.of(ComparisonFixture.typical()).caveats())
        .anySatisfy(caveat -> assertThat(caveat).contains("due to δ alone"));
    double[] fgsm = {0.97, 0.93, 0.87, 0.76, 0.48, 0.21, 0.08, 0.01};
    Model control = ComparisonFixture.model("classical, κ = 2", null, 2.0, 1.1, 1.2, 0.97, fgsm, 2);
    ComparisonResult controlled =
        of(ComparisonFixture.classical(), control, ComparisonFixture.stableAndBounded());
    assertThat(Verdict.of(controlled).caveats())
        .noneSatisfy(caveat -> assertThat(caveat).contains("due to δ alone"))
        .anySatisfy(
            caveat ->
                assertThat(caveat)
                    .startsWith(
                        "Bounding the linear layers by κ = 2 alone brings the classical network to 48.0\u00a0%, 20.6 points; the stable flow accounts for the other 22.1 ("));
    assertThat(Verdict.of(of(ComparisonFixture.classical(), ComparisonFixture.stable())).caveats())
        .noneSatisfy(caveat -> assertThat(caveat).contains("due to δ alone"));
  }

  @Test
  void warnsOfATargetThatIsNotCertified() {
    double[] fgsm = {0.97, 0.93, 0.87, 0.8, 0.5, 0.21, 0.08, 0.01};
    Model missed = ComparisonFixture.model("missed", -0.5, null, -0.52, -0.4987, 0.97, fgsm, 5);
    assertThat(Verdict.of(of(ComparisonFixture.classical(), missed)).caveats())
        .contains("“missed” was trained for δ ≤ −0.5, but only δ ≤ −0.498700 is certified.");
  }

  @Test
  void comparesAtTheLargestBudgetIfTheClassicalNetworkNeverBreaks() {
    double[] strong = {0.97, 0.97, 0.96, 0.95, 0.94, 0.93, 0.92, 0.91};
    Model classical = ComparisonFixture.model("classical", null, null, 2, 2, 0.97, strong, 5);
    Verdict verdict = Verdict.of(of(classical, ComparisonFixture.stable()));
    assertThat(verdict.statement()).startsWith("FGSM with ε = 0.15 leaves");
    assertThat(verdict.caveats().get(0)).startsWith("ε = 0.15 is the largest budget tried");
  }
}
