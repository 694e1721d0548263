package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThresholdCommandTest {
  /** At level 0 its threshold is {@code 1/3}: see the library's test of damped rotations. */
  private static final Matrix ROTATION = Matrix.of(2, 2, -1, Math.sqrt(3), -Math.sqrt(3), -1);

  @TempDir private Path folder;

  private String weights(Matrix matrix) throws Exception {
    Path file = folder.resolve("weights.npy");
    Weights.write(file, "A", matrix);
    return file.toString();
  }

  private static JsonNode json(Outcome outcome) throws Exception {
    assertThat(outcome.err()).isEmpty();
    return new ObjectMapper().readTree(outcome.out());
  }

  private static Matrix hard(int d) {
    SplittableRandom random = new SplittableRandom(5);
    Matrix g = Matrix.generate(d, d, (i, j) -> random.nextDouble(-1, 1));
    return g.minus(g.transpose()).minus(Matrix.identity(d).times(0.3));
  }

  @Test
  void jsonHoldsTheBracket() throws Exception {
    Outcome outcome = Outcome.of("threshold", weights(ROTATION), "--tol=1e-8", "--json");
    assertThat(outcome.exitCode()).isZero();
    JsonNode result = json(outcome);
    assertThat(result.get("level").doubleValue()).isZero();
    assertThat(result.get("exact").booleanValue()).isTrue();
    assertThat(result.get("alphaLower").doubleValue()).isCloseTo(1.0 / 3, within(1e-8));
    assertThat(result.get("alphaUpper").doubleValue())
        .isCloseTo(1.0 / 3, within(1e-8))
        .isGreaterThanOrEqualTo(result.get("alphaLower").doubleValue());
    assertThat(result.has("contractive")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0.9,always", "-1.1,never"})
  void whereThereIsNoThresholdJsonSaysWhy(double level, String contractive) throws Exception {
    Outcome outcome = Outcome.of("threshold", weights(ROTATION), "--level=" + level, "--json");
    assertThat(outcome.exitCode()).isZero();
    JsonNode result = json(outcome);
    assertThat(result.get("contractive").textValue()).isEqualTo(contractive);
    assertThat(result.has("alphaLower")).isFalse();
    assertThat(result.has("alphaUpper")).isFalse();
    assertThat(Outcome.of("threshold", weights(ROTATION), "--level=" + level).out())
        .contains("is " + contractive + " kept");
  }

  @Test
  void theBaselineIsReportedBesideIt() throws Exception {
    JsonNode result = json(Outcome.of("threshold", weights(ROTATION), "--baseline", "--json"));
    assertThat(result.get("gradientSystem").doubleValue())
        .isCloseTo(result.get("alphaLower").doubleValue(), within(2e-6));
    assertThat(Outcome.of("threshold", weights(ROTATION), "--baseline").out())
        .contains("certifies nothing");
    JsonNode always =
        json(Outcome.of("threshold", weights(ROTATION), "--level=9", "--baseline", "--json"));
    assertThat(always.get("gradientSystem").isNull()).isTrue();
  }

  @Test
  void textStatesTheBracket() throws Exception {
    Outcome outcome = Outcome.of("threshold", weights(ROTATION));
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .containsPattern("alpha\\* +in \\[0\\.33333\\d+, 0\\.33333\\d+]")
        .contains("closed to the tolerance 1.0E-6");
  }

  @Test
  void onlyAnExplicitLimitThatEndsTheSearchIsExitCode5() throws Exception {
    String file = weights(hard(24));
    Outcome outcome = Outcome.of("threshold", file, "--time-limit=0", "--json");
    assertThat(outcome.exitCode()).isEqualTo(5);
    JsonNode result = json(outcome);
    assertThat(result.get("exact").booleanValue()).isFalse();
    assertThat(result.get("alphaLower").doubleValue())
        .isLessThan(result.get("alphaUpper").doubleValue());
    assertThat(Outcome.of("threshold", file, "--time-limit=0").out()).contains("still open");
    assertThat(Outcome.of("threshold", weights(ROTATION), "--time-limit=1e300").exitCode())
        .isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--tol=0 | --tol 0.0 must lie in (0, 1)",
        "--level=inf | --level inf must lie in (-inf, inf)",
        "--level=NaN | --level NaN must lie in (-inf, inf)",
        "--time-limit=-1 | --time-limit -1.0 must lie in [0, inf)",
        "--threads=0 | --threads 0 must be a whole number in [1, 1024]"
      })
  void wrongUsageIsOneLineThatNamesTheOption(String argument, String message) throws Exception {
    assertThat(Outcome.of("threshold", weights(ROTATION), argument))
        .isEqualTo(new Outcome(2, "", "flowbound threshold: " + message + "\n"));
  }

  @Test
  void unusableFileIsOneLineThatNamesIt() throws Exception {
    Path file = Files.writeString(folder.resolve("wide.csv"), "1,2,3\n4,5,6\n");
    Outcome outcome = Outcome.of("threshold", file.toString());
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.errorLines()).singleElement().asString().contains("wide.csv", "2 x 3");
  }
}
