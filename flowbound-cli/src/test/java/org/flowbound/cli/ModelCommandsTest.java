package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.flowbound.model.ModelFile;
import org.flowbound.training.TrainingHistory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands train, attack, certify and compare, on a part of the embedded data. */
class ModelCommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path shared;
  @TempDir private Path folder;

  private static Path model = Path.of("");
  private static JsonNode training = JSON.createObjectNode();

  private static List<String> small(String... more) {
    List<String> args = new ArrayList<>(List.of(more));
    args.addAll(
        List.of(
            "--train-limit=1300",
            "--test-limit=300",
            "--width=16",
            "--batch-size=32",
            "--epochs=3",
            "--learning-rate=0.01"));
    return args;
  }

  private static Outcome run(List<String> args) {
    return Outcome.of(args.toArray(String[]::new));
  }

  @BeforeAll
  static void trainOnce() throws Exception {
    model = shared.resolve("model.safetensors");
    Outcome outcome =
        run(
            small(
                "train",
                "--stability=project",
                "--target=-0.25",
                "--linear-norm=2",
                "--json",
                "-o",
                model.toString()));
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    training = JSON.readTree(outcome.out());
  }

  private static JsonNode json(Outcome outcome) throws Exception {
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    return JSON.readTree(outcome.out());
  }

  @Test
  void trainStatesWhatItReached() throws Exception {
    assertThat(training.path("trainAccuracy").asDouble()).isBetween(0.6, 1.0);
    assertThat(training.path("testAccuracy").asDouble()).isBetween(0.5, 1.0);
    assertThat(training.path("delta").path("upper").asDouble()).isLessThanOrEqualTo(-0.25);
    assertThat(training.path("delta").path("lower").asDouble())
        .isLessThanOrEqualTo(training.path("delta").path("upper").asDouble());
    assertThat(training.path("seconds").asDouble()).isPositive();
    assertThat(training.path("samplesPerSecond").asDouble()).isPositive();
    TrainingHistory history = ModelFile.read(model).history();
    assertThat(history.epochs()).hasSize(3).allMatch(epoch -> epoch.delta().upper() <= -0.25);
    try (Stream<Path> files = Files.list(shared)) {
      assertThat(files).containsExactly(model);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"heun", "ralston", "bogacki-shampine", "dormand-prince", "tsitouras"})
  void everySolverTrainsAndCertifies(String solver) throws Exception {
    String file = folder.resolve("solved.safetensors").toString();
    List<String> args = small("train", "--solver=" + solver, "--steps=2", "-o", file, "--json");
    assertThat(json(run(args)).path("testAccuracy").asDouble()).isGreaterThan(0.5);
    JsonNode certified =
        json(Outcome.of("certify", file, "--test-limit=50", "--eps=0.1", "--json"));
    assertThat(certified.path("lipschitz").path("network").asDouble())
        .isGreaterThanOrEqualTo(certified.path("lipschitz").path("empirical").asDouble());
  }

  @Test
  void boundReadsTheModelAndAgrees() throws Exception {
    JsonNode bound = json(Outcome.of("bound", model.toString(), "--json"));
    assertThat(bound.path("dimension").asInt()).isEqualTo(16);
    assertThat(bound.path("upper").asDouble()).isLessThanOrEqualTo(-0.25);
  }

  @Test
  void thresholdReadsTheModelAndAgrees() throws Exception {
    JsonNode threshold = json(Outcome.of("threshold", model.toString(), "--level=-0.25", "--json"));
    assertThat(threshold.path("alphaLower").asDouble()).isLessThanOrEqualTo(0.1);
    assertThat(threshold.path("exact").asBoolean()).isTrue();
    assertThat(Outcome.of("threshold", model.toString(), "--level=-0.2").out())
        .contains("slopes in [0.1, 1]: the model keeps the level");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fgsm", "noise"})
  void attackCountsWhatIsStillCorrect(String attack) throws Exception {
    JsonNode result =
        json(
            Outcome.of(
                "attack",
                model.toString(),
                "--test-limit=300",
                "--attack=" + attack,
                "--eps=0,0.02,0.1",
                "--json"));
    assertThat(result.path("attack").asText()).isEqualTo(attack);
    assertThat(result.path("norm").asText()).isEqualTo("linf");
    assertThat(result.path("results")).hasSize(3);
    for (JsonNode point : result.path("results")) {
      assertThat(point.path("total").asInt()).isEqualTo(300);
      assertThat(point.path("accuracy").asDouble())
          .isCloseTo(point.path("correct").asInt() / 300.0, within(1e-15));
    }
    assertThat(result.path("results").get(0).path("accuracy").asDouble())
        .isEqualTo(training.path("testAccuracy").asDouble());
    if (attack.equals("fgsm")) {
      assertThat(result.path("results").get(2).path("correct").asInt())
          .isLessThan(result.path("results").get(0).path("correct").asInt());
    }
  }

  @Test
  void certifyOrdersItsLipschitzConstants() throws Exception {
    JsonNode result =
        json(
            Outcome.of(
                "certify", model.toString(), "--test-limit=300", "--eps=0,0.05,5", "--json"));
    JsonNode lipschitz = result.path("lipschitz");
    assertThat(lipschitz.path("flow").asDouble()).isLessThanOrEqualTo(Math.exp(-0.25)).isPositive();
    assertThat(lipschitz.path("empirical").asDouble())
        .isPositive()
        .isLessThanOrEqualTo(lipschitz.path("network").asDouble());
    JsonNode results = result.path("results");
    assertThat(results.get(0).path("certifiedAccuracy").asDouble())
        .isCloseTo(training.path("testAccuracy").asDouble(), within(0.01));
    assertThat(results.get(1).path("certifiedAccuracy").asDouble())
        .isLessThanOrEqualTo(results.get(0).path("certifiedAccuracy").asDouble());
    assertThat(results.get(2).path("certifiedAccuracy").asDouble()).isZero();
  }

  @Test
  void stabilizeKeepsAModelAModel() throws Exception {
    Path stable = folder.resolve("stable.safetensors");
    JsonNode result =
        json(
            Outcome.of(
                "stabilize",
                model.toString(),
                "--target=-0.5",
                "--method=certified",
                "--json",
                "-o",
                stable.toString()));
    assertThat(result.path("deltaAfter").path("upper").asDouble()).isLessThanOrEqualTo(-0.5);
    assertThat(result.path("deltaBefore").path("upper").asDouble()).isGreaterThan(-0.5);
    assertThat(result.path("normLowerBound").asDouble())
        .isPositive()
        .isLessThanOrEqualTo(result.path("norm").asDouble());
    assertThat(ModelFile.read(stable).delta().upper())
        .isEqualTo(result.path("deltaAfter").path("upper").asDouble());
    assertThat(json(Outcome.of("bound", stable.toString(), "--json")).path("upper").asDouble())
        .isLessThanOrEqualTo(-0.5);
    assertThat(ModelFile.read(stable).classifier().inputWeight())
        .isEqualTo(ModelFile.read(model).classifier().inputWeight());
  }

  @Test
  void comparePrintsItsTableAndWritesItsReport() throws Exception {
    Path report = folder.resolve("report");
    List<String> args = small("compare", "--target=-0.25", "--eps=0,0.05", "-o", report.toString());
    Outcome table = run(args);
    assertThat(table.exitCode()).as(table.err()).isZero();
    assertThat(table.out()).contains("classical").contains("stable -0.25").contains("report.html");
    args.add("--json");
    JsonNode result = json(run(args));
    assertThat(result.path("models")).hasSize(4);
    for (JsonNode compared : result.path("models")) {
      assertThat(compared.path("name").isTextual()).isTrue();
      assertThat(compared.path("stability").isTextual()).isTrue();
      assertThat(compared.has("target")).isTrue();
      assertThat(compared.path("delta").path("upper").isNumber()).isTrue();
      assertThat(compared.path("testAccuracy").isNumber()).isTrue();
      assertThat(compared.path("attacks")).hasSize(2);
      assertThat(compared.has("certified")).isTrue();
    }
    try (Stream<Path> files = Files.list(report)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "report.html", "results.json", "results.csv", "accuracy.svg", "delta.svg", "models");
    }
    try (Stream<Path> files = Files.list(report.resolve("models"))) {
      assertThat(files).hasSize(4).allMatch(file -> !file.toString().contains("checkpoint"));
    }
    assertThat(JSON.readTree(report.resolve("results.json").toFile()).path("models"))
        .isEqualTo(result.path("models"));
  }

  @Test
  void aDivergingTrainingSaysSo() {
    Path out = folder.resolve("m.safetensors");
    Outcome outcome =
        Outcome.of(
            "train",
            "--train-limit=200",
            "--learning-rate=1e30",
            "--epochs=1",
            "-o",
            out.toString());
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .startsWith("flowbound train: ")
        .contains("not finite", "learning rate");
    assertThat(Files.exists(out)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train",
        "train -o m.npz",
        "train -o m.safetensors --stability=project",
        "train -o m.safetensors --target=-1",
        "train -o m.safetensors --stability=sometimes",
        "train -o m.safetensors --stability=project --target=-1 --activation=tanh",
        "train -o m.safetensors --activation=swish",
        "train -o m.safetensors --solver=gauss",
        "train -o m.safetensors --epochs=0",
        "train -o m.safetensors --alpha=0",
        "train -o m.safetensors --batch-size=-3",
        "train -o m.safetensors --dataset=cifar",
        "train -o m.safetensors --linear-norm=0",
        "train -o m.safetensors --weight-decay=1000",
        "compare --weight-decay=1000",
        "compare --eps=-1",
        "compare --target=x",
        "compare --target=1,1",
        "compare --learning-rate=0",
        "compare --data-dir=.",
        "attack",
        "attack m.safetensors --attack=magic",
        "attack m.safetensors --norm=l7",
        "attack m.safetensors --eps=0,-0.1",
        "certify m.safetensors --eps=nan",
        "stabilize w.csv",
        "stabilize w.csv --target=inf",
        "stabilize w.csv --target=0 --method=magic",
        "stabilize w.csv --target=0,nan",
        "stabilize w.csv --target=0 --structure=magic",
      })
  void wrongUsageIsExitCode2(String line) {
    Outcome outcome = Outcome.of(line.split(" ", -1));
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .startsWith("flowbound " + line.split(" ", -1)[0] + ": ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"attack", "certify"})
  void unusableModelsAreExitCode3(String command) throws Exception {
    Path file = folder.resolve("bad.safetensors");
    for (byte[] content :
        List.of(
            new byte[0],
            new byte[] {1, 2, 3},
            new byte[] {-1, -1, -1, -1, -1, -1, -1, 127},
            java.util.Arrays.copyOf(Files.readAllBytes(model), 5000))) {
      Files.write(file, content);
      Outcome outcome = Outcome.of(command, file.toString());
      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(3);
      assertThat(outcome.errorLines()).singleElement().asString().contains(file.toString());
      assertThat(outcome.err()).doesNotContain("Exception");
    }
    assertThat(Outcome.of(command, folder.resolve("none.safetensors").toString()).exitCode())
        .isEqualTo(3);
  }

  @Test
  void anOutputThatCannotBeWrittenIsNamed() {
    Outcome outcome =
        Outcome.of("train", "--train-limit=200", "--epochs=1", "-o", "/proc/none/m.safetensors");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.errorLines()).singleElement().asString().contains("/proc/none");
  }
}
