package org.flowbound.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flowbound.field.SlopeBox;
import org.flowbound.io.UnusableFileException;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.ExpansivityListener;
import org.flowbound.stability.MatrixFamily;
import org.flowbound.stability.Norm;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateFileTest {
  private static final ExpansivityCertificate GENUINE =
      certificate(MatrixFamily.SKEW.sample(6, new SplittableRandom(4)), 0.1);

  @TempDir private Path folder;
  private Path file;
  private String text;

  private static ExpansivityCertificate certificate(Matrix a, double alpha) {
    return Expansivity.of(a, SlopeBox.of(alpha))
        .certify(BoundOptions.defaults(), ExpansivityListener.SILENT)
        .certificate();
  }

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("proof.json");
    CertificateFile.write(file, GENUINE);
    text = Files.readString(file);
  }

  private Path altered(String content) throws IOException {
    assertThat(content).isNotEqualTo(text);
    return Files.writeString(folder.resolve("altered.json"), content);
  }

  private void assertRefused(String content, String reason) throws Exception {
    Verdict verdict = CertificateFile.check(altered(content));
    assertThat(verdict.valid()).isFalse();
    assertThat(verdict.reason()).contains(reason).doesNotContain("\n");
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    assertThat(GENUINE.leaves()).hasSizeGreaterThan(1);
    ExpansivityCertificate read = CertificateFile.read(file);
    assertThat(read.matrix()).isEqualTo(GENUINE.matrix());
    assertThat(read.digest()).isEqualTo(GENUINE.digest()).isEqualTo(Digest.of(read));
    assertThat(CertificateFile.check(file)).isEqualTo(CertificateChecker.check(GENUINE));
    assertThat(CertificateFile.check(file, GENUINE.matrix()).valid()).isTrue();
    assertThat(CertificateFile.check(file, GENUINE.matrix().transpose()).valid()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-310, 1e-300, 1e150, 1e300})
  void numbersOfEverySizeSurvive(double size) throws Exception {
    Matrix a = MatrixFamily.GAUSSIAN.sample(3, new SplittableRandom(2)).times(size);
    CertificateFile.write(file, certificate(a, 0));
    assertThat(CertificateFile.check(file, a).valid()).isTrue();
  }

  @Test
  void everyTruncationIsUnusable() throws Exception {
    for (int length = 1; length < text.stripTrailing().length(); length += 41) {
      Path truncated = altered(text.substring(0, length));
      assertThatThrownBy(() -> CertificateFile.check(truncated))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageStartingWith(truncated + ": is truncated or corrupt")
          .hasMessageNotContaining("\n");
    }
  }

  /** A changed byte is found out, unless the text still says the same numbers. */
  @Test
  void changedBytes() throws Exception {
    RandomGenerator random = new SplittableRandom(1);
    int valid = 0;
    for (int k = 0; k < 800; k++) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      int position = random.nextInt(bytes.length);
      bytes[position] =
          (byte) (random.nextBoolean() ? random.nextInt('0', ':') : random.nextInt(256));
      Path changed = Files.write(folder.resolve("changed.json"), bytes);
      try {
        if (CertificateFile.check(changed).valid()) {
          assertThat(CertificateFile.read(changed).digest()).isEqualTo(GENUINE.digest());
          valid++;
        }
      } catch (UnusableFileException unusable) {
        assertThat(unusable).hasMessageContaining("no JSON text");
      }
    }
    assertThat(valid).isLessThan(300);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"dimension\": 6 | \"dimension\": 7 | dimension is said to be 7",
        "\"dimension\": 6 | \"dimension\": 1152921504606846976 | dimension is said to be 1152",
        "\"dimension\": 6 | \"dimension\": 1e400 | no certificate",
        "\"dimension\": 6 | \"dimension\": 99999999999999999999999 | no certificate",
        "\"dimension\": 6 | \"dimension\": 6.5 | no certificate",
        "\"dimension\": 6 | \"dimension\": null | no certificate",
        "\"alpha\": 0.1 | \"alpha\": 0.2 | was altered",
        "\"alpha\": 0.1 | \"alpha\": 0.10000000000000002 | was altered",
        "\"alpha\": 0.1 | \"alpha\": \"0.1\" | no certificate",
        "\"alpha\": 0.1 | \"alpha\": NaN | no finite interval",
        "\"alpha\": 0.1 | \"alpha\": -1e999 | no finite interval",
        "\"alpha\": 0.1, | | no certificate",
        "\"beta\": 1.0 | \"beta\": 0.9 | was altered",
        "\"beta\": 1.0 | \"beta\": 1.0, \"more\": 1 | no certificate",
        "\"beta\": 1.0 | \"beta\": 1.0, \"\\u001b[2J\": 1 | see ?[2J, line",
        "\"gamma\": 0 | \"gamma\": -0 | was altered",
        "\"gamma\": 0. | \"gamma\": 1e999, \"producer2\": 0. | no certificate",
        "certificate-2 | certificate-1 | its format is not",
        "\"norm\": \"2\" | \"norm\": \"3\" | its norm is neither",
        "\"norm\": \"2\" | \"norm\": 2 | no certificate",
        "\"norm\": \"2\" | \"norm\": \"inf\" | was altered",
        "\"norm\": \"2\", | | no certificate",
        "\"producer\": \"F | \"producer\": \"G | was altered",
        ":lower | :upper | was altered",
        ":lower | :middle | fixes slopes",
        ":lower | | fixes slopes",
        "\"fixed\": [\" | \"fixed\": [\"0 | fixes slopes",
        "\"fixed\": [ | \"fixed\": [\"999999999:lower\", | was altered",
        "\"fixed\": [\" | \"fixed\": [null,\" | fixes slopes",
        "\"multipliers\": [ | \"multipliers\": [NaN, | altered",
        "\"multipliers\": [ | \"multipliers\": [null, | no certificate",
        "\"multipliers\": [ | \"multipliers\": [[], | no certificate",
        "\"multipliers\" | \"multiplier\" | no certificate",
        "\"matrix\": [ | \"matrix\": [[], | matrix",
        "\"matrix\": [ | \"matrix\": [null, | matrix",
        "\"matrix\": [ | \"matrix\": 7, \"x\": [ | no certificate",
      })
  void alteredTexts(String from, String to, String reason) throws Exception {
    assertThat(text).contains(from);
    String replacement = to == null ? "" : to;
    String changed = text.replaceFirst(Pattern.quote(from), Matcher.quoteReplacement(replacement));
    assertRefused(changed, reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "1", "null", "\"\"", "true", "[[[[[[[[]]]]]]]]", " "})
  void otherJsonIsNoCertificate(String content) throws Exception {
    assertRefused(content, "no certificate");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "not JSON", "{\"alpha\": 0x1}", "\u0000", "{\"a\":1,\"a\":2}"})
  void otherTextIsUnusable(String content) throws Exception {
    Path other = altered(content);
    assertThatThrownBy(() -> CertificateFile.check(other))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("no JSON text");
  }

  @Test
  void textAfterTheEndIsNotOverlooked() throws Exception {
    assertRefused(text + "{}", "no certificate");
  }

  @Test
  void emptyAndMissingFilesAndFoldersAreUnusable() throws Exception {
    Path empty = altered("");
    assertThatThrownBy(() -> CertificateFile.check(empty))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("is empty");
    assertThatThrownBy(() -> CertificateFile.check(folder.resolve("none.json")))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> CertificateFile.check(folder))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("cannot be read");
  }

  /** The second checker, which shares no line with the first, in exact arithmetic. */
  @ParameterizedTest
  @EnumSource(MatrixFamily.class)
  void thePythonCheckerAgrees(MatrixFamily family) throws Exception {
    Matrix a = family.sample(9, new SplittableRandom(3));
    ExpansivityCertificate certificate = certificate(a, 0.1);
    CertificateFile.write(file, certificate);
    assertThat(python(file)).isEqualTo("valid");
    CertificateFile.write(
        file,
        ExpansivityCertificate.of(
            "a forger", a, 0.1, 1, certificate.gamma() - 1e-5, certificate.leaves()));
    assertThat(CertificateFile.check(file).valid()).isFalse();
    assertThat(python(file)).startsWith("refused: leaf");
  }

  @ParameterizedTest
  @EnumSource(value = Norm.class, mode = Mode.EXCLUDE, names = "TWO")
  void thePythonCheckerAgreesInOtherNorms(Norm norm) throws Exception {
    Matrix a = MatrixFamily.GAUSSIAN.sample(9, new SplittableRandom(3));
    ExpansivityCertificate certificate =
        Expansivity.of(a, SlopeBox.of(0.1))
            .certify(norm, BoundOptions.defaults(), ExpansivityListener.SILENT)
            .certificate();
    CertificateFile.write(file, certificate);
    assertThat(CertificateFile.check(file, a).valid()).isTrue();
    assertThat(CertificateFile.read(file).norm()).isEqualTo(certificate.norm());
    assertThat(python(file)).isEqualTo("valid");
    CertificateFile.write(
        file,
        ExpansivityCertificate.ofClosedForm(
            "a forger", a, certificate.norm(), 0.1, 1, certificate.gamma() - 1e-12));
    assertThat(CertificateFile.check(file).valid()).isFalse();
    assertThat(python(file)).startsWith("refused: the closed form");
  }

  @Test
  void thePythonCheckerTellsAlterations() throws Exception {
    assertThat(python(altered(text.replace("\"alpha\": 0.1", "\"alpha\": 0.2"))))
        .isEqualTo("refused: the certificate was altered");
    int row = text.indexOf('[', text.indexOf("\"matrix\": [") + 11) + 1;
    assertThat(python(altered(text.substring(0, row) + "1" + text.substring(row))))
        .isEqualTo("refused: the matrix was altered");
  }

  private static String python(Path certificate) throws Exception {
    Path interpreter = Path.of("/usr/bin/python3");
    Path script = Path.of("..", "docs", "verify_certificate.py");
    Assumptions.assumeTrue(Files.isExecutable(interpreter), interpreter + " is missing");
    Process process =
        new ProcessBuilder(interpreter.toString(), script.toString(), certificate.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output.strip();
  }
}
