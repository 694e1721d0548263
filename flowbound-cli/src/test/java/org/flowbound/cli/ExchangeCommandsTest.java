package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.flowbound.field.Activation;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.io.ElementType;
import org.flowbound.io.OnnxGraph;
import org.flowbound.io.Shape;
import org.flowbound.io.Tensor;
import org.flowbound.io.TensorFile;
import org.flowbound.linalg.Precision;
import org.flowbound.model.ModelFile;
import org.flowbound.model.SavedModel;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.flowbound.network.Parameters;
import org.flowbound.stability.Interval;
import org.flowbound.training.TrainingHistory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands export and import. */
class ExchangeCommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private Path model = Path.of("");
  private Classifier classifier = classifier();

  /**
   * For 28 x 28 pixels, as those of the embedded data, and with other options than the defaults.
   */
  private static Classifier classifier() {
    Architecture architecture =
        new Architecture(
            28,
            28,
            10,
            8,
            Activation.of("smooth-leaky-relu", 0.2),
            new Discretization(RungeKutta.MIDPOINT, 5, 1.5),
            new Normalization(0.125, 0.5));
    return Parameters.random(architecture, Precision.FLOAT32, new SplittableRandom(3))
        .toClassifier();
  }

  private static final String[] NETWORK = {
    "--alpha=0.2",
    "--solver=midpoint",
    "--steps=5",
    "--final-time=1.5",
    "--pixel-mean=0.125",
    "--pixel-deviation=0.5"
  };

  @BeforeEach
  void writeModel() throws Exception {
    model = folder.resolve("model.safetensors");
    ModelFile.write(
        model,
        new SavedModel(
            classifier, new Interval(0, 9), new TrainingHistory(List.of(), 0, 0, 0), Map.of()));
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static JsonNode run(String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--json");
    Outcome outcome = Outcome.of(all.toArray(String[]::new));
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    return JSON.readTree(outcome.out());
  }

  private static String[] join(String[] first, String... more) {
    return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
  }

  private void assertImported(String name) throws Exception {
    SavedModel imported = ModelFile.read(folder.resolve(name));
    Classifier found = imported.classifier();
    assertThat(found.odeWeight()).isEqualTo(classifier.odeWeight());
    assertThat(found.inputWeight()).isEqualTo(classifier.inputWeight());
    assertThat(found.outputBias()).isEqualTo(classifier.outputBias());
    Architecture architecture = found.architecture();
    assertThat(architecture.imageRows()).isEqualTo(28);
    assertThat(architecture.discretization()).isEqualTo(classifier.architecture().discretization());
    assertThat(architecture.normalization()).isEqualTo(classifier.architecture().normalization());
    assertThat(architecture.activation().slopes().lower()).isEqualTo(0.2);
  }

  @Test
  void anOnnxFileComesBackAsItWas() throws Exception {
    JsonNode exported = run("export", model.toString(), "-o", path("a.onnx"));
    assertThat(exported.path("format").asText()).isEqualTo("onnx");
    JsonNode imported = run("import", path("a.onnx"), "-o", path("b.safetensors"));
    assertThat(imported.path("activation").asText()).isEqualTo("smooth-leaky-relu");
    assertThat(imported.path("delta").path("upper").asDouble())
        .isEqualTo(run("bound", path("a.onnx"), "--alpha=0.2").path("upper").asDouble());
    assertImported("b.safetensors");
    String[] images = {"--test-limit=100", "--eps=0,0.01"};
    JsonNode attacked = run(join(new String[] {"attack", path("b.safetensors")}, images));
    assertThat(attacked.path("results"))
        .isEqualTo(run(join(new String[] {"attack", model.toString()}, images)).path("results"));
  }

  @Test
  void theShapeOfTheImagesCanBeGiven() throws Exception {
    run("export", model.toString(), "-o", path("a.onnx"));
    JsonNode imported = run("import", path("a.onnx"), "-o", path("b.safetensors"), "--image=14x56");
    assertThat(imported.path("image").toString()).isEqualTo("[14,56]");
    Outcome outcome =
        Outcome.of("import", path("a.onnx"), "-o", path("b.safetensors"), "--image=14x14");
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.err()).contains("input.weight must be 8 x 196, not 8 x 784");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.npz", "a.mat"})
  void tensorsComeBackWithTheNetworksOptions(String name) throws Exception {
    run("export", model.toString(), "-o", path(name));
    run(join(new String[] {"import", path(name), "-o", path("b.safetensors")}, NETWORK));
    assertImported("b.safetensors");
  }

  @Test
  void aModelIsExportedAndImportedAsItIs() throws Exception {
    run("export", model.toString(), "-o", path("a.safetensors"));
    run("import", path("a.safetensors"), "-o", path("b.safetensors"));
    assertImported("b.safetensors");
  }

  @Test
  void otherNamesAndTransposedWeightsAreRead() throws Exception {
    List<Tensor> tensors = new ArrayList<>();
    for (Tensor tensor : TensorFile.read(model).tensors()) {
      boolean isWeight = tensor.name().endsWith(".weight");
      String name = tensor.name().replace("weight", "kernel").replace('.', '/');
      tensors.add(
          isWeight
              ? Tensor.of(name, tensor.toMatrix().transpose())
              : Tensor.of(
                  name,
                  Shape.of(tensor.shape().elements(), 1),
                  ElementType.FLOAT32,
                  tensor.values()));
    }
    new TensorFile(tensors, Map.of()).write(folder.resolve("flax.npz"));
    String[] args = {
      "import",
      path("flax.npz"),
      "-o",
      path("b.safetensors"),
      "--transposed",
      "--image=28x28",
      "--map=input.weight=input/kernel,input.bias=input/bias,ode.weight=ode/kernel",
      "--map=ode.bias=ode/bias,output.weight=output/kernel,output.bias=output/bias"
    };
    run(join(args, NETWORK));
    assertImported("b.safetensors");
  }

  @Test
  void stabilizingAnOnnxFileChangesItsWeightsAlone() throws Exception {
    run("export", model.toString(), "-o", path("a.onnx"));
    JsonNode stabilized =
        run(
            "stabilize",
            path("a.onnx"),
            "--target=-0.1",
            "--method=certified",
            "-o",
            path("b.onnx"));
    assertThat(stabilized.path("alpha").asDouble()).isEqualTo(0.2);
    OnnxGraph before = OnnxGraph.read(folder.resolve("a.onnx"));
    OnnxGraph after = OnnxGraph.read(folder.resolve("b.onnx"));
    assertThat(after.nodes()).isEqualTo(before.nodes());
    assertThat(after.constants())
        .filteredOn(tensor -> !before.constants().contains(tensor))
        .extracting(Tensor::name)
        .containsExactly("ode.weight");
    JsonNode imported = run("import", path("b.onnx"), "-o", path("b.safetensors"));
    assertThat(imported.path("delta").path("upper").asDouble()).isLessThanOrEqualTo(-0.1);
  }

  @Test
  void oneMatrixIsTakenOut() throws Exception {
    run("export", model.toString(), "-o", path("a.onnx"));
    run("import", path("a.onnx"), "--weights=ode.weight", "-o", path("A.npy"));
    assertThat(TensorFile.read(folder.resolve("A.npy")).tensors().get(0).toMatrix())
        .isEqualTo(classifier.odeWeight());
  }

  @Test
  void propertiesAreWrittenForVerifiers() throws Exception {
    Path properties = folder.resolve("properties");
    JsonNode exported =
        run(
            "export",
            model.toString(),
            "-o",
            path("a.onnx"),
            "--vnnlib",
            properties.toString(),
            "--eps=0.25",
            "--samples=2",
            "--test-limit=300");
    assertThat(exported.path("properties").asInt()).isEqualTo(2);
    List<String> instances = Files.readAllLines(properties.resolve("instances.csv"));
    assertThat(instances).hasSize(2).allMatch(line -> line.startsWith("../a.onnx,image_"));
    String name = instances.get(0).split(",", -1)[1];
    List<String> lines = Files.readAllLines(properties.resolve(name));
    assertThat(lines).filteredOn(line -> line.startsWith("(declare-const X_")).hasSize(784);
    assertThat(lines).filteredOn(line -> line.startsWith("(declare-const Y_")).hasSize(10);
    assertThat(lines).filteredOn(line -> line.startsWith("    (and (>= Y_")).hasSize(9);
    List<Double> lower = bounds(lines, ">=");
    List<Double> upper = bounds(lines, "<=");
    for (int k = 0; k < 784; k++) {
      double low = lower.get(k);
      double high = upper.get(k);
      assertThat(low).isBetween(0.0, 1.0);
      assertThat(high).isBetween(low, Math.min(1, low + 0.5 + 1e-12));
      assertThat(low == 0 || high == 1 || Math.abs(high - low - 0.5) < 1e-12).isTrue();
    }
  }

  private static List<Double> bounds(List<String> lines, String relation) {
    return lines.stream()
        .filter(line -> line.startsWith("(assert (" + relation + " X_"))
        .map(line -> Double.valueOf(line.replaceAll(".* ([0-9.]+)\\)\\)", "$1")))
        .toList();
  }

  @Test
  void whatIsNoClassifierIsExitCode3() throws Exception {
    Path csv = Files.writeString(folder.resolve("w.csv"), "1,2\n3,4\n");
    run("export", model.toString(), "-o", path("a.npz"));
    Path junk = Files.write(folder.resolve("junk.onnx"), new byte[] {1, 2, 3});
    Path empty = folder.resolve("empty.onnx");
    new OnnxGraph(
            List.of(new OnnxGraph.Value("x", List.of("1", "3"))),
            List.of(new OnnxGraph.Value("x", List.of("1", "3"))),
            List.of(),
            List.of(),
            Map.of())
        .write(empty, 21);
    List<List<String>> refused =
        List.of(
            List.of(csv.toString(), "has no tensor 'input.weight'"),
            List.of(junk.toString(), "truncated or corrupt"),
            List.of(empty.toString(), "no neural ODE that is recognised"),
            List.of(path("none.npz"), "does not exist"));
    for (List<String> each : refused) {
      Outcome outcome = Outcome.of("import", each.get(0), "-o", path("b.safetensors"));
      assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(3);
      assertThat(outcome.errorLines()).singleElement().asString().contains(each);
      assertThat(Files.exists(folder.resolve("b.safetensors"))).isFalse();
    }
    Outcome wrong =
        Outcome.of(
            "import", path("a.npz"), "-o", path("b.safetensors"), "--map=ode.weight=input.weight");
    assertThat(wrong.exitCode()).isEqualTo(3);
    assertThat(wrong.err()).contains("ode.weight must be 8 x 8, not 8 x 784");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "export",
        "export MODEL",
        "export MODEL -o a.pt",
        "export MODEL -o a.npz --vnnlib=v",
        "export MODEL -o a.onnx --opset=12",
        "export MODEL -o a.onnx --vnnlib=v --eps=-1",
        "export MODEL -o a.onnx --vnnlib=v --samples=0",
        "import",
        "import MODEL",
        "import MODEL -o a.npz",
        "import MODEL -o a.safetensors --steps=3",
        "import w.npz -o a.safetensors --map=A=B",
        "import MODEL -o a.safetensors --map=A",
        "import w.csv -o a.safetensors --image=28",
        "import MODEL -o a.onnx --weights=ode.weight",
      })
  void wrongUsageIsExitCode2(String line) throws Exception {
    Files.writeString(folder.resolve("w.csv"), "1\n");
    new TensorFile(List.of(), Map.of()).write(folder.resolve("w.npz"));
    String[] args =
        Stream.of(line.split(" ", -1))
            .map(arg -> arg.equals("MODEL") ? model.toString() : arg)
            .map(arg -> arg.startsWith("w.") || arg.startsWith("a.") ? path(arg) : arg)
            .toArray(String[]::new);
    Outcome outcome = Outcome.of(args);
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(2);
    assertThat(outcome.errorLines()).singleElement().asString().startsWith("flowbound " + args[0]);
  }
}
