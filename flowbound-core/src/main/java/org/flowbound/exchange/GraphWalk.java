package org.flowbound.exchange;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.numbers.gamma.Erf;
import org.flowbound.exchange.GraphValue.Affine;
import org.flowbound.exchange.GraphValue.Constant;
import org.flowbound.exchange.GraphValue.Opaque;
import org.flowbound.exchange.GraphValue.Signal;
import org.flowbound.field.StandardActivation;
import org.flowbound.io.ElementType;
import org.flowbound.io.OnnxGraph;
import org.flowbound.io.OnnxNode;
import org.flowbound.io.Shape;
import org.flowbound.io.Tensor;
import org.flowbound.linalg.Matrix;

/**
 * Follows a graph from its input to its output, and keeps of every value how it depends on affine
 * images of others. Of nodes that it does not know it keeps that; they matter only where the output
 * depends on them.
 */
final class GraphWalk {
  /** float32, float16, float64 and bfloat16 in ONNX. */
  private static final Set<Double> REAL_TYPES = Set.of(1.0, 10.0, 11.0, 16.0);

  private static final double BOOL = 9;

  private final Map<String, GraphValue> values = new HashMap<>();
  private final Map<StoredWeight, Matrix> weights = new HashMap<>();
  private final Affine input;
  private final String output;

  private GraphWalk(OnnxGraph graph) throws UnrecognizedGraphException {
    if (graph.inputs().size() != 1 || graph.outputs().isEmpty()) {
      throw new UnrecognizedGraphException(
          "the graph has %d inputs and %d outputs, not one of each"
              .formatted(graph.inputs().size(), graph.outputs().size()));
    }
    output = graph.outputs().get(0).name();
    for (Tensor constant : graph.constants()) {
      values.put(constant.name(), new Constant(constant, new StoredWeight(constant.name(), false)));
    }
    input = new Affine(null, null, null, new double[] {0});
    values.put(graph.inputs().get(0).name(), Signal.of(input));
    for (OnnxNode node : graph.nodes()) {
      if (node.outputs().isEmpty()) {
        continue;
      }
      values.put(node.outputs().get(0), evaluate(node));
    }
  }

  /**
   * What the graph's first output is made of.
   *
   * @param input the graph's input
   */
  record Result(Affine input, Signal output) {}

  static Result of(OnnxGraph graph) throws UnrecognizedGraphException {
    GraphWalk walk = new GraphWalk(graph);
    GraphValue output =
        walk.values.getOrDefault(walk.output, new Opaque("the output is not computed"));
    if (output instanceof Signal signal) {
      return new Result(walk.input, signal);
    }
    throw new UnrecognizedGraphException(
        output instanceof Opaque opaque
            ? opaque.reason()
            : "the output does not depend on the input");
  }

  private GraphValue evaluate(OnnxNode node) {
    List<GraphValue> arguments = new ArrayList<>();
    for (String name : node.inputs()) {
      GraphValue value = name.isEmpty() ? new Opaque("an input is left out") : values.get(name);
      arguments.add(value == null ? new Opaque("'%s' is not computed".formatted(name)) : value);
    }
    try {
      return evaluate(node, arguments);
    } catch (IllegalArgumentException unfit) {
      return opaque(node, unfit.getMessage());
    }
  }

  private static Opaque opaque(OnnxNode node, String reason) {
    return new Opaque(
        "the node '%s' (%s): %s".formatted(node.outputs().get(0), node.operator(), reason));
  }

  private GraphValue evaluate(OnnxNode node, List<GraphValue> arguments) {
    switch (node.operator()) {
      case "Constant" -> {
        return constant(node);
      }
      case "Identity", "Dropout" -> {
        return at(arguments, 0);
      }
      case "Cast" -> {
        double type = node.number("to", 0);
        if (REAL_TYPES.contains(type)) {
          return at(arguments, 0);
        }
        return type == BOOL ? entrywise(node, arguments) : opaque(node, "it makes integers");
      }
      case "Flatten", "Reshape", "Squeeze", "Unsqueeze" -> {
        return reshape(node, at(arguments, 0));
      }
      case "Transpose" -> {
        return transpose(node, at(arguments, 0));
      }
      case "Softmax", "LogSoftmax" -> {
        // Only behind the logits, where it changes no decision.
        return node.outputs().get(0).equals(output) && Math.abs(node.number("axis", -1)) == 1
            ? at(arguments, 0)
            : opaque(node, "it is not the last operation");
      }
      case "MatMul" -> {
        return affine(arguments, 1, false, new double[] {0});
      }
      case "Gemm" -> {
        return gemm(node, arguments);
      }
      case "Add", "Sum" -> {
        GraphValue sum = at(arguments, 0);
        for (GraphValue addend :
            arguments.subList(Math.min(1, arguments.size()), arguments.size())) {
          sum = sum(node, sum, 1, addend);
        }
        return sum;
      }
      case "Sub" -> {
        return sum(node, at(arguments, 0), -1, at(arguments, 1));
      }
      default -> {
        return product(node, arguments).orElseGet(() -> entrywise(node, arguments));
      }
    }
  }

  private static GraphValue at(List<GraphValue> arguments, int index) {
    return index < arguments.size() ? arguments.get(index) : new Opaque("a node lacks an input");
  }

  private static GraphValue constant(OnnxNode node) {
    List<Double> numbers =
        node.numbers().isEmpty() ? List.of() : node.numbers().values().iterator().next();
    if (numbers.isEmpty()) {
      return opaque(node, "no constant of real numbers");
    }
    double[] entries = numbers.stream().mapToDouble(Double::doubleValue).toArray();
    Shape shape = entries.length == 1 ? Shape.of() : Shape.of(entries.length);
    return new Constant(
        Tensor.of(node.outputs().get(0), shape, ElementType.FLOAT64, entries), null);
  }

  /** The pixels become a row; a constant keeps its meaning where it is no matrix. */
  private GraphValue reshape(OnnxNode node, GraphValue value) {
    boolean isHarmless =
        value instanceof Opaque
            || (value instanceof Signal signal && signal.terms().keySet().equals(Set.of(input)))
            || (value instanceof Constant constant && constant.tensor().shape().rank() < 2);
    return isHarmless ? value : opaque(node, "it changes the shape of a state or of a matrix");
  }

  private static GraphValue transpose(OnnxNode node, GraphValue value) {
    if (List.of(0.0, 1.0).equals(node.numbers().get("perm"))) {
      return value;
    }
    if (value instanceof Constant constant && constant.tensor().shape().rank() == 2) {
      Tensor tensor = constant.tensor();
      Tensor transposed = Tensor.of(tensor.name(), tensor.toMatrix().transpose());
      StoredWeight source = constant.source();
      return new Constant(transposed, source == null ? null : source.transpose());
    }
    return value instanceof Opaque ? value : new Opaque("a state is transposed");
  }

  private GraphValue gemm(OnnxNode node, List<GraphValue> arguments) {
    if (node.number("transA", 0) != 0) {
      return opaque(node, "a state is transposed");
    }
    double[] bias = {0};
    if (arguments.size() > 2 && !node.input(2).isEmpty()) {
      if (!(arguments.get(2) instanceof Constant constant)) {
        return opaque(node, "its bias is computed");
      }
      double beta = node.number("beta", 1);
      bias = GraphValue.map(vector(constant), entry -> beta * entry);
    }
    return affine(arguments, node.number("alpha", 1), node.number("transB", 0) != 0, bias);
  }

  /** {@code factor · x W + bias}, or with Wᵀ in the place of W. */
  private GraphValue affine(
      List<GraphValue> arguments, double factor, boolean transposed, double[] bias) {
    GraphValue x = at(arguments, 0);
    if (!(x instanceof Signal signal)) {
      return x instanceof Opaque ? x : new Opaque("a constant is multiplied from the left");
    }
    if (!(at(arguments, 1) instanceof Constant constant) || constant.tensor().shape().rank() != 2) {
      return new Opaque("a state is multiplied by something else than a constant matrix");
    }
    StoredWeight source = constant.source();
    if (source != null && !transposed) {
      source = source.transpose();
    }
    Matrix weight =
        source == null
            ? oriented(constant, transposed)
            : weights.computeIfAbsent(source, name -> oriented(constant, transposed));
    if (factor != 1) {
      weight = weight.times(factor);
      source = null;
    }
    return Signal.of(new Affine(signal, weight, source, bias));
  }

  private static Matrix oriented(Constant constant, boolean transposed) {
    Matrix stored = constant.tensor().toMatrix();
    return transposed ? stored : stored.transpose();
  }

  private static double[] vector(Constant constant) {
    Shape shape = constant.tensor().shape();
    for (int axis = 0; axis < shape.rank() - 1; axis++) {
      if (shape.dimension(axis) != 1) {
        throw new IllegalArgumentException("a constant of shape %s is added".formatted(shape));
      }
    }
    return constant.tensor().values();
  }

  private static GraphValue sum(OnnxNode node, GraphValue x, double sign, GraphValue y) {
    if (x instanceof Opaque) {
      return x;
    }
    if (y instanceof Opaque) {
      return y;
    }
    if (x instanceof Signal first && y instanceof Signal second) {
      return first.plus(sign, second);
    }
    if (x instanceof Signal signal && y instanceof Constant constant) {
      return signal.plus(GraphValue.map(vector(constant), entry -> sign * entry));
    }
    if (x instanceof Constant constant && y instanceof Signal signal) {
      return (sign == 1 ? signal : signal.times(sign)).plus(vector(constant));
    }
    return entrywise(node, List.of(x, y));
  }

  /** The product or quotient of a signal and a number. */
  private static Optional<GraphValue> product(OnnxNode node, List<GraphValue> arguments) {
    if (node.operator().equals("Neg") && at(arguments, 0) instanceof Signal signal) {
      return Optional.of(signal.times(-1));
    }
    boolean isProduct = node.operator().equals("Mul");
    if (arguments.size() != 2 || !(isProduct || node.operator().equals("Div"))) {
      return Optional.empty();
    }
    if (at(arguments, 0) instanceof Signal signal
        && at(arguments, 1) instanceof Constant constant
        && constant.isScalar()) {
      return Optional.of(signal.times(isProduct ? constant.scalar() : 1 / constant.scalar()));
    }
    if (isProduct
        && at(arguments, 1) instanceof Signal signal
        && at(arguments, 0) instanceof Constant constant
        && constant.isScalar()) {
      return Optional.of(signal.times(constant.scalar()));
    }
    return Optional.empty();
  }

  /** A function of one affine image, or of constants alone, entry by entry. */
  private static GraphValue entrywise(OnnxNode node, List<GraphValue> arguments) {
    Affine x = null;
    List<double[]> probes = new ArrayList<>();
    for (int k = 0; k < arguments.size(); k++) {
      GraphValue argument = arguments.get(k);
      if (argument instanceof Constant constant && constant.isScalar()) {
        probes.add(new double[] {constant.scalar()});
      } else if (argument instanceof Opaque opaque) {
        if (!node.input(k).isEmpty() || !node.operator().equals("Clip")) {
          return opaque;
        }
        probes.add(new double[0]);
      } else if (argument instanceof Signal signal
          && signal.terms().size() == 1
          && signal.shift().length == 1) {
        Map.Entry<Affine, double[]> term = signal.terms().entrySet().iterator().next();
        if (x != null && x != term.getKey()) {
          return opaque(node, "it depends on two layers at once");
        }
        x = term.getKey();
        probes.add(GraphValue.map(term.getValue(), value -> value + signal.shift()[0]));
      } else {
        return opaque(node, "it is not known how to follow it");
      }
    }
    if (probes.isEmpty() || (node.operator().equals("Where") && probes.size() != 3)) {
      return opaque(node, "it lacks an input");
    }
    double[] result = apply(node, probes);
    if (x == null) {
      return result.length == 1
          ? new Constant(
              Tensor.of(node.outputs().get(0), Shape.of(), ElementType.FLOAT64, result), null)
          : opaque(node, "it is not known how to follow it");
    }
    double[] all = result.length == 1 ? spread(result[0]) : result;
    return new Signal(Map.of(x, all), new double[] {0});
  }

  private static double[] spread(double value) {
    return GraphValue.map(Probe.points(), point -> value);
  }

  private static double[] apply(OnnxNode node, List<double[]> probes) {
    double[] x = probes.get(0);
    return switch (node.operator()) {
      case "Tanh" -> GraphValue.map(x, Math::tanh);
      case "Sigmoid" -> GraphValue.map(x, StandardActivation.SIGMOID::value);
      case "Relu" -> GraphValue.map(x, StandardActivation.RELU::value);
      case "Softplus" -> GraphValue.map(x, StandardActivation.SOFTPLUS::value);
      case "Erf" -> GraphValue.map(x, Erf::value);
      case "Exp" -> GraphValue.map(x, Math::exp);
      case "Log" -> GraphValue.map(x, Math::log);
      case "Abs" -> GraphValue.map(x, Math::abs);
      case "Sqrt" -> GraphValue.map(x, Math::sqrt);
      case "Reciprocal" -> GraphValue.map(x, value -> 1 / value);
      case "Cast" -> GraphValue.map(x, value -> value == 0 ? 0 : 1);
      case "Not" -> GraphValue.map(x, value -> value == 0 ? 1 : 0);
      case "Neg" -> GraphValue.map(x, value -> -value);
      case "Elu" -> elu(x, node.number("alpha", 1));
      case "LeakyRelu" -> leakyRelu(x, node.number("alpha", 0.01));
      case "Gelu" ->
          node.texts().getOrDefault("approximate", "none").equals("none")
              ? GraphValue.map(x, StandardActivation.GELU::value)
              : unknown(node);
      case "Mul" -> pairs(probes, (a, b) -> a * b);
      case "Div" -> pairs(probes, (a, b) -> a / b);
      case "Add" -> pairs(probes, Double::sum);
      case "Sub" -> pairs(probes, (a, b) -> a - b);
      case "Pow" -> pairs(probes, Math::pow);
      case "PRelu" -> pairs(probes, (a, b) -> a >= 0 ? a : a * b);
      case "Min" -> pairs(probes, Math::min);
      case "Max" -> pairs(probes, Math::max);
      case "Less" -> pairs(probes, (a, b) -> a < b ? 1 : 0);
      case "LessOrEqual" -> pairs(probes, (a, b) -> a <= b ? 1 : 0);
      case "Greater" -> pairs(probes, (a, b) -> a > b ? 1 : 0);
      case "GreaterOrEqual" -> pairs(probes, (a, b) -> a >= b ? 1 : 0);
      case "And" -> pairs(probes, (a, b) -> a * b);
      case "Or" -> pairs(probes, Math::max);
      case "Clip" -> clip(node, probes);
      case "Where" -> where(probes);
      default -> unknown(node);
    };
  }

  private static double[] unknown(OnnxNode node) {
    throw new IllegalArgumentException("the operator %s is not known".formatted(node.operator()));
  }

  private static double[] elu(double[] x, double alpha) {
    return GraphValue.map(x, value -> value >= 0 ? value : alpha * Math.expm1(value));
  }

  private static double[] leakyRelu(double[] x, double alpha) {
    DoubleUnaryOperator leaky = value -> value >= 0 ? value : alpha * value;
    return GraphValue.map(x, leaky);
  }

  private static double[] pairs(List<double[]> probes, DoubleBinaryOperator operator) {
    double[] result = probes.get(0);
    for (double[] probe : probes.subList(1, probes.size())) {
      if (result.length == 1) {
        double left = result[0];
        result = GraphValue.map(probe, value -> operator.applyAsDouble(left, value));
      } else if (probe.length == 1) {
        result = GraphValue.map(result, value -> operator.applyAsDouble(value, probe[0]));
      } else {
        result = GraphValue.combine(result, probe, operator);
      }
    }
    return result;
  }

  private static double[] clip(OnnxNode node, List<double[]> probes) {
    // Before version 11 the ends were attributes.
    double low = node.number("min", Double.NEGATIVE_INFINITY);
    double high = node.number("max", Double.POSITIVE_INFINITY);
    double[] result = GraphValue.map(probes.get(0), value -> Math.min(Math.max(value, low), high));
    if (probes.size() > 1 && probes.get(1).length > 0) {
      result = pairs(List.of(result, probes.get(1)), Math::max);
    }
    if (probes.size() > 2 && probes.get(2).length > 0) {
      result = pairs(List.of(result, probes.get(2)), Math::min);
    }
    return result;
  }

  private static double[] where(List<double[]> probes) {
    double[] condition = probes.get(0);
    int n = probes.stream().mapToInt(probe -> probe.length).max().orElse(0);
    double[] result = new double[n];
    for (int k = 0; k < n; k++) {
      double[] chosen = entry(condition, k) != 0 ? probes.get(1) : probes.get(2);
      result[k] = entry(chosen, k);
    }
    return result;
  }

  private static double entry(double[] probe, int k) {
    return probe.length == 1 ? probe[0] : probe[k];
  }
}
