package org.flowbound.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.flowbound.exchange.ClassifierGraph;
import org.flowbound.exchange.StoredWeight;
import org.flowbound.exchange.UnrolledOde;
import org.flowbound.field.Activation;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.io.ElementType;
import org.flowbound.io.OnnxGraph;
import org.flowbound.io.OnnxNode;
import org.flowbound.io.Shape;
import org.flowbound.io.Tensor;
import org.flowbound.io.TensorReference;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.flowbound.network.Parameters;
import org.flowbound.stability.Interval;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The weights of neural ODEs in ONNX files. */
class OnnxWeightsTest {
  private static final int D = 5;

  @TempDir private Path folder;

  private static Classifier classifier() {
    Architecture architecture =
        new Architecture(
            3,
            3,
            4,
            D,
            Activation.of("leaky-relu", 0.25),
            new Discretization(RungeKutta.EULER, 4, 1),
            Normalization.NONE);
    return Parameters.random(architecture, Precision.FLOAT32, new SplittableRandom(5))
        .toClassifier();
  }

  /** The exported graph as other exporters write it: products with copies of Aᵀ, then the bias. */
  private static OnnxGraph withTransposedCopies(Classifier classifier) {
    OnnxGraph graph = ClassifierGraph.of(classifier);
    List<Tensor> constants = new ArrayList<>(graph.constants());
    constants.removeIf(tensor -> tensor.name().equals("ode.weight"));
    double[] transposed = classifier.odeWeight().transpose().toArray();
    for (String name : List.of("first", "second")) {
      constants.add(Tensor.of(name, Shape.of(D, D), ElementType.FLOAT32, transposed));
    }
    List<OnnxNode> nodes = new ArrayList<>();
    for (OnnxNode node : graph.nodes()) {
      if (!node.input(1).equals("ode.weight")) {
        nodes.add(node);
        continue;
      }
      String output = node.outputs().get(0);
      String copy = output.startsWith("s0") ? "first" : "second";
      nodes.add(OnnxNode.of("MatMul", output + ".product", node.input(0), copy));
      nodes.add(OnnxNode.of("Add", output, "ode.bias", output + ".product"));
    }
    return new OnnxGraph(graph.inputs(), graph.outputs(), constants, nodes, Map.of());
  }

  @Test
  void allCopiesAreWrittenTheRightWayRound() throws Exception {
    Classifier classifier = classifier();
    Path file = folder.resolve("a.onnx");
    withTransposedCopies(classifier).write(file, OnnxGraph.MAX_OPSET);
    WeightsFile weights = WeightsFile.read(new TensorReference(file, null));
    assertThat(weights.matrix()).isEqualTo(classifier.odeWeight());
    assertThat(weights.slopes().orElseThrow().lower()).isEqualTo(0.25);
    Matrix other = Matrix.generate(D, D, (i, j) -> (i - 0.25f * j) / 4);
    assertThat(weights.rounding(file).applyAsDouble(0.1)).isEqualTo(0.1f);
    Path target = folder.resolve("b.onnx");
    weights.write(target, other, new Interval(0, 1));
    OnnxGraph before = OnnxGraph.read(file);
    OnnxGraph after = OnnxGraph.read(target);
    UnrolledOde found = UnrolledOde.in(after);
    assertThat(found.classifier().odeWeight()).isEqualTo(other);
    assertThat(found.odeWeights())
        .containsExactlyInAnyOrder(
            new StoredWeight("first", true), new StoredWeight("second", true));
    assertThat(after.nodes()).isEqualTo(before.nodes());
    assertThat(after.constants())
        .filteredOn(tensor -> !before.constants().contains(tensor))
        .extracting(Tensor::name)
        .containsExactly("first", "second");
  }

  @Test
  void aNamedConstantIsTakenAsItIs() throws Exception {
    Path file = folder.resolve("a.onnx");
    withTransposedCopies(classifier()).write(file, OnnxGraph.MAX_OPSET);
    assertThat(WeightsFile.read(new TensorReference(file, "first")).matrix())
        .isEqualTo(classifier().odeWeight().transpose());
  }

  @Test
  void whatCannotBeWrittenIsRefused() {
    OnnxGraph graph = ClassifierGraph.of(classifier());
    List<OnnxNode> nodes = List.of(OnnxNode.of("Concat", "y", "x").with("axis", 1));
    OnnxGraph odd = new OnnxGraph(graph.inputs(), graph.outputs(), List.of(), nodes, Map.of());
    Path file = folder.resolve("a.onnx");
    assertThatThrownBy(() -> odd.write(file, OnnxGraph.MAX_OPSET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'axis'");
    assertThatThrownBy(() -> graph.write(file, OnnxGraph.MIN_OPSET - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[13, 24]");
    assertThat(file).doesNotExist();
  }
}
