package org.flowbound.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.flowbound.exchange.ClassifierGraph;
import org.flowbound.field.Activation;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.io.OnnxGraph;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.BatchNetwork;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.flowbound.network.Parameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exported models, run by ONNX Runtime. */
class OnnxRuntimeTest {
  private static final int ROWS = 5;
  private static final int COLUMNS = 4;
  private static final int IMAGES = 50;

  @TempDir private Path folder;

  static Stream<Arguments> networks() {
    return Activation.ids().stream()
        .flatMap(id -> RungeKutta.ids().stream().map(solver -> Arguments.of(id, solver)));
  }

  private static Classifier classifier(Activation activation, Discretization discretization) {
    Architecture architecture =
        new Architecture(
            ROWS, COLUMNS, 3, 8, activation, discretization, new Normalization(0.13, 0.31));
    Classifier small =
        Parameters.random(architecture, Precision.FLOAT32, new SplittableRandom(7)).toClassifier();
    // Large enough for all pieces of the activations to be met.
    SplittableRandom random = new SplittableRandom(8);
    return small.withOdeWeight(
        Matrix.generate(8, 8, (i, j) -> (float) (1.5 * random.nextDouble(-1, 1))));
  }

  private static float[] images() {
    SplittableRandom random = new SplittableRandom(9);
    float[] images = new float[IMAGES * ROWS * COLUMNS];
    for (int k = 0; k < images.length; k++) {
      images[k] = (float) random.nextDouble();
    }
    return images;
  }

  private static double[] logits(Classifier classifier) {
    BatchNetwork network = new BatchNetwork(Parameters.of(classifier, Precision.FLOAT32), IMAGES);
    network.load(images(), IMAGES);
    NativeMatrix logits = network.forward();
    return logits.toMatrix().toArray();
  }

  private double[] logitsByOnnxRuntime(Path file) throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor input =
            OnnxTensor.createTensor(
                environment,
                FloatBuffer.wrap(images()),
                new long[] {IMAGES, (long) ROWS * COLUMNS});
        OrtSession.Result result = session.run(Map.of(ClassifierGraph.INPUT, input))) {
      float[][] values = (float[][]) result.get(ClassifierGraph.OUTPUT).orElseThrow().getValue();
      return Stream.of(values)
          .flatMapToDouble(
              row -> {
                double[] wide = new double[row.length];
                for (int k = 0; k < wide.length; k++) {
                  wide[k] = row[k];
                }
                return Arrays.stream(wide);
              })
          .toArray();
    }
  }

  /** The rounding errors of stages are multiplied by the method's coefficients. */
  private static void assertClose(double[] actual, Classifier classifier) {
    double[] expected = logits(classifier);
    RungeKutta method = classifier.architecture().discretization().method();
    double largest = 1;
    for (int i = 0; i < method.stages(); i++) {
      for (int j = 0; j < i; j++) {
        largest = Math.max(largest, Math.abs(method.a(i, j)));
      }
    }
    assertThat(actual).hasSameSizeAs(expected);
    for (int k = 0; k < actual.length; k++) {
      assertThat(Math.abs(actual[k] - expected[k]))
          .isLessThanOrEqualTo(1e-5 * largest * Math.max(1, Math.abs(expected[k])));
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theExportedClassifierHasTheSameLogits(String activation, String solver) throws Exception {
    Classifier classifier =
        classifier(
            Activation.of(activation, 0.1), new Discretization(RungeKutta.of(solver), 6, 1.5));
    Path file = folder.resolve("a.onnx");
    ClassifierGraph.of(classifier).write(file, OnnxGraph.MAX_OPSET);
    assertClose(logitsByOnnxRuntime(file), classifier);
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15, 18, 19, 21, 22, 23, 24})
  void everyVersionOfTheOperatorsIsAccepted(int opset) throws Exception {
    Classifier classifier = classifier(Activation.of("gelu", 0), Discretization.defaults());
    Path file = folder.resolve("a.onnx");
    ClassifierGraph.of(classifier).write(file, opset);
    assertClose(logitsByOnnxRuntime(file), classifier);
  }

  @Test
  void replacedWeightsReachEveryStep() throws Exception {
    Classifier classifier =
        classifier(Activation.of("smooth-leaky-relu", 0.1), Discretization.defaults());
    Path file = folder.resolve("a.onnx");
    ClassifierGraph.of(classifier).write(file, OnnxGraph.MAX_OPSET);
    Matrix other = classifier.odeWeight().transpose();
    Path replaced = folder.resolve("b.onnx");
    Weights.replace(file, "ode.weight", other, replaced);
    assertClose(logitsByOnnxRuntime(replaced), classifier.withOdeWeight(other));
  }
}
