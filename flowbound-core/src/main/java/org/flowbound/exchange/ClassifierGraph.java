package org.flowbound.exchange;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.flowbound.field.Activation;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.RungeKutta;
import org.flowbound.io.ElementType;
import org.flowbound.io.OnnxGraph;
import org.flowbound.io.OnnxNode;
import org.flowbound.io.Shape;
import org.flowbound.io.Tensor;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;

/**
 * A classifier as an ONNX graph from {@code pixels [batch, pixels]}, in [0, 1], to {@code logits
 * [batch, classes]}: the normalisation, the input layer, every stage of every step, and the output
 * layer. The weights have the names of model files, and each is one constant, which all steps use.
 *
 * <p>Only operators that have meant the same since version 13 are used, and for activations those
 * that verifiers know: piecewise linear ones, tanh, sigmoid and erf.
 */
public final class ClassifierGraph {
  /** The name of the graph's input. */
  public static final String INPUT = "pixels";

  /** The name of the graph's output. */
  public static final String OUTPUT = "logits";

  private final Architecture architecture;
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final List<OnnxNode> nodes = new ArrayList<>();

  private ClassifierGraph(Classifier classifier) {
    this.architecture = classifier.architecture();
    ClassifierTensors.of(classifier).forEach(tensor -> constants.put(tensor.name(), tensor));
    int steps = architecture.discretization().steps();
    String state = gemm("u0", normalized(), "input");
    for (int n = 0; n < steps; n++) {
      state = step(state, n);
    }
    gemm(OUTPUT, state, "output");
  }

  /**
   * The graph of a classifier, with single-precision constants.
   *
   * @throws IllegalArgumentException if its activation has no form in ONNX
   */
  public static OnnxGraph of(Classifier classifier) {
    ClassifierGraph graph = new ClassifierGraph(classifier);
    Architecture architecture = graph.architecture;
    return new OnnxGraph(
        List.of(
            new OnnxGraph.Value(INPUT, List.of("batch", Integer.toString(architecture.pixels())))),
        List.of(
            new OnnxGraph.Value(
                OUTPUT, List.of("batch", Integer.toString(architecture.classes())))),
        List.copyOf(graph.constants.values()),
        graph.nodes,
        Map.of());
  }

  private String add(String operator, String output, String... inputs) {
    nodes.add(OnnxNode.of(operator, output, inputs));
    return output;
  }

  private String gemm(String output, String input, String layer) {
    nodes.add(
        OnnxNode.of("Gemm", output, input, layer + ".weight", layer + ".bias").with("transB", 1));
    return output;
  }

  /** The name of a scalar constant. */
  private String number(double value) {
    String name = "number." + (float) value;
    constants.put(name, Tensor.of(name, Shape.of(), ElementType.FLOAT32, value));
    return name;
  }

  private String normalized() {
    Normalization normalization = architecture.normalization();
    if (normalization.equals(Normalization.NONE)) {
      return INPUT;
    }
    String centered = add("Sub", "centered", INPUT, number(normalization.mean()));
    return add("Div", "normalized", centered, number(normalization.deviation()));
  }

  /** One step of the solver; the state after it. */
  private String step(String state, int n) {
    RungeKutta method = architecture.discretization().method();
    double h = architecture.discretization().stepSize();
    List<String> slopes = new ArrayList<>();
    for (int i = 0; i < method.stages(); i++) {
      String stage = "s%d.%d".formatted(n, i);
      double[] row = new double[i];
      for (int j = 0; j < i; j++) {
        row[j] = h * method.a(i, j);
      }
      String argument = combine(state, row, slopes, stage + ".state");
      slopes.add(activate(gemm(stage + ".p", argument, "ode"), stage));
    }
    double[] weights = new double[method.stages()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = h * method.b(i);
    }
    return combine(state, weights, slopes, "u%d".formatted(n + 1));
  }

  /** {@code state + Σ factors[j] slopes[j]}. */
  private String combine(String state, double[] factors, List<String> slopes, String output) {
    String sum = state;
    for (int j = 0; j < factors.length; j++) {
      if (factors[j] != 0) {
        String term = add("Mul", "%s.%d".formatted(output, j), slopes.get(j), number(factors[j]));
        sum = add("Add", "%s.sum%d".formatted(output, j), sum, term);
      }
    }
    return sum;
  }

  private String activate(String x, String stage) {
    Activation activation = architecture.activation();
    String y = stage + ".";
    return switch (activation.id()) {
      case "identity" -> x;
      case "tanh" -> add("Tanh", y + "k", x);
      case "sigmoid" -> add("Sigmoid", y + "k", x);
      case "softplus" -> add("Softplus", y + "k", x);
      case "relu" -> add("Relu", y + "k", x);
      case "elu" -> add("Elu", y + "k", x);
      case "silu" -> add("Mul", y + "k", x, add("Sigmoid", y + "sigmoid", x));
      case "gelu" -> gelu(x, y);
      case "leaky-relu" -> {
        double alpha = activation.slopes().lower();
        nodes.add(OnnxNode.of("LeakyRelu", y + "k", x).with("alpha", alpha));
        yield y + "k";
      }
      case "smooth-leaky-relu" -> smoothLeakyRelu(x, y, (SmoothLeakyRelu) activation);
      default ->
          throw new IllegalArgumentException(
              "The activation '%s' cannot be exported to ONNX.".formatted(activation.id()));
    };
  }

  /** {@code (x/2)(1 + erf(x/√2))}. */
  private String gelu(String x, String y) {
    String erf = add("Erf", y + "erf", add("Div", y + "scaled", x, number(Math.sqrt(2))));
    String sum = add("Add", y + "sum", erf, number(1));
    return add("Mul", y + "k", add("Mul", y + "product", x, sum), number(0.5));
  }

  /** {@code max(x, 0) + tanh(min(max(x, −z), 0)) − α max(−z − x, 0)}. */
  private String smoothLeakyRelu(String x, String y, SmoothLeakyRelu activation) {
    String left = number(-activation.z());
    String positive = add("Relu", y + "positive", x);
    String curved = add("Tanh", y + "tanh", add("Clip", y + "clipped", x, left, number(0)));
    String beyond = add("Relu", y + "beyond", add("Sub", y + "distance", left, x));
    String line = add("Mul", y + "line", beyond, number(-activation.slopes().lower()));
    return add("Add", y + "k", add("Add", y + "sum", positive, curved), line);
  }
}
