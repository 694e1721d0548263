package org.flowbound.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.flowbound.field.Activation;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.io.Tensor;
import org.flowbound.io.TensorFile;
import org.flowbound.io.UnusableFileException;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.flowbound.network.Parameters;
import org.flowbound.stability.Interval;
import org.flowbound.training.Checkpoint;
import org.flowbound.training.OptimizerState;
import org.flowbound.training.TrainingHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFileTest {
  private static final TrainingHistory HISTORY =
      new TrainingHistory(
          List.of(
              new TrainingHistory.Epoch(
                  1,
                  0.9,
                  0.7,
                  0.71,
                  new Interval(0.1, 0.2),
                  1e-3,
                  new TrainingHistory.Norms(0.1, 0.2, 0.3, 0.4),
                  8,
                  0.1,
                  1.5),
              new TrainingHistory.Epoch(
                  2,
                  0.1,
                  0.9,
                  Double.NaN,
                  new Interval(-0.1, 0.1 / 3),
                  Double.NaN,
                  TrainingHistory.Norms.UNKNOWN,
                  1,
                  1e-3,
                  2)),
          3.5,
          0.25,
          1e5 / 3);

  @TempDir private Path folder;

  private static Classifier classifier(String activation) {
    Architecture architecture =
        new Architecture(
            4,
            3,
            5,
            6,
            Activation.of(activation, 0.25),
            new Discretization(RungeKutta.RK4, 7, 1.5),
            new Normalization(0.13, 0.31));
    return Parameters.random(architecture, Precision.FLOAT32, new SplittableRandom(3))
        .toClassifier();
  }

  private Path write(String activation) throws IOException {
    Path file = folder.resolve("m.safetensors");
    ModelFile.write(
        file,
        new SavedModel(
            classifier(activation),
            new Interval(-1.0 / 3, 0.5),
            HISTORY,
            Map.of("dataset", "a \"quoted\" näme\n")));
    return file;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"smooth-leaky-relu", "leaky-relu", "tanh", "sigmoid", "silu", "gelu", "identity"})
  void modelsComeBackAsTheyWere(String activation) throws Exception {
    SavedModel read = ModelFile.read(write(activation));
    Classifier expected = classifier(activation);
    assertThat(read.classifier().inputWeight()).isEqualTo(expected.inputWeight());
    assertThat(read.classifier().inputBias()).isEqualTo(expected.inputBias());
    assertThat(read.classifier().odeWeight()).isEqualTo(expected.odeWeight());
    assertThat(read.classifier().odeBias()).isEqualTo(expected.odeBias());
    assertThat(read.classifier().outputWeight()).isEqualTo(expected.outputWeight());
    assertThat(read.classifier().outputBias()).isEqualTo(expected.outputBias());
    Architecture architecture = read.classifier().architecture();
    assertThat(architecture.discretization()).isEqualTo(expected.architecture().discretization());
    assertThat(architecture.normalization()).isEqualTo(expected.architecture().normalization());
    assertThat(architecture.activation().id()).isEqualTo(activation);
    assertThat(architecture.activation().slopes())
        .isEqualTo(expected.architecture().activation().slopes());
    assertThat(read.delta()).isEqualTo(new Interval(-1.0 / 3, 0.5));
    assertThat(read.history()).isEqualTo(HISTORY);
    assertThat(read.notes()).containsExactly(Map.entry("dataset", "a \"quoted\" näme\n"));
  }

  @Test
  void theFileIsWhatOtherToolsExpect() throws Exception {
    TensorFile file = TensorFile.read(write("tanh"));
    assertThat(file.tensors().stream().map(Tensor::name))
        .containsExactlyInAnyOrder(
            "input.weight", "input.bias", "ode.weight", "ode.bias", "output.weight", "output.bias");
    assertThat(file.tensors()).allMatch(t -> t.type() == org.flowbound.io.ElementType.FLOAT32);
    assertThat(file.tensor("input.bias").orElseThrow().shape().rank()).isEqualTo(1);
    assertThat(Weights.read(folder.resolve("m.safetensors"), null))
        .isEqualTo(classifier("tanh").odeWeight());
  }

  @Test
  void checkpointsComeBackAsTheyWere() throws Exception {
    Path file = folder.resolve("c.safetensors");
    Classifier classifier = classifier("tanh");
    Classifier best = classifier.withOdeWeight(classifier.odeWeight().times(0.5));
    float[] first = {1.5f, -2, Float.MIN_VALUE};
    float[] second = {0, 3e-30f, 7};
    ModelFile.writeCheckpoint(
        file,
        new Checkpoint(
            classifier,
            best,
            new OptimizerState(123456789L, List.of(first, second)),
            new double[] {1.0 / 3},
            HISTORY),
        "fingerprint");
    ModelFile.StoredCheckpoint read = ModelFile.readCheckpoint(file);
    assertThat(read.fingerprint()).isEqualTo("fingerprint");
    assertThat(read.checkpoint().optimizer().steps()).isEqualTo(123456789L);
    assertThat(read.checkpoint().optimizer().vectors()).containsExactly(first, second);
    assertThat(read.checkpoint().kept().odeWeight()).isEqualTo(best.odeWeight());
    assertThat(read.checkpoint().projectionMemory()).containsExactly(1.0 / 3);
    assertThat(read.checkpoint().history()).isEqualTo(HISTORY);
    assertThat(read.checkpoint().classifier().odeWeight()).isEqualTo(classifier.odeWeight());
  }

  @ParameterizedTest
  @CsvSource({
    "format, flowbound-model-999, no Flowbound model",
    "alpha, x, is no number",
    "alpha, 0.5, smallest slope",
    "steps, 2.5, whole number",
    "steps, 0, steps",
    "T, NaN, T (NaN)",
    "solver, leapfrog, 'leapfrog'",
    "activation, swish, 'swish'",
    "image.rows, 5, input.weight",
    "delta.lower, 9, empty",
    "history, {, malformed",
    "normalization.deviation, 0, deviation"
  })
  void metadataThatCannotBeAreNamed(String key, String value, String message) throws Exception {
    TensorFile good = TensorFile.read(write("tanh"));
    Map<String, String> metadata = new LinkedHashMap<>(good.metadata());
    metadata.put(key, value);
    Path bad = folder.resolve("bad.safetensors");
    new TensorFile(good.tensors(), metadata).write(bad);
    assertThatThrownBy(() -> ModelFile.read(bad))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(bad.toString())
        .hasMessageContaining(message);
    metadata.remove(key);
    new TensorFile(good.tensors(), metadata).write(bad);
    assertThatThrownBy(() -> ModelFile.read(bad))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(key.equals("format") ? "format" : "'" + key + "'");
  }

  @Test
  void missingAndMisshapenTensorsAreNamed() throws Exception {
    TensorFile good = TensorFile.read(write("tanh"));
    Path bad = folder.resolve("bad.safetensors");
    for (Tensor tensor : good.tensors()) {
      List<Tensor> rest = new ArrayList<>(good.tensors());
      rest.remove(tensor);
      new TensorFile(rest, good.metadata()).write(bad);
      assertThatThrownBy(() -> ModelFile.read(bad))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageContaining(tensor.name());
      rest.add(Tensor.of(tensor.name(), classifier("tanh").odeWeight().times(0)));
      new TensorFile(rest, good.metadata()).write(bad);
      if (!tensor.name().equals("ode.weight")) {
        assertThatThrownBy(() -> ModelFile.read(bad)).isInstanceOf(UnusableFileException.class);
      }
    }
  }

  @Test
  void aModelNeedsItsExtension() {
    assertThatThrownBy(
            () ->
                ModelFile.write(
                    folder.resolve("m.npz"),
                    new SavedModel(classifier("tanh"), new Interval(0, 0), HISTORY, Map.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(".safetensors");
    assertThat(Files.exists(folder.resolve("m.npz"))).isFalse();
  }
}
