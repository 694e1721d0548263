package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.flowbound.field.SlopeBox;
import org.flowbound.io.TensorReference;
import org.flowbound.linalg.Matrix;
import org.flowbound.model.WeightsFile;
import org.flowbound.stability.Expansivity;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Structures and the trade-off curve of {@code stabilize}. */
class StabilizeCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Matrix WEIGHTS =
      Matrix.of(4, 4, 0.5, 2, 0, 1, -1, 0.3, 1, 0, 0, 3, -0.2, 1, 1, 0, -2, 0.4);

  @TempDir private Path folder;
  private Path weights = Path.of("");

  @BeforeEach
  void writeWeights() throws Exception {
    weights =
        Files.writeString(
            folder.resolve("w.csv"), "0.5,2,0,1\n-1,0.3,1,0\n0,3,-0.2,1\n1,0,-2,0.4\n");
  }

  private Outcome run(String... more) {
    List<String> args = new ArrayList<>(List.of("stabilize", weights.toString()));
    args.addAll(Arrays.asList(more));
    return Outcome.of(args.toArray(String[]::new));
  }

  private static JsonNode json(Outcome outcome) throws Exception {
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    return JSON.readTree(outcome.out());
  }

  private static Matrix read(Path file) throws Exception {
    return WeightsFile.read(TensorReference.parse(file.toString())).matrix();
  }

  @ParameterizedTest
  @ValueSource(strings = {"full", "symmetric", "diagonal", "pattern"})
  void writesWeightsOfEveryStructure(String structure) throws Exception {
    Path out = folder.resolve("stable.csv");
    JsonNode result =
        json(run("--target=-0.3", "--structure=" + structure, "--json", "-o", out.toString()));
    assertThat(result.path("structure").asText()).isEqualTo(structure);
    assertThat(result.path("normLowerBound").asDouble())
        .isLessThanOrEqualTo(result.path("norm").asDouble());
    Matrix stable = read(out);
    assertThat(result.path("deltaAfter").path("upper").asDouble()).isLessThanOrEqualTo(-0.3);
    assertThat(Expansivity.of(stable, SlopeBox.of(0.1)).bound().lower())
        .isLessThanOrEqualTo(-0.3 + 1e-12);
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        double change = stable.get(i, j) - WEIGHTS.get(i, j);
        double mirrored = stable.get(j, i) - WEIGHTS.get(j, i);
        switch (structure) {
          case "symmetric" -> assertThat(Math.abs(change - mirrored)).isLessThan(1e-14);
          case "diagonal" -> assertThat(i == j || change == 0).isTrue();
          case "pattern" -> assertThat(WEIGHTS.get(i, j) != 0 || change == 0).isTrue();
          default -> {}
        }
      }
    }
  }

  @Test
  void aListOfTargetsGivesTheCurve() throws Exception {
    Path chart = folder.resolve("cost.svg");
    JsonNode result = json(run("--target", "1,0.5,0,-0.5", "--json", "--chart", chart.toString()));
    JsonNode curve = result.path("curve");
    assertThat(curve).hasSize(4);
    for (int k = 0; k < 4; k++) {
      JsonNode point = curve.path(k);
      assertThat(point.path("target").asDouble()).isEqualTo(1 - 0.5 * k);
      assertThat(point.path("deltaAfter").path("upper").asDouble())
          .isLessThanOrEqualTo(point.path("target").asDouble());
      if (k > 0) {
        assertThat(point.path("norm").asDouble())
            .isGreaterThan(curve.path(k - 1).path("normLowerBound").asDouble());
      }
    }
    assertThat(Files.readString(chart)).startsWith("<?xml").contains("δ ≤ -0.5");
    Outcome table = run("--target=0.5,0", "--method=certified");
    assertThat(table.exitCode()).as(table.err()).isZero();
    assertThat(table.out()).contains("none is below").contains("0.5").contains("certified");
  }

  @Test
  void writesTheStepsOfTheTwoLevelMethod() throws Exception {
    Path history = folder.resolve("steps.csv");
    json(run("--target=0.4", "--method=two-level", "--json", "--history=" + history));
    List<String> lines = Files.readAllLines(history);
    assertThat(lines.get(0)).isEqualTo("outer,epsilon,F,gradient_norm");
    assertThat(lines.size()).isGreaterThan(2);
    assertThat(lines.get(1)).matches("1(,[0-9.E-]+){3}");
  }

  @Test
  void aSingleTargetHasNoCurve() throws Exception {
    JsonNode result = json(run("--target=0.5", "--json"));
    assertThat(result.has("curve")).isFalse();
    assertThat(result.path("target").asDouble()).isEqualTo(0.5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--target=0 --structure=symmetric --method=shift",
        "--target=0 --structure=pattern --method=two-level",
        "--target=0 --chart=c.svg",
        "--target=1,0 -o stable.csv",
        "--target=1,-0.5 --alpha=0",
        "--target=0 --history=h.csv",
      })
  void whatDoesNotGoTogetherIsWrongUsage(String line) {
    Outcome outcome = run(line.split(" ", -1));
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errorLines()).filteredOn(text -> !text.contains("round")).hasSize(1);
  }

  @Test
  void anEmptyDiagonalWithItsPatternKeptIsNeverContractive() throws Exception {
    Files.writeString(weights, "0,2\n1,0\n");
    Outcome outcome = run("--target=-0.5", "--structure=pattern");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .contains("-0.5")
        .contains("out of reach");
  }
}
