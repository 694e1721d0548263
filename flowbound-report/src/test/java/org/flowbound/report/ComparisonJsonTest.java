package org.flowbound.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.certification.CertifiedAccuracy;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.comparison.ComparisonResult.Model;
import org.flowbound.training.TrainingHistory.Epoch;
import org.junit.jupiter.api.Test;

class ComparisonJsonTest {
  private static JsonNode parse(ComparisonResult result) throws Exception {
    ObjectMapper strict = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    return strict.readTree(ComparisonJson.write(result));
  }

  @Test
  void holdsEveryModelWithItsAttacks() throws Exception {
    ComparisonResult result = ComparisonFixture.typical();
    JsonNode models = parse(result).get("models");
    assertThat(models).hasSize(4);
    for (int m = 0; m < 4; m++) {
      Model model = result.models().get(m);
      JsonNode node = models.get(m);
      assertThat(node.get("name").textValue()).isEqualTo(model.name());
      assertThat(node.get("stability").textValue()).isEqualTo(model.stability());
      assertThat(node.at("/delta/lower").doubleValue()).isEqualTo(model.delta().lower());
      assertThat(node.at("/delta/upper").doubleValue()).isEqualTo(model.delta().upper());
      assertThat(node.at("/layerNorms/input").doubleValue()).isEqualTo(model.inputNorm());
      assertThat(node.at("/layerNorms/output").doubleValue()).isEqualTo(model.outputNorm());
      assertThat(node.get("testAccuracy").doubleValue()).isEqualTo(model.testAccuracy());
      assertThat(node.get("trainAccuracy").doubleValue()).isEqualTo(model.trainAccuracy());
      assertThat(node.get("file").textValue()).isEqualTo(model.file());
      assertThat(node.get("attacks")).hasSize(2);
      for (int a = 0; a < 2; a++) {
        RobustnessCurve curve = model.attacks().get(a);
        JsonNode attack = node.get("attacks").get(a);
        assertThat(attack.get("attack").textValue()).isEqualTo(curve.attack());
        assertThat(attack.get("norm").textValue()).isEqualTo(curve.norm());
        assertThat(attack.get("results")).hasSize(curve.results().size());
        for (int k = 0; k < curve.results().size(); k++) {
          RobustnessCurve.Point point = curve.results().get(k);
          JsonNode at = attack.get("results").get(k);
          assertThat(at.get("eps").doubleValue()).isEqualTo(point.eps());
          assertThat(at.get("accuracy").doubleValue()).isEqualTo(point.accuracy());
          assertThat(at.get("correct").intValue()).isEqualTo(point.correct());
          assertThat(at.get("total").intValue()).isEqualTo(point.total());
        }
      }
    }
    assertThat(models.get(0).get("target").isNull()).isTrue();
    assertThat(models.get(0).get("linearNorm").isNull()).isTrue();
    assertThat(models.get(2).get("target").doubleValue()).isEqualTo(-0.5);
    assertThat(models.get(2).get("linearNorm").doubleValue()).isEqualTo(2);
  }

  @Test
  void holdsCertifiedAccuracyAndHistory() throws Exception {
    ComparisonResult result = ComparisonFixture.typical();
    Model model = result.models().get(1);
    JsonNode node = parse(result).at("/models/1");
    assertThat(node.at("/certified/lipschitz/network").doubleValue())
        .isEqualTo(model.certified().networkLipschitz());
    assertThat(node.at("/certified/lipschitz/flow").doubleValue())
        .isEqualTo(model.certified().flowLipschitz());
    for (int k = 0; k < model.certified().results().size(); k++) {
      CertifiedAccuracy.Point point = model.certified().results().get(k);
      JsonNode at = node.at("/certified/results").get(k);
      assertThat(at.get("eps").doubleValue()).isEqualTo(point.eps());
      assertThat(at.get("certifiedAccuracy").doubleValue()).isEqualTo(point.certifiedAccuracy());
    }
    assertThat(node.at("/history/epochs")).hasSize(10);
    for (int k = 0; k < 10; k++) {
      Epoch epoch = model.history().epochs().get(k);
      JsonNode at = node.at("/history/epochs").get(k);
      assertThat(at.get("epoch").intValue()).isEqualTo(epoch.epoch());
      assertThat(at.get("loss").doubleValue()).isEqualTo(epoch.loss());
      assertThat(at.at("/delta/upper").doubleValue()).isEqualTo(epoch.delta().upper());
      assertThat(at.get("validationAccuracy").doubleValue()).isEqualTo(epoch.validationAccuracy());
    }
  }

  @Test
  void holdsWhatReproducesTheRunInOrder() throws Exception {
    ComparisonResult result = ComparisonFixture.typical();
    JsonNode root = parse(result);
    assertThat(root.at("/provenance/seed").longValue()).isEqualTo(42);
    assertThat(root.at("/provenance/commandLine").textValue())
        .isEqualTo(result.provenance().commandLine());
    assertThat(root.at("/provenance/options").fieldNames())
        .toIterable()
        .containsExactlyElementsOf(result.provenance().options().keySet());
    assertThat(root.at("/dataset/name").textValue()).isEqualTo("mnist");
    assertThat(root.at("/dataset/training").intValue()).isEqualTo(55_000);
    assertThat(root.at("/dataset/classNames")).hasSize(10);
    assertThat(root.at("/verdict/outcome").textValue()).isEqualTo("gained");
    assertThat(root.at("/gallery")).hasSize(8);
    assertThat(root.at("/gallery/0/predictions/3/model").textValue()).isEqualTo("stable −2");
    assertThat(root.at("/gallery/0/predictions/3/attacked/class").intValue())
        .isEqualTo(result.gallery().get(0).twins().get(3).attackedPrediction());
  }

  @Test
  void whatIsNotFiniteIsNull() throws Exception {
    String text = ComparisonJson.write(ComparisonFixture.sparse());
    assertThat(text).doesNotContain("NaN").doesNotContain("Infinity");
    JsonNode model = new ObjectMapper().readTree(text).at("/models/0");
    assertThat(model.at("/delta/lower").isNull()).isTrue();
    assertThat(model.at("/delta/upper").isNull()).isTrue();
    assertThat(model.at("/testAccuracy").isNull()).isTrue();
    assertThat(model.at("/certified/lipschitz/network").isNull()).isTrue();
  }
}
