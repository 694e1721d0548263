package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.flowbound.io.ElementType;
import org.flowbound.io.Shape;
import org.flowbound.io.Tensor;
import org.flowbound.io.TensorFile;
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
  @ValueSource(
      strings = {"fgsm", "noise", "bim", "mi-fgsm", "pgd", "apgd-ce", "apgd-dlr", "deepfool"})
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
  void attackWritesWhatItFoundOfEveryImage() throws Exception {
    Path csv = folder.resolve("a.csv");
    Path examples = folder.resolve("a.npz");
    JsonNode result =
        json(
            Outcome.of(
                "attack",
                model.toString(),
                "--test-limit=50",
                "--attack=pgd",
                "--iterations=5",
                "--restarts=2",
                "--step-size=0.5",
                "--loss=margin",
                "--norm=l2",
                "--eps=0.2,0.8",
                "--csv=" + csv,
                "--examples=" + examples,
                "--json"));
    List<String> rows = Files.readAllLines(csv);
    assertThat(rows).hasSize(101);
    assertThat(rows.get(0)).isEqualTo("attack,measure,eps,index,label,prediction,correct,linf,l2");
    int correct = 0;
    for (String row : rows.subList(1, 101)) {
      String[] fields = row.split(",", -1);
      assertThat(fields).hasSize(9);
      assertThat(Double.parseDouble(fields[8]))
          .isLessThanOrEqualTo(Double.parseDouble(fields[2]) + 1e-6);
      assertThat(fields[6]).isEqualTo(fields[4].equals(fields[5]) ? "1" : "0");
      correct += fields[2].equals("0.8") ? Integer.parseInt(fields[6]) : 0;
    }
    assertThat(result.path("results").get(1).path("correct").asInt()).isEqualTo(correct);
    TensorFile arrays = TensorFile.read(examples);
    assertThat(arrays.tensors().stream().map(Tensor::name))
        .containsExactly("original", "perturbed", "label", "prediction", "correct", "eps");
    assertThat(arrays.tensors().get(1).shape()).isEqualTo(Shape.of(50, 28, 28));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--attack=apgd-t --iterations=5",
        "--attack=fab --iterations=3",
        "--attack=fab-t --iterations=2 --norm=l2",
        "--attack=square --queries=20",
        "--attack=cw --iterations=5",
        "--attack=boundary-noise --queries=2",
        "--attack=blur",
        "--attack=rotation",
        "--attack=autoattack --norm=l2",
        "--attack=pgd --iterations=3 --source=MODEL",
      })
  void everyAttackRuns(String options) throws Exception {
    List<String> args =
        new ArrayList<>(
            List.of("attack", model.toString(), "--test-limit=3", "--eps=0.1", "--json"));
    args.addAll(List.of(options.replace("MODEL", model.toString()).split(" ", -1)));
    JsonNode result = json(run(args));
    assertThat(result.path("results").get(0).path("total").asInt()).isEqualTo(3);
    assertThat(options).contains(result.has("source") ? "source" : result.path("attack").asText());
  }

  @Test
  void sanityListsItsChecks() throws Exception {
    Outcome outcome =
        Outcome.of("attack", model.toString(), "--sanity", "--test-limit=100", "--json");
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(outcome.exitCode()).isEqualTo(result.path("passed").asBoolean() ? 0 : 4);
    assertThat(result.path("checks")).hasSize(7);
    for (JsonNode check : result.path("checks")) {
      assertThat(check.path("name").asText()).isNotEmpty();
      assertThat(check.path("passed").isBoolean()).isTrue();
      assertThat(check.path("detail").asText()).isNotEmpty();
    }
    assertThat(Outcome.of("attack", model.toString(), "--sanity", "--test-limit=100").out())
        .contains("passed  gradients do not vanish");
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
  void certifyCountsWhatEachMethodProves() throws Exception {
    Path table = folder.resolve("verdicts.csv");
    for (String norm : List.of("l2", "linf")) {
      JsonNode result =
          json(
              Outcome.of(
                  "certify",
                  model.toString(),
                  "--limit=40",
                  "--method=reach",
                  "--norm=" + norm,
                  "--eps=0,0.01,0.3",
                  "--csv=" + table,
                  "--json"));
      assertThat(result.path("images").asInt()).isEqualTo(40);
      assertThat(result.path("norm").textValue()).isEqualTo(norm);
      for (JsonNode row : result.path("results")) {
        double reach = row.path("reach").asDouble();
        assertThat(row.path("lipschitz").asDouble())
            .isLessThanOrEqualTo(row.path("local").asDouble());
        assertThat(row.path("local").asDouble()).isLessThanOrEqualTo(reach);
        assertThat(row.path("certifiedAccuracy").asDouble()).isEqualTo(reach);
        assertThat(reach + row.path("refuted").asDouble() + row.path("unknown").asDouble())
            .isCloseTo(1, within(1e-12));
      }
      assertThat(Files.readAllLines(table)).hasSize(41);
      assertThat(Files.readAllLines(table).get(0))
          .isEqualTo(
              "image,label,lipschitz_radius,certified_lipschitz,certified_local,certified_reach,"
                  + "refuted,refuted_as");
    }
    Outcome text = Outcome.of("certify", model.toString(), "--limit=5");
    assertThat(text.out()).contains("the first 5 of").contains("lipschitz").doesNotContain("reach");
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
      assertThat(compared.path("sanity")).hasSize(7);
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--stability=penalty --penalty-weight=2",
        "--stability=parametrized",
        "--stability=penalty --adversarial=fgsm --adversarial-eps=0.05",
        "--stability=parametrized --adversarial=pgd --adversarial-eps=0.05 --adversarial-steps=2",
        "--stability=project --adversarial=trades --adversarial-steps=2 --trades-weight=3",
        "--stability=parametrized --noise-deviation=0.1 --jacobian-weight=0.001",
        "--stability=project --linear-layers=orthogonal --contractivity-weight=0.01",
        "--stability=parametrized --linear-layers=orthogonal --margin-eps=0.1"
      })
  void trainKeepsTheTargetInEveryWayAndWithEveryObjective(String line) throws Exception {
    Path out = folder.resolve("way.safetensors");
    List<String> args = small("train", "--target=-0.25", "--linear-norm=4", "--json");
    args.addAll(List.of(line.split(" ", -1)));
    args.addAll(List.of("-o", out.toString()));
    JsonNode result = json(run(args));
    assertThat(result.path("delta").path("upper").asDouble()).isLessThanOrEqualTo(-0.25);
    assertThat(result.path("testAccuracy").asDouble()).isGreaterThan(0.3);
    assertThat(result.path("projections").isInt()).isTrue();
    assertThat(result.path("projectedDistance").isNumber()).isTrue();
    assertThat(ModelFile.read(out).history().epochs())
        .hasSize(3)
        .allMatch(epoch -> epoch.delta().upper() <= -0.25);
  }

  @Test
  void compareStatesMeansAndDeviationsOverSeeds() throws Exception {
    Path report = folder.resolve("report");
    List<String> args =
        small(
            "compare",
            "--target=-0.25",
            "--no-linear-norm",
            "--sanity-images=0",
            "--eps=0.05",
            "--json",
            "-o",
            report.toString());
    JsonNode[] single = new JsonNode[2];
    for (int k = 0; k < 2; k++) {
      List<String> one = new ArrayList<>(args);
      one.add("--seed=" + (4 + k));
      single[k] = json(run(one)).path("models");
    }
    args.add("--seeds=4,5");
    JsonNode result = json(run(args));
    assertThat(result.path("seeds").toString()).isEqualTo("[4,5]");
    assertThat(result.path("provenance").path("options").path("--seeds").asText()).isEqualTo("4,5");
    assertThat(result.path("provenance").path("options").has("--seed")).isFalse();
    assertThat(result.path("models")).hasSize(2);
    for (int m = 0; m < 2; m++) {
      double a = single[0].path(m).path("testAccuracy").asDouble();
      double b = single[1].path(m).path("testAccuracy").asDouble();
      JsonNode mean = result.path("models").path(m);
      assertThat(mean.path("testAccuracy").asDouble()).isCloseTo((a + b) / 2, within(1e-12));
      assertThat(mean.path("testAccuracyDeviation").asDouble())
          .isCloseTo(Math.abs(a - b) / Math.sqrt(2), within(1e-12));
      for (int k = 0; k < 2; k++) {
        JsonNode run = result.path("runs").path(k).path("models").path(m);
        assertThat(run.path("attacks")).isEqualTo(single[k].path(m).path("attacks"));
        assertThat(report.resolve(run.path("file").asText())).exists();
        assertThat(run.path("file").asText()).endsWith("_seed_" + (4 + k) + ".safetensors");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--seeds=1,2,1",
        "--seeds=1,2 --seed=1",
        "--seeds=1,two",
        "--seeds=1,,2",
        "--seeds=1.5",
        "--seeds="
      })
  void compareRefusesSeedsThatAreRepeatedMalformedOrGivenTwice(String options) {
    List<String> args = small("compare", "-o", folder.resolve("report").toString());
    args.addAll(List.of(options.split(" ")));
    Outcome refused = run(args);
    assertThat(refused.exitCode()).as(refused.err()).isEqualTo(2);
    assertThat(refused.err()).contains("seed");
    assertThat(folder.resolve("report")).doesNotExist();
  }

  @Test
  void compareHasARowForEveryBaseline() throws Exception {
    Path report = folder.resolve("report");
    List<String> args =
        small(
            "compare",
            "--target=-0.25",
            "--stability=parametrized",
            "--baselines=pgd,weight-decay",
            "--adversarial-steps=2",
            "--eps=0,0.05",
            "--json",
            "-o",
            report.toString());
    JsonNode models = json(run(args)).path("models");
    List<String> names = new ArrayList<>();
    models.forEach(compared -> names.add(compared.path("name").asText()));
    assertThat(names)
        .containsExactly(
            "classical",
            "classical, κ = 3",
            "stable -0.25",
            "stable -0.25, κ = 3",
            "PGD training",
            "PGD training, stable -0.25, κ = 3",
            "weight decay",
            "weight decay, stable -0.25, κ = 3");
    assertThat(models.get(5).path("stability").asText()).isEqualTo("parametrized");
    assertThat(models.get(5).path("baseline").asText()).isEqualTo("pgd");
    assertThat(models.get(0).path("baseline").asText()).isEqualTo("none");
  }

  @Test
  void trainTakesEveryOption() throws Exception {
    Path out = folder.resolve("m.safetensors");
    Path history = folder.resolve("history.csv");
    JsonNode result =
        json(
            run(
                small(
                    "train",
                    "--optimizer=sgd",
                    "--momentum=0.8",
                    "--nesterov",
                    "--schedule=one-cycle",
                    "--warmup=0.5",
                    "--clip=5",
                    "--shift=1",
                    "--label-smoothing=0.05",
                    "--keep=best",
                    "--patience=1",
                    "--backward=checkpoint",
                    "--history=" + history,
                    "--tensorboard=" + folder.resolve("events"),
                    "--json",
                    "-o",
                    out.toString())));
    int epochs = result.path("epochs").asInt();
    assertThat(epochs).isBetween(2, 3);
    assertThat(Files.readAllLines(history)).hasSize(epochs + 1);
    TrainingHistory saved = ModelFile.read(out).history();
    assertThat(saved.epochs()).hasSize(epochs);
    assertThat(saved.epochs().get(0).norms().gradient()).isPositive();
    try (Stream<Path> files = Files.list(folder.resolve("events"))) {
      assertThat(files)
          .singleElement()
          .satisfies(file -> assertThat(Files.size(file)).isGreaterThan(1000));
    }
  }

  /** Images of 5 × 7 in three classes, each with its own bright column. */
  private Path ownImages() throws Exception {
    List<Tensor> arrays = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    for (String part : List.of("train", "test")) {
      int n = part.equals("train") ? 240 : 60;
      double[] pixels = new double[n * 35];
      double[] labels = new double[n];
      for (int i = 0; i < n; i++) {
        labels[i] = i % 3;
        for (int p = 0; p < 35; p++) {
          pixels[i * 35 + p] = random.nextInt(100) + (p % 7 == 2 * (i % 3) ? 150 : 0);
        }
      }
      arrays.add(Tensor.of("x_" + part, Shape.of(n, 5, 7), ElementType.UINT8, pixels));
      arrays.add(Tensor.of("y_" + part, Shape.of(n), ElementType.INT64, labels));
    }
    Path file = folder.resolve("own.npz");
    new TensorFile(arrays, Map.of()).write(file);
    return file;
  }

  @Test
  void everyCommandTakesOnesOwnImages() throws Exception {
    Path images = ownImages();
    Path out = folder.resolve("own.safetensors");
    String[] data = {"--dataset=npz", "--data-dir=" + images, "--json"};
    JsonNode trained =
        json(
            run(
                args(
                    data,
                    "train",
                    "--width=8",
                    "--epochs=10",
                    "--batch-size=16",
                    "-o",
                    out.toString())));
    assertThat(trained.path("testAccuracy").asDouble()).isGreaterThan(0.9);
    assertThat(ModelFile.read(out).classifier().architecture().imageColumns()).isEqualTo(7);
    JsonNode attacked = json(run(args(data, "attack", out.toString(), "--eps=0,0.1")));
    assertThat(attacked.path("results").get(0).path("total").asInt()).isEqualTo(60);
    JsonNode certified = json(run(args(data, "certify", out.toString(), "--eps=0.01")));
    assertThat(certified.path("results")).hasSize(1);
    Path report = folder.resolve("report");
    JsonNode compared =
        json(
            run(
                args(
                    data,
                    "compare",
                    "--width=8",
                    "--epochs=2",
                    "--target=-0.5",
                    "-o",
                    report.toString())));
    assertThat(compared.path("models")).hasSize(4);
    assertThat(Files.readString(report.resolve("report.html"))).contains("npz");
    Outcome listed = Outcome.of("datasets", "--data-dir=" + images, "--json");
    assertThat(listed.exitCode()).as(listed.err()).isZero();
    assertThat(listed.out()).contains("own.npz");
    Outcome unfit = Outcome.of("attack", model.toString(), data[0], data[1]);
    assertThat(unfit.exitCode()).isEqualTo(3);
    assertThat(unfit.err()).contains("28 x 28", "5 x 7");
  }

  private static List<String> args(String[] data, String... first) {
    List<String> args = new ArrayList<>(List.of(first));
    args.addAll(List.of(data));
    return args;
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
        "train -o m.safetensors --optimizer=lion",
        "train -o m.safetensors --momentum=0.5",
        "train -o m.safetensors --optimizer=sgd --momentum=1",
        "train -o m.safetensors --schedule=never",
        "train -o m.safetensors --warmup=-1",
        "train -o m.safetensors --clip=0",
        "train -o m.safetensors --shift=-1",
        "train -o m.safetensors --label-smoothing=1",
        "train -o m.safetensors --patience=0",
        "train -o m.safetensors --keep=all",
        "train -o m.safetensors --keep=best --validation=0",
        "train -o m.safetensors --backward=forget",
        "train -o m.safetensors --history=h.txt",
        "train -o m.safetensors --dataset=npz",
        "train -o m.safetensors --stability=penalty",
        "train -o m.safetensors --stability=parametrized --target=0 --activation=tanh",
        "train -o m.safetensors --penalty-weight=0",
        "train -o m.safetensors --linear-layers=magic",
        "train -o m.safetensors --adversarial=magic",
        "train -o m.safetensors --adversarial=pgd --adversarial-eps=0",
        "train -o m.safetensors --adversarial=pgd --adversarial-steps=0",
        "train -o m.safetensors --noise-deviation=-1",
        "train -o m.safetensors --jacobian-weight=nan",
        "train -o m.safetensors --contractivity-weight=-1",
        "train -o m.safetensors --margin-eps=0.5",
        "compare --stability=none",
        "compare --activation=tanh",
        "compare --keep=best --validation=0",
        "compare --baselines=magic",
        "compare --baselines=pgd,pgd",
        "compare --baselines=weight-decay --baseline-weight-decay=1000",
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
        "attack m.safetensors --attack=fgsm --iterations=3",
        "attack m.safetensors --attack=pgd --iterations=0",
        "attack m.safetensors --attack=pgd --step-size=0",
        "attack m.safetensors --attack=bim --restarts=2",
        "attack m.safetensors --attack=square --queries=0",
        "attack m.safetensors --attack=cw --norm=linf",
        "attack m.safetensors --attack=blur --norm=l2",
        "attack m.safetensors --attack=square --source=n.safetensors",
        "attack m.safetensors --attack=pgd --restarts=2 --source=n.safetensors",
        "attack m.safetensors --sanity --csv=a.csv",
        "attack m.safetensors --examples=a.txt",
        "attack m.safetensors --loss=l1",
        "compare --attack=cw",
        "compare --attack=fgsm,fgsm",
        "compare --sanity-images=-1",
        "certify m.safetensors --eps=nan",
        "certify m.safetensors --norm=l3",
        "certify m.safetensors --method=guess",
        "certify m.safetensors --limit=0",
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
