package org.flowbound.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.flowbound.field.Activation;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.io.ElementType;
import org.flowbound.io.OnnxGraph;
import org.flowbound.io.OnnxNode;
import org.flowbound.io.Shape;
import org.flowbound.io.Tensor;
import org.flowbound.io.UnusableFileException;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.flowbound.network.Parameters;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class UnrolledOdeTest {
  @TempDir private Path folder;

  private static Classifier classifier(
      Activation activation, Discretization discretization, Normalization normalization) {
    Architecture architecture =
        new Architecture(4, 3, 5, 6, activation, discretization, normalization);
    return Parameters.random(architecture, Precision.FLOAT32, new SplittableRandom(3))
        .toClassifier();
  }

  private static Classifier euler() {
    return classifier(
        Activation.of("smooth-leaky-relu", 0.1), Discretization.defaults(), Normalization.NONE);
  }

  static Stream<Arguments> networks() {
    return Activation.ids().stream()
        .flatMap(id -> RungeKutta.ids().stream().map(solver -> Arguments.of(id, solver)));
  }

  private OnnxGraph written(OnnxGraph graph) throws Exception {
    Path file = folder.resolve("a.onnx");
    graph.write(file, OnnxGraph.MAX_OPSET);
    return OnnxGraph.read(file);
  }

  private static void assertSame(Classifier actual, Classifier expected) {
    assertThat(actual.inputWeight()).isEqualTo(expected.inputWeight());
    assertThat(actual.inputBias()).isEqualTo(expected.inputBias());
    assertThat(actual.odeWeight()).isEqualTo(expected.odeWeight());
    assertThat(actual.odeBias()).isEqualTo(expected.odeBias());
    assertThat(actual.outputWeight()).isEqualTo(expected.outputWeight());
    assertThat(actual.outputBias()).isEqualTo(expected.outputBias());
    Architecture architecture = actual.architecture();
    Architecture original = expected.architecture();
    assertThat(architecture.activation().id()).isEqualTo(original.activation().id());
    assertThat(architecture.activation().slopes()).isEqualTo(original.activation().slopes());
    assertThat(architecture.discretization()).isEqualTo(original.discretization());
    assertThat(architecture.normalization().mean())
        .isCloseTo(original.normalization().mean(), within(1e-7));
    assertThat(architecture.normalization().deviation())
        .isCloseTo(original.normalization().deviation(), within(1e-7));
    assertThat(architecture.pixels()).isEqualTo(original.pixels());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void exportedClassifiersAreRecognised(String activation, String solver) throws Exception {
    Classifier original =
        classifier(
            Activation.of(activation, 0.2),
            new Discretization(RungeKutta.of(solver), 7, 1.5),
            new Normalization(0.13, 0.31));
    UnrolledOde found = UnrolledOde.in(written(ClassifierGraph.of(original)));
    assertSame(found.classifier(), original);
    assertThat(found.odeWeights()).containsExactly(new StoredWeight("ode.weight", false));
  }

  @Test
  void manyStepsAreRecognised() throws Exception {
    Classifier original =
        classifier(
            Activation.of("tanh", 0),
            new Discretization(RungeKutta.EULER, 500, 2),
            new Normalization(0.5, 0.5));
    assertSame(UnrolledOde.in(written(ClassifierGraph.of(original))).classifier(), original);
  }

  /** The graph with one constant or node exchanged. */
  private static OnnxGraph with(OnnxGraph graph, Tensor tensor) {
    List<Tensor> constants = new ArrayList<>(graph.constants());
    constants.replaceAll(old -> old.name().equals(tensor.name()) ? tensor : old);
    return new OnnxGraph(
        graph.inputs(), graph.outputs(), constants, graph.nodes(), graph.metadata());
  }

  private static OnnxGraph with(OnnxGraph graph, OnnxNode node, Tensor... more) {
    List<OnnxNode> nodes = new ArrayList<>(graph.nodes());
    nodes.replaceAll(old -> old.outputs().equals(node.outputs()) ? node : old);
    List<Tensor> constants = new ArrayList<>(graph.constants());
    constants.addAll(List.of(more));
    return new OnnxGraph(graph.inputs(), graph.outputs(), constants, nodes, graph.metadata());
  }

  private static Tensor scalar(String name, double value) {
    return Tensor.of(name, Shape.of(), ElementType.FLOAT32, value);
  }

  @Test
  void whatDiffersInOneStepIsRefused() throws Exception {
    OnnxGraph graph = ClassifierGraph.of(euler());
    String weight = "ode.weight";
    Tensor other = Tensor.of("other", Shape.of(6, 6), ElementType.FLOAT32, new double[36]);
    assertThatThrownBy(
            () ->
                UnrolledOde.in(
                    with(
                        graph,
                        OnnxNode.of("Gemm", "s7.0.p", "u7.sum0", "other", "ode.bias")
                            .with("transB", 1),
                        other)))
        .isInstanceOf(UnrecognizedGraphException.class)
        .hasMessageContaining("share their weights");
    assertThatThrownBy(
            () ->
                UnrolledOde.in(
                    with(graph, OnnxNode.of("Mul", "u8.0", "s7.0.k", "odd"), scalar("odd", 0.051))))
        .hasMessageContaining("no equal steps");
    assertThatThrownBy(() -> UnrolledOde.in(with(graph, OnnxNode.of("Relu", "s7.0.k", "s7.0.p"))))
        .hasMessageContaining("share their activation");
    assertThatThrownBy(
            () -> UnrolledOde.in(with(graph, OnnxNode.of("Identity", "u8.sum0", "u8.0"))))
        .hasMessageContaining("no residual step");
    assertThatThrownBy(() -> UnrolledOde.in(with(graph, OnnxNode.of("Sin", "s7.0.k", "s7.0.p"))))
        .hasMessageContaining("'s7.0.k' (Sin)");
    assertThatThrownBy(
            () ->
                UnrolledOde.in(
                    with(
                        graph,
                        OnnxNode.of("Gemm", "logits", "u20.sum0", weight).with("transA", 1))))
        .hasMessageContaining("transposed");
    assertThatThrownBy(() -> UnrolledOde.in(with(graph, scalar("number.-0.1", -0.3))))
        .hasMessageContaining("the activation is none of");
  }

  @Test
  void whatOnlyLooksHarmlessIsRefused() {
    OnnxGraph graph = ClassifierGraph.of(euler());
    for (OnnxNode node :
        List.of(
            OnnxNode.of("Softmax", "s7.0.k", "s7.0.p"),
            OnnxNode.of("Flatten", "s7.0.k", "s7.0.p"),
            OnnxNode.of("Cast", "s7.0.k", "s7.0.p").with("to", 7),
            OnnxNode.of("Clip", "s7.0.k", "s7.0.p").with("min", -1).with("max", 2))) {
      assertThatThrownBy(() -> UnrolledOde.in(with(graph, node)))
          .as(node.operator())
          .isInstanceOf(UnrecognizedGraphException.class);
    }
    OnnxGraph halved =
        new OnnxGraph(
            List.of(new OnnxGraph.Value("pixels", List.of("batch", "2", "12"))),
            graph.outputs(),
            graph.constants(),
            graph.nodes(),
            graph.metadata());
    assertThatThrownBy(() -> UnrolledOde.in(halved)).hasMessageContaining("24 pixels");
  }

  @Test
  void whatIsHarmlessIsFollowed() throws Exception {
    OnnxGraph graph = ClassifierGraph.of(euler());
    List<OnnxNode> nodes = new ArrayList<>(graph.nodes());
    nodes.replaceAll(
        node ->
            node.outputs().equals(List.of("logits"))
                ? OnnxNode.of("Gemm", "z", node.input(0), node.input(1), node.input(2))
                    .with("transB", 1)
                : node.input(0).equals("pixels")
                    ? OnnxNode.of("Gemm", "u0", "row", node.input(1), node.input(2))
                        .with("transB", 1)
                    : node);
    nodes.add(0, OnnxNode.of("Flatten", "row", "pixels"));
    nodes.add(OnnxNode.of("Softmax", "logits", "z"));
    OnnxGraph more =
        new OnnxGraph(
            List.of(new OnnxGraph.Value("pixels", List.of("batch", "1", "4", "3"))),
            graph.outputs(),
            graph.constants(),
            nodes,
            graph.metadata());
    assertSame(UnrolledOde.in(more).classifier(), euler());
  }

  /** One hidden layer, and no step. */
  @Test
  void otherNetworksAreRefused() {
    Tensor matrix = Tensor.of("w", Shape.of(3, 3), ElementType.FLOAT32, new double[9]);
    List<OnnxGraph.Value> in = List.of(new OnnxGraph.Value("x", List.of("1", "3")));
    List<OnnxGraph.Value> out = List.of(new OnnxGraph.Value("y", List.of()));
    List<OnnxNode> plain =
        List.of(
            OnnxNode.of("MatMul", "p", "x", "w"),
            OnnxNode.of("Relu", "q", "p"),
            OnnxNode.of("MatMul", "y", "q", "w"));
    List<List<OnnxNode>> refused =
        List.of(
            plain,
            List.of(OnnxNode.of("MatMul", "y", "x", "w")),
            List.of(OnnxNode.of("Relu", "y", "x")),
            List.of(OnnxNode.of("Transpose", "y", "w")),
            List.of(OnnxNode.of("MatMul", "y", "w", "x")),
            List.of(OnnxNode.of("Add", "y", "absent", "x")),
            List.of(OnnxNode.of("Add", "y")),
            List.of(OnnxNode.of("Where", "y", "x")),
            List.of(new OnnxNode("Relu", List.of(), List.of(), Map.of(), Map.of())),
            List.of());
    for (List<OnnxNode> nodes : refused) {
      OnnxGraph graph = new OnnxGraph(in, out, List.of(matrix), nodes, Map.of());
      assertThatThrownBy(() -> UnrolledOde.in(graph))
          .as(nodes.toString())
          .isInstanceOf(UnrecognizedGraphException.class);
    }
  }

  /** Damaged files are refused in one of two ways, or recognised as something else. */
  @Test
  void onlyKnownFailuresComeOutOfDamagedFiles() throws Exception {
    Path file = folder.resolve("a.onnx");
    Classifier small =
        classifier(
            Activation.of("smooth-leaky-relu", 0.1),
            new Discretization(RungeKutta.MIDPOINT, 2, 1),
            Normalization.NONE);
    ClassifierGraph.of(small).write(file, OnnxGraph.MIN_OPSET);
    byte[] whole = Files.readAllBytes(file);
    int refused = 0;
    for (int seed = 0; seed < 1500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] damaged = whole.clone();
      for (int k = random.nextInt(1, 6); k > 0; k--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      int from = random.nextInt(damaged.length);
      int to = random.nextInt(damaged.length);
      System.arraycopy(
          damaged,
          from,
          damaged,
          to,
          Math.min(random.nextInt(40), damaged.length - Math.max(from, to)));
      Files.write(file, damaged);
      try {
        UnrolledOde.in(OnnxGraph.read(file));
      } catch (UnusableFileException | UnrecognizedGraphException expected) {
        assertThat(expected.getMessage()).isNotBlank();
        refused++;
      } catch (RuntimeException | Error failure) {
        throw new AssertionError("seed " + seed, failure);
      }
    }
    assertThat(refused).isBetween(500, 1500);
  }

  private static Process python(Path folder, String script) throws Exception {
    return new ProcessBuilder("/usr/bin/python3", "-c", script)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .start();
  }

  @Test
  void graphsThatPyTorchExportsAreRecognised() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/python3"))
            && python(folder, "import torch").waitFor() == 0,
        "/usr/bin/python3 has no module torch");
    Map<String, String> fields =
        Map.of(
            "tanh", "torch.tanh(self.ode(u))",
            "sigmoid", "torch.sigmoid(self.ode(u))",
            "gelu", "F.gelu(self.ode(u))",
            "silu", "F.silu(self.ode(u))",
            "elu", "F.elu(self.ode(u))",
            "softplus", "F.softplus(self.ode(u))",
            "leaky-relu", "F.leaky_relu(self.ode(u), 0.25)",
            "relu", "torch.relu(u @ self.ode.weight.T + self.ode.bias)",
            "identity", "torch.matmul(u, self.free) + self.ode.bias",
            "smooth-leaky-relu", "papers(self.ode(u), 0.25)");
    StringBuilder cases = new StringBuilder();
    fields.forEach(
        (name, field) -> cases.append("export('%s', lambda self, u: %s)\n".formatted(name, field)));
    Process process =
        python(
            folder,
            """
            import math, numpy as np, torch
            import torch.nn.functional as F
            def papers(x, alpha):
                z = math.acosh(1 / math.sqrt(alpha))
                low = alpha * (x + z) - math.tanh(z)
                return torch.where(x >= 0, x, torch.where(x >= -z, torch.tanh(x), low))
            class Network(torch.nn.Module):
                def __init__(self, f):
                    super().__init__()
                    self.f = f
                    self.input = torch.nn.Linear(12, 6)
                    self.ode = torch.nn.Linear(6, 6)
                    self.output = torch.nn.Linear(6, 3)
                    self.free = torch.nn.Parameter(self.ode.weight.detach().T.clone())
                def forward(self, x):
                    f = lambda u: self.f(self, u)
                    u, h = self.input(((x - 0.5) / 0.25).flatten(1)), 1.5 / 4
                    for _ in range(4):
                        k1 = f(u)
                        k2 = f(u + h / 2 * k1)
                        k3 = f(u + h / 2 * k2)
                        k4 = f(u + h * k3)
                        u = u + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
                    return self.output(u)
            def export(name, f):
                torch.manual_seed(1)
                network = Network(f)
                torch.onnx.export(network, torch.rand(2, 1, 4, 3), name + '.onnx')
                np.save('A.npy', network.ode.weight.detach().numpy())
            """
                + cases);
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    for (String name : fields.keySet()) {
      UnrolledOde found = UnrolledOde.in(OnnxGraph.read(folder.resolve(name + ".onnx")));
      Classifier classifier = found.classifier();
      Architecture architecture = classifier.architecture();
      assertThat(architecture.activation().id()).isEqualTo(name);
      assertThat(classifier.odeWeight()).isEqualTo(Weights.read(folder.resolve("A.npy"), null));
      assertThat(architecture.imageRows()).isEqualTo(4);
      assertThat(architecture.discretization())
          .isEqualTo(new Discretization(RungeKutta.RK4, 4, 1.5));
      assertThat(architecture.normalization()).isEqualTo(new Normalization(0.5, 0.25));
      assertThat(found.odeWeights()).isNotEmpty();
    }
  }
}
