package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.LogarithmicNorm;
import org.flowbound.stability.Norm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoundCommandTest {
  private static final Matrix SMALL = Matrix.of(3, 3, 0.5, 1, 2, -1, 0.2, 0.3, 0.1, -2, -0.7);

  @TempDir private Path folder;

  private String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  private String weights(Matrix matrix) throws IOException {
    Path file = folder.resolve("weights.npy");
    Weights.write(file, "A", matrix);
    return file.toString();
  }

  /** A banded Toeplitz matrix, for which the root's gap is wide. */
  private static Matrix hard(int d) {
    SplittableRandom random = new SplittableRandom(5);
    double[] diagonals = random.doubles(7, -1, 1).toArray();
    return Matrix.generate(d, d, (i, j) -> Math.abs(i - j) > 3 ? 0 : diagonals[i - j + 3]);
  }

  private static JsonNode json(Outcome outcome) throws IOException {
    assertThat(outcome.err()).isEmpty();
    return new ObjectMapper().readTree(outcome.out());
  }

  @ParameterizedTest
  @CsvSource({"2,0.1", "2,0", "2,1", "1,0.1", "1,0.5", "inf,0.1", "inf,0"})
  void jsonHoldsTheCertifiedInterval(String norm, double alpha) throws Exception {
    Outcome outcome =
        Outcome.of("bound", weights(SMALL), "--alpha=" + alpha, "--norm", norm, "--json");
    assertThat(outcome.exitCode()).isZero();
    JsonNode result = json(outcome);
    assertThat(result.fieldNames())
        .toIterable()
        .contains(
            "dimension",
            "alpha",
            "norm",
            "lower",
            "upper",
            "exact",
            "nodes",
            "seconds",
            "vertex",
            "lipschitz");
    assertThat(result.get("dimension").intValue()).isEqualTo(3);
    assertThat(result.get("alpha").doubleValue()).isEqualTo(alpha);
    assertThat(result.get("norm").textValue()).isEqualTo(norm);
    assertThat(result.get("exact").booleanValue()).isTrue();
    double lower = result.get("lower").doubleValue();
    double upper = result.get("upper").doubleValue();
    assertThat(upper - lower).isBetween(0.0, 1e-6 * Math.max(1, Math.abs(upper)));
    assertThat(result.get("lipschitz").doubleValue()).isEqualTo(Math.exp(upper));
    double[] vertex = new ObjectMapper().convertValue(result.get("vertex"), double[].class);
    assertThat(Arrays.stream(vertex)).hasSize(3).allMatch(slope -> slope == 1 || slope == alpha);
    Norm named = norm.equals("2") ? Norm.TWO : norm.equals("1") ? Norm.ONE : Norm.INFINITY;
    assertThat(LogarithmicNorm.of(scaled(vertex), named)).isCloseTo(lower, within(1e-12));
    for (int mask = 0; mask < 8; mask++) {
      int signs = mask;
      double[] other = new double[3];
      Arrays.setAll(other, i -> (signs >> i & 1) == 0 ? alpha : 1);
      assertThat(LogarithmicNorm.of(scaled(other), named)).isLessThanOrEqualTo(upper);
    }
  }

  private static Matrix scaled(double[] diagonal) {
    return Matrix.generate(3, 3, (i, j) -> diagonal[i] * SMALL.get(i, j));
  }

  @Test
  void textStatesTheInterval() throws Exception {
    Outcome outcome = Outcome.of("bound", weights(SMALL));
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .containsPattern("delta +in \\[\\d\\.\\d+, \\d\\.\\d+] in the 2-norm")
        .contains("closed to the tolerance", "not for a discretised network");
  }

  @ParameterizedTest
  @CsvSource({"-0.2, 1.1", "0, 0.25", "-1, -0.5"})
  void slopesMayLieInAnyInterval(double low, double high) throws Exception {
    Outcome outcome = Outcome.of("bound", weights(SMALL), "--slopes=" + low + "," + high, "--json");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    JsonNode result = new ObjectMapper().readTree(outcome.out());
    assertThat(result.get("alpha").doubleValue()).isEqualTo(low);
    assertThat(result.get("beta").doubleValue()).isEqualTo(high);
    double[] vertex = new ObjectMapper().convertValue(result.get("vertex"), double[].class);
    assertThat(Arrays.stream(vertex)).hasSize(3).allMatch(slope -> slope == low || slope == high);
    assertThat(result.get("exact").booleanValue()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2", "inf"})
  void weightsGiveAnotherBound(String norm) throws Exception {
    String file = weights(Matrix.of(2, 2, -1, 10, 0.01, -1));
    JsonNode result = json(Outcome.of("bound", file, "--norm", norm, "--weighted", "--json"));
    JsonNode weighted = result.get("weighted");
    assertThat(weighted.get("lipschitz").doubleValue())
        .isLessThan(0.2 * result.get("lipschitz").doubleValue())
        .isEqualTo(
            weighted.get("condition").doubleValue()
                * Math.exp(weighted.get("upper").doubleValue()));
    assertThat(weighted.get("weights")).hasSize(2);
    assertThat(Outcome.of("bound", file, "--norm", norm, "--weighted").out())
        .contains("in the norm |Su|");
    assertThat(json(Outcome.of("bound", file, "--json")).has("weighted")).isFalse();
  }

  @Test
  void aFullMatrixOfWeightsIsWrittenByRows() throws Exception {
    String file = weights(Matrix.of(2, 2, -1 - 5.005, 4.995, -4.995, -1 + 5.005));
    JsonNode result =
        json(Outcome.of("bound", file, "--alpha=0.95", "--weighted", "--final-time=2", "--json"));
    assertThat(result.get("lipschitz").doubleValue())
        .isEqualTo(Math.exp(2 * result.get("upper").doubleValue()));
    JsonNode weighted = result.get("weighted");
    assertThat(weighted.get("lipschitz").doubleValue())
        .isLessThan(0.1 * result.get("lipschitz").doubleValue());
    assertThat(weighted.get("weights")).hasSize(2).allMatch(row -> row.size() == 2);
    assertThat(Outcome.of("bound", file, "--alpha=0.95", "--weighted", "--final-time=2").out())
        .contains("S full", "T = 2.0");
    assertThat(Outcome.of("bound", file, "--final-time=0").exitCode()).isEqualTo(2);
  }

  @Test
  void explicitLimitThatEndsTheSearchIsExitCode5() throws Exception {
    String file = weights(hard(30));
    for (String limit : new String[] {"--node-limit=1", "--time-limit=0"}) {
      Outcome outcome = Outcome.of("bound", file, limit, "--json");
      assertThat(outcome.exitCode()).isEqualTo(5);
      JsonNode result = json(outcome);
      assertThat(result.get("exact").booleanValue()).isFalse();
      assertThat(result.get("lower").doubleValue()).isLessThan(result.get("upper").doubleValue());
    }
    Outcome text = Outcome.of("bound", file, "--node-limit=1");
    assertThat(text.exitCode()).isEqualTo(5);
    assertThat(text.out()).contains("still open");
  }

  @Test
  void limitThatIsNotReachedIsExitCode0() throws Exception {
    Outcome outcome =
        Outcome.of("bound", weights(SMALL), "--node-limit=100000", "--time-limit=1e300");
    assertThat(outcome.exitCode()).isZero();
  }

  @Test
  void seedAndThreadsDoNotMoveTheInterval() throws Exception {
    String file = weights(hard(12));
    JsonNode one = json(Outcome.of("bound", file, "--json", "--threads=1", "--seed=7"));
    JsonNode two = json(Outcome.of("bound", file, "--json", "--threads=2", "--seed=7"));
    for (String field : new String[] {"lower", "upper", "nodes", "vertex"}) {
      assertThat(one.get(field)).isEqualTo(two.get(field));
    }
  }

  @Test
  void toleranceOfZeroIsNotClaimedForAClosedForm() throws Exception {
    Outcome outcome = Outcome.of("bound", weights(SMALL), "--norm=1", "--tol=0", "--json");
    assertThat(json(outcome).get("exact").booleanValue()).isFalse();
  }

  static Stream<Arguments> wrongUsage() {
    return Stream.of(
        Arguments.of("--alpha=1.5", "--alpha 1.5 must lie in [0, 1]"),
        Arguments.of("--alpha=-1e-9", "--alpha -1.0E-9 must lie in [0, 1]"),
        Arguments.of("--alpha=NaN", "--alpha NaN must lie in [0, 1]"),
        Arguments.of("--alpha=steep", "--alpha steep must lie in [0, 1]"),
        Arguments.of("--alpha=", "--alpha  must lie in [0, 1]"),
        Arguments.of("--norm=3", "--norm 3 must be one of 2, 1, inf"),
        Arguments.of("--tol=1", "--tol 1.0 must lie in [0, 1)"),
        Arguments.of("--time-limit=-1", "--time-limit -1.0 must lie in [0, inf)"),
        Arguments.of("--time-limit=Infinity", "--time-limit Infinity must lie in [0, inf)"),
        Arguments.of("--node-limit=0", "--node-limit 0 must be a whole number in [1, inf)"),
        Arguments.of("--node-limit=1.5", "--node-limit 1.5 must be a whole number in [1, inf)"),
        Arguments.of("--threads=0", "--threads 0 must be a whole number in [1, 1024]"),
        Arguments.of("--seed=x", "--seed x must be a whole number of at most 64 bits"),
        Arguments.of(
            "--slopes=1",
            "--slopes takes two numbers, A,B, and no --alpha beside it; see 'flowbound bound --help'"),
        Arguments.of(
            "--slopes=1,0", "The slopes [1.0, 0.0] must be a finite interval with lower <= upper."),
        Arguments.of("--slopes=0,Infinity", "--slopes Infinity must lie in (-inf, inf)"),
        Arguments.of("--apha=1", "unknown option '--apha'; did you mean '--alpha'?"),
        Arguments.of("more", "unexpected argument 'more'; see 'flowbound bound --help'"));
  }

  @ParameterizedTest
  @MethodSource("wrongUsage")
  void wrongUsageIsOneLineThatNamesTheOption(String argument, String message) throws Exception {
    assertThat(Outcome.of("bound", weights(SMALL), argument, "--json"))
        .isEqualTo(new Outcome(2, "", "flowbound bound: " + message + "\n"));
  }

  @Test
  void optionsAreCheckedBeforeFilesAreRead() {
    assertThat(Outcome.of("bound", "no-such-file.npy", "--alpha=2").exitCode()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--alpha", "--alpha=0.1"})
  void missingArgumentIsWrongUsage(String argument) {
    Outcome outcome = argument.isEmpty() ? Outcome.of("bound") : Outcome.of("bound", argument);
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errorLines()).singleElement().asString().contains("missing required");
  }

  @Test
  void emptyNameIsWrongUsage() {
    Outcome outcome = Outcome.of("bound", "");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.errorLines()).singleElement().asString().contains("empty");
  }

  static Stream<Arguments> unusableFiles() {
    return Stream.of(
        Arguments.of("wide.csv", "1,2,3\n4,5,6\n", "2 x 3"),
        Arguments.of("ragged.csv", "1,2\n3\n", "ragged.csv"),
        Arguments.of("words.csv", "one,two\nthree,four\n", "words.csv"),
        Arguments.of("nan.csv", "1,NaN\n3,4\n", "NaN"),
        Arguments.of("infinite.csv", "1,2\n3,-inf\n", "Infinity"),
        Arguments.of("empty.csv", "", "empty.csv"),
        Arguments.of("empty.npy", "", "empty.npy"),
        Arguments.of("truncated.npy", "\u0093NUMPY\u0001", "truncated.npy"),
        Arguments.of("corrupt.npz", "PK\u0003\u0004 and nothing more", "corrupt.npz"),
        Arguments.of("corrupt.safetensors", "\u0000\u0000\u0000", "corrupt.safetensors"),
        Arguments.of("corrupt.mat", "MATLAB", "corrupt.mat"),
        Arguments.of("corrupt.onnx", "\u0008\u0007", "corrupt.onnx"),
        Arguments.of("unknown.xyz", "1", "unknown.xyz"));
  }

  @ParameterizedTest
  @MethodSource("unusableFiles")
  void unusableFileIsOneLineThatNamesIt(String name, String content, String expected)
      throws Exception {
    String file = file(name, content);
    Outcome outcome = Outcome.of("bound", file, "--json");
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(3);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .startsWith("flowbound bound: " + file + ": ")
        .contains(expected);
  }

  @Test
  void missingFileAndFolderAreUnusable() {
    for (Path path : new Path[] {folder.resolve("none.npy"), folder}) {
      Outcome outcome = Outcome.of("bound", path.toString());
      assertThat(outcome.exitCode()).isEqualTo(3);
      assertThat(outcome.errorLines()).singleElement().asString().contains(path + ": ");
    }
  }

  @Test
  void missingTensorIsNamed() throws Exception {
    Path file = folder.resolve("model.npz");
    Weights.write(file, "A", SMALL);
    Outcome outcome = Outcome.of("bound", file + "#B");
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.errorLines()).singleElement().asString().contains("'B'", "'A'");
  }
}
