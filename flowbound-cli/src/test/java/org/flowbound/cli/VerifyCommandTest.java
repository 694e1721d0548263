package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerifyCommandTest {
  private static final Matrix SMALL = Matrix.of(3, 3, 0.5, 1, 2, -1, 0.2, 0.3, 0.1, -2, -0.7);

  @TempDir private Path folder;
  private String weights;
  private Path proof;
  private Outcome bound;

  @BeforeEach
  void certify() throws Exception {
    weights = folder.resolve("weights.npz").toString();
    Weights.write(Path.of(weights), "A", SMALL);
    proof = folder.resolve("proof.json");
    bound = Outcome.of("bound", weights, "--certificate", proof.toString(), "--json");
    assertThat(bound.exitCode()).as(bound.err()).isZero();
  }

  private static JsonNode json(Outcome outcome) throws Exception {
    assertThat(outcome.err()).isEmpty();
    return new ObjectMapper().readTree(outcome.out());
  }

  private Outcome verify(String... options) {
    String[] arguments = new String[options.length + 2];
    arguments[0] = "verify";
    arguments[1] = proof.toString();
    System.arraycopy(options, 0, arguments, 2, options.length);
    return Outcome.of(arguments);
  }

  @Test
  void theBoundIsTheCertificatesGamma() throws Exception {
    JsonNode interval = json(bound);
    assertThat(interval.get("certificate").textValue()).isEqualTo(proof.toString());
    assertThat(interval.get("exact").booleanValue()).isTrue();
    double upper = interval.get("upper").doubleValue();
    assertThat(interval.get("lower").doubleValue()).isLessThanOrEqualTo(upper);
    Outcome outcome = verify("--json");
    assertThat(outcome.exitCode()).isZero();
    JsonNode verdict = json(outcome);
    assertThat(verdict.get("valid").booleanValue()).isTrue();
    assertThat(verdict.get("gamma").doubleValue()).isEqualTo(upper);
    assertThat(verdict.get("reason").textValue()).contains("proved");
    assertThat(new ObjectMapper().readTree(proof.toFile()).get("gamma").doubleValue())
        .isEqualTo(upper);
  }

  @Test
  void textStatesTheVerdict() {
    Outcome outcome = verify();
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).startsWith("valid: delta(A) <= ");
  }

  @Test
  void weightsMustBeTheCertificates() throws Exception {
    assertThat(verify("--weights", weights).exitCode()).isZero();
    assertThat(verify("--weights", weights + "#A").exitCode()).isZero();
    Path other = folder.resolve("other.npy");
    Weights.write(other, "A", SMALL.times(1 + 0x1p-52));
    Outcome outcome = verify("--weights", other.toString(), "--json");
    assertThat(outcome.exitCode()).isEqualTo(4);
    assertThat(json(outcome).get("valid").booleanValue()).isFalse();
    assertThat(json(outcome).get("reason").textValue()).contains("another matrix");
    Outcome missing = verify("--weights", folder.resolve("none.npy").toString());
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.errorLines()).singleElement().asString().contains("none.npy");
    assertThat(verify("--weights", "").exitCode()).isEqualTo(2);
  }

  @Test
  void alteredCertificateIsRefusedWithExitCode4() throws Exception {
    String text = Files.readString(proof);
    Files.writeString(proof, text.replace("\"alpha\": 0.1", "\"alpha\": 0.2"));
    Outcome outcome = verify("--json");
    assertThat(outcome.exitCode()).isEqualTo(4);
    assertThat(json(outcome).get("valid").booleanValue()).isFalse();
    assertThat(json(outcome).get("gamma").isNumber()).isTrue();
    assertThat(verify().out()).startsWith("refused: the certificate was altered");
    Files.writeString(proof, "{}");
    Outcome none = verify("--json");
    assertThat(none.exitCode()).isEqualTo(4);
    assertThat(json(none).get("gamma").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{\"format\":", "no JSON"})
  void corruptFileIsUnusable(String content) throws Exception {
    Files.writeString(proof, content);
    Outcome outcome = verify("--json");
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .startsWith("flowbound verify: " + proof + ": ");
  }

  @Test
  void missingFileIsUnusable() throws Exception {
    Files.delete(proof);
    assertThat(verify().exitCode()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "inf"})
  void otherNormsHaveCertificatesToo(String norm) throws Exception {
    Outcome outcome =
        Outcome.of("bound", weights, "--norm", norm, "--certificate", proof.toString(), "--json");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    Outcome verified = verify("--weights", weights, "--json");
    assertThat(verified.exitCode()).isZero();
    assertThat(json(verified).get("gamma")).isEqualTo(json(outcome).get("upper"));
    assertThat(json(verified).get("reason").textValue()).contains(norm + "-norm");
    String text = Files.readString(proof);
    for (String[] change :
        new String[][] {
          {"\"norm\": \"" + norm, "\"norm\": \"2"},
          {"\"gamma\": ", "\"gamma\": -"},
          {"\"beta\": 1.0", "\"beta\": 0.9"},
          {"-0.7", "-0.71"}
        }) {
      assertThat(text).contains(change[0]);
      Files.writeString(proof, text.replace(change[0], change[1]));
      assertThat(verify().exitCode()).isEqualTo(4);
    }
  }

  @Test
  void limitLeavesAProofOfWhatWasReached() throws Exception {
    Path hard = folder.resolve("hard.npy");
    Weights.write(
        hard,
        "A",
        Matrix.generate(16, 16, (i, j) -> Math.abs(i - j) > 3 ? 0 : Math.sin(7.0 * (i - j) + 1)));
    Outcome outcome =
        Outcome.of(
            "bound",
            hard.toString(),
            "--node-limit=1",
            "--certificate",
            proof.toString(),
            "--json");
    assertThat(outcome.exitCode()).isEqualTo(5);
    assertThat(json(outcome).get("exact").booleanValue()).isFalse();
    Outcome verified = verify("--weights", hard.toString(), "--json");
    assertThat(verified.exitCode()).isZero();
    assertThat(json(verified).get("gamma")).isEqualTo(json(outcome).get("upper"));
  }

  @Test
  void certificateThatCannotBeWrittenIsAFailure() {
    Outcome outcome = Outcome.of("bound", weights, "--certificate", folder.toString());
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.errorLines()).singleElement().asString().contains(folder.toString());
  }

  @Test
  void weightsTooLargeForAProofAreUnusable() throws Exception {
    Path huge = folder.resolve("huge.npy");
    Weights.write(huge, "A", Matrix.generate(3, 3, (i, j) -> Double.MAX_VALUE));
    Outcome outcome = Outcome.of("bound", huge.toString(), "--certificate", proof.toString());
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.errorLines())
        .containsExactly(
            "flowbound bound: "
                + huge
                + ": holds weights that are too large for a proof in floating point: scale them");
  }
}
