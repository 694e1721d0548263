package org.flowbound.exchange;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.flowbound.exchange.GraphValue.Affine;
import org.flowbound.exchange.GraphValue.Signal;
import org.flowbound.field.Activation;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.io.OnnxGraph;
import org.flowbound.linalg.Matrix;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.jspecify.annotations.Nullable;

/**
 * A neural ODE classifier that was recognised in an ONNX graph.
 *
 * <p>Recognised is what computes {@code logits = C u_K + c} from {@code u_0 = Bx̂ + β} by stages
 * {@code k_i = σ(A(u_0 + Σ_{j<i} w_ij k_j) + b)} and {@code u_K = u_0 + Σ w_j k_j}, however the
 * graph spells it, with the same A, b and σ in all stages, where the numbers w are those of N equal
 * steps of a method of {@link RungeKutta}. An activation is recognised by its values, to 1e-5, and
 * the numbers w to 1e-5 of the step size.
 *
 * @param odeWeights the constants of the graph in which A is stored, in all its copies; empty if it
 *     is computed from constants in the graph
 */
public record UnrolledOde(Classifier classifier, Set<StoredWeight> odeWeights) {
  private static final double TOLERANCE = 1e-5;

  /** As many as a sum of single-precision numbers has at least. */
  private static final int HORIZON_DIGITS = 6;

  public UnrolledOde {
    odeWeights = Set.copyOf(odeWeights);
  }

  /**
   * Recognises the classifier in a graph. Its images have the shape of the last two dimensions of
   * the graph's input where these are known, else that of {@link ImageShape#of}.
   *
   * @throws UnrecognizedGraphException if there is none
   */
  public static UnrolledOde in(OnnxGraph graph) throws UnrecognizedGraphException {
    return in(graph, null);
  }

  /**
   * As {@link #in(OnnxGraph)}, of images of a given shape.
   *
   * @param image null if the graph is to say it
   */
  public static UnrolledOde in(OnnxGraph graph, @Nullable ImageShape image)
      throws UnrecognizedGraphException {
    GraphWalk.Result walk = GraphWalk.of(graph);
    return new Recognition(walk.input(), image, graph.inputs().get(0).dimensions())
        .of(walk.output());
  }

  private static UnrecognizedGraphException unrecognized(String reason) {
    return new UnrecognizedGraphException(reason);
  }

  /** One attempt. */
  private static final class Recognition {
    private final Affine input;
    private final @Nullable ImageShape givenImage;
    private final List<String> inputDimensions;
    private final List<Affine> stages = new ArrayList<>();
    private Affine first;
    private Activation activation;

    Recognition(Affine input, @Nullable ImageShape givenImage, List<String> inputDimensions) {
      this.input = input;
      this.givenImage = givenImage;
      this.inputDimensions = inputDimensions;
      this.first = input;
      this.activation = Activation.of("identity", 1);
    }

    UnrolledOde of(Signal logits) throws UnrecognizedGraphException {
      Affine output = single(logits, "the output is no affine layer");
      Signal last = argument(output, "the output layer");
      findStages(last);
      Matrix a = weight(stages.get(0));
      double[] b = bias(stages.get(0), a.rows());
      Set<StoredWeight> sources = new LinkedHashSet<>();
      boolean stored = true;
      for (Affine stage : stages) {
        if (!weight(stage).equals(a) || !Arrays.equals(bias(stage, a.rows()), b)) {
          throw unrecognized("the steps do not share their weights");
        }
        StoredWeight source = stage.source();
        stored &= source != null;
        if (source != null) {
          sources.add(source);
        }
      }
      activation = activation(last);
      Discretization discretization = discretization(last);
      return new UnrolledOde(classifier(output, a, b, discretization), stored ? sources : Set.of());
    }

    private static Affine single(Signal signal, String complaint)
        throws UnrecognizedGraphException {
      if (signal.terms().size() == 1 && signal.isUnshifted()) {
        Map.Entry<Affine, double[]> term = signal.terms().entrySet().iterator().next();
        if (term.getValue() == Probe.points() && term.getKey().weight() != null) {
          return term.getKey();
        }
      }
      throw unrecognized(complaint);
    }

    private static Signal argument(Affine layer, String name) throws UnrecognizedGraphException {
      Signal argument = layer.argument();
      if (argument == null || !argument.isUnshifted()) {
        throw unrecognized(name + " acts on something else than a state");
      }
      return argument;
    }

    private static Matrix weight(Affine layer) {
      Matrix weight = layer.weight();
      if (weight == null) {
        throw new IllegalStateException("the input has no weight");
      }
      return weight;
    }

    private static double[] bias(Affine layer, int rows) throws UnrecognizedGraphException {
      double[] bias = layer.bias();
      if (bias.length == 1 && rows > 1) {
        double entry = bias[0];
        return GraphValue.map(new double[rows], zero -> entry);
      }
      if (bias.length != rows) {
        throw unrecognized(
            "a layer of width %d has a bias of %d entries".formatted(rows, bias.length));
      }
      return bias;
    }

    /** Everything that the last state is made of: the input layer, and the stages in order. */
    private void findStages(Signal last) throws UnrecognizedGraphException {
      Set<Affine> seen = new LinkedHashSet<>();
      Map<Affine, Integer> order = new HashMap<>();
      Deque<Affine> open = new ArrayDeque<>(last.terms().keySet());
      while (!open.isEmpty()) {
        Affine layer = open.peek();
        Signal argument = layer.argument();
        if (layer == input || argument == null) {
          throw unrecognized("there is no input layer in front of the steps");
        }
        boolean isFirst = argument.terms().keySet().equals(Set.of(input));
        boolean isNew = seen.add(layer);
        if (isNew && !isFirst) {
          argument.terms().keySet().stream().filter(x -> !seen.contains(x)).forEach(open::push);
          if (open.peek() != layer) {
            continue;
          }
        }
        open.pop();
        if (order.putIfAbsent(layer, order.size()) != null) {
          continue;
        }
        if (!isFirst) {
          stages.add(layer);
        } else if (first == input) {
          first = layer;
        } else {
          throw unrecognized("there are two input layers");
        }
      }
      if (first == input || stages.isEmpty()) {
        throw unrecognized("there are no residual steps between an input and an output layer");
      }
      for (Affine stage : stages) {
        requireFirst(argument(stage, "a step"));
      }
      requireFirst(last);
    }

    private void requireFirst(Signal state) throws UnrecognizedGraphException {
      double[] values = state.terms().get(first);
      if (values == null
          || Probe.factor(values, Probe.points()).filter(c -> near(c, 1)).isEmpty()) {
        throw unrecognized("a layer is no residual step: the first state is not added to it");
      }
    }

    private static boolean near(double value, double expected) {
      return Math.abs(value - expected) <= TOLERANCE;
    }

    private Activation activation(Signal last) throws UnrecognizedGraphException {
      for (Affine stage : stages) {
        double[] values = last.terms().get(stage);
        Optional<Activation> found = values == null ? Optional.empty() : Probe.activation(values);
        if (found.isPresent()) {
          return found.get();
        }
      }
      throw unrecognized("the activation is none of " + String.join(", ", Activation.ids()));
    }

    /** The numbers w of one state, by stage. */
    private double[] weights(Signal state) throws UnrecognizedGraphException {
      double[] reference = Probe.values(activation);
      double[] weights = new double[stages.size()];
      for (int j = 0; j < weights.length; j++) {
        double[] values = state.terms().get(stages.get(j));
        if (values != null) {
          weights[j] =
              Probe.factor(values, reference)
                  .orElseThrow(() -> unrecognized("the steps do not share their activation"));
        }
      }
      return weights;
    }

    private Discretization discretization(Signal last) throws UnrecognizedGraphException {
      double[] whole = weights(last);
      double horizon = Probe.rounded(Arrays.stream(whole).sum(), HORIZON_DIGITS);
      List<double[]> rows = new ArrayList<>();
      for (Affine stage : stages) {
        rows.add(weights(argument(stage, "a step")));
      }
      for (String id : RungeKutta.ids()) {
        RungeKutta method = RungeKutta.of(id);
        if (stages.size() % method.stages() == 0 && horizon > 0 && Double.isFinite(horizon)) {
          int steps = stages.size() / method.stages();
          Discretization candidate = new Discretization(method, steps, horizon);
          if (agrees(candidate, whole, rows)) {
            return candidate;
          }
        }
      }
      throw unrecognized(
          "the %d stages are no equal steps of a solver among %s"
              .formatted(stages.size(), String.join(", ", RungeKutta.ids())));
    }

    private static boolean agrees(Discretization candidate, double[] whole, List<double[]> rows) {
      RungeKutta method = candidate.method();
      double h = candidate.stepSize();
      int s = method.stages();
      for (int k = 0; k <= rows.size(); k++) {
        double[] weights = k < rows.size() ? rows.get(k) : whole;
        for (int j = 0; j < weights.length; j++) {
          double expected = 0;
          if (j / s < k / s) {
            expected = h * method.b(j % s);
          } else if (j < k) {
            expected = h * method.a(k % s, j % s);
          }
          if (!(Math.abs(weights[j] - expected) <= TOLERANCE * h)) {
            return false;
          }
        }
      }
      return true;
    }

    private Classifier classifier(
        Affine output, Matrix a, double[] b, Discretization discretization)
        throws UnrecognizedGraphException {
      Matrix c = weight(output);
      Matrix inputWeight = weight(first);
      ImageShape image = imageShape(inputWeight.columns());
      try {
        return new Classifier(
            new Architecture(
                image.rows(),
                image.columns(),
                c.rows(),
                a.rows(),
                activation,
                discretization,
                normalization()),
            inputWeight,
            Matrix.of(1, inputWeight.rows(), bias(first, inputWeight.rows())),
            a,
            Matrix.of(1, b.length, b),
            c,
            Matrix.of(1, c.rows(), bias(output, c.rows())));
      } catch (IllegalArgumentException unfit) {
        throw unrecognized(String.valueOf(unfit.getMessage()));
      }
    }

    /** The factor and shift that the input layer finds the pixels with. */
    private Normalization normalization() throws UnrecognizedGraphException {
      Signal pixels = first.argument();
      double[] values = pixels == null ? null : pixels.terms().get(input);
      Optional<Double> factor =
          values == null ? Optional.empty() : Probe.factor(values, Probe.points());
      if (pixels == null || pixels.shift().length != 1 || factor.filter(c -> c > 0).isEmpty()) {
        throw unrecognized("the pixels are not normalised by one mean and one deviation");
      }
      double deviation = 1 / factor.get();
      return new Normalization(
          Probe.rounded(-pixels.shift()[0] * deviation) + 0.0, Probe.rounded(deviation));
    }

    private ImageShape imageShape(int pixels) throws UnrecognizedGraphException {
      long product = 1;
      for (String dimension : inputDimensions.stream().skip(1).toList()) {
        product = dimension.matches("\\d{1,8}") ? product * Integer.parseInt(dimension) : 0;
      }
      if (inputDimensions.size() > 1 && product > 0 && product != pixels) {
        throw unrecognized(
            "the input has %d pixels and the first layer takes %d".formatted(product, pixels));
      }
      if (givenImage != null) {
        return givenImage;
      }
      int rank = inputDimensions.size();
      if (rank > 2 && product > 0) {
        int rows = Integer.parseInt(inputDimensions.get(rank - 2));
        int columns = Integer.parseInt(inputDimensions.get(rank - 1));
        if ((long) rows * columns == pixels) {
          return new ImageShape(rows, columns);
        }
      }
      return ImageShape.of(pixels);
    }
  }
}
