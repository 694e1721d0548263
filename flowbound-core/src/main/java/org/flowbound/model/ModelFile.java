package org.flowbound.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.flowbound.exchange.ClassifierTensors;
import org.flowbound.field.Activation;
import org.flowbound.field.SlopeBox;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.io.ElementType;
import org.flowbound.io.Shape;
import org.flowbound.io.Tensor;
import org.flowbound.io.TensorFile;
import org.flowbound.io.UnusableFileException;
import org.flowbound.linalg.Matrix;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.Normalization;
import org.flowbound.stability.Interval;
import org.flowbound.training.Checkpoint;
import org.flowbound.training.OptimizerState;
import org.flowbound.training.TrainingHistory;

/**
 * Model files and checkpoints: safetensors with the tensors {@code input.weight [d, pixels]},
 * {@code input.bias [d]}, {@code ode.weight [d, d]}, {@code ode.bias [d]}, {@code output.weight
 * [classes, d]}, {@code output.bias [classes]}, all float32, and everything else in the metadata. A
 * checkpoint has the optimiser's state beside them, and the best classifier so far where it is
 * kept.
 */
public final class ModelFile {
  private static final String FORMAT = "flowbound-model-1";
  private static final String NOTE = "note.";
  private static final String BEST = "best.";
  private static final String OPTIMIZER = "optimizer.";
  private static final String OPTIMIZER_STEPS = "optimizer.steps";
  private static final int MAX_OPTIMIZER_VECTORS = 8;
  private static final String PROJECTION_MEMORY = "projection.memory";

  private static final ObjectMapper JSON = new ObjectMapper();

  private ModelFile() {}

  /**
   * Writes a model.
   *
   * @throws IllegalArgumentException if the file's name does not end in {@code .safetensors}
   * @throws IOException if writing fails; the file is then as it was
   */
  public static void write(Path file, SavedModel model) throws IOException {
    requireExtension(file);
    Map<String, String> metadata = metadata(model.classifier().architecture(), model.history());
    metadata.put("delta.lower", Double.toString(model.delta().lower()));
    metadata.put("delta.upper", Double.toString(model.delta().upper()));
    model.notes().forEach((key, value) -> metadata.put(NOTE + key, value));
    new TensorFile(ClassifierTensors.of(model.classifier()), metadata).write(file);
  }

  /**
   * Writes a checkpoint.
   *
   * @param fingerprint of what must be the same for training to go on from it
   * @throws IllegalArgumentException if the file's name does not end in {@code .safetensors}
   * @throws IOException if writing fails; the file is then as it was
   */
  public static void writeCheckpoint(Path file, Checkpoint checkpoint, String fingerprint)
      throws IOException {
    requireExtension(file);
    Map<String, String> metadata =
        metadata(checkpoint.classifier().architecture(), checkpoint.history());
    metadata.put("fingerprint", fingerprint);
    metadata.put(OPTIMIZER_STEPS, Long.toString(checkpoint.optimizer().steps()));
    List<Tensor> tensors = new ArrayList<>(ClassifierTensors.of(checkpoint.classifier()));
    if (checkpoint.best() != null) {
      for (Tensor tensor : ClassifierTensors.of(checkpoint.best())) {
        tensors.add(
            Tensor.of(BEST + tensor.name(), tensor.shape(), tensor.type(), tensor.values()));
      }
    }
    List<float[]> vectors = checkpoint.optimizer().vectors();
    for (int k = 0; k < vectors.size(); k++) {
      tensors.add(vector(OPTIMIZER + k, vectors.get(k)));
    }
    double[] memory = checkpoint.projectionMemory();
    tensors.add(Tensor.of(PROJECTION_MEMORY, Shape.of(memory.length), ElementType.FLOAT64, memory));
    new TensorFile(tensors, metadata).write(file);
  }

  private static void requireExtension(Path file) {
    if (!file.toString().endsWith(".safetensors")) {
      throw new IllegalArgumentException(
          "A model is written as .safetensors, not to '%s'.".formatted(file));
    }
  }

  private static Map<String, String> metadata(Architecture architecture, TrainingHistory history) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("format", FORMAT);
    metadata.put("image.rows", Integer.toString(architecture.imageRows()));
    metadata.put("image.columns", Integer.toString(architecture.imageColumns()));
    metadata.put("activation", architecture.activation().id());
    metadata.put("alpha", Double.toString(architecture.activation().slopes().lower()));
    metadata.put("solver", architecture.discretization().method().id());
    metadata.put("steps", Integer.toString(architecture.discretization().steps()));
    metadata.put("T", Double.toString(architecture.discretization().horizon()));
    metadata.put("normalization.mean", Double.toString(architecture.normalization().mean()));
    metadata.put(
        "normalization.deviation", Double.toString(architecture.normalization().deviation()));
    metadata.put("history", HistoryJson.of(history, JSON));
    return metadata;
  }

  private static Tensor vector(String name, float[] values) {
    double[] wide = new double[values.length];
    for (int k = 0; k < wide.length; k++) {
      wide[k] = values[k];
    }
    return Tensor.of(name, Shape.of(wide.length), ElementType.FLOAT32, wide);
  }

  /**
   * Whether the file holds a model, and not just tensors.
   *
   * @throws UnusableFileException if the file cannot be read
   */
  public static boolean isModel(Path file) throws UnusableFileException {
    return FORMAT.equals(TensorFile.readMetadata(file).get("format"));
  }

  /**
   * Reads a model.
   *
   * @throws UnusableFileException if the file cannot be read or holds no model
   */
  public static SavedModel read(Path file) throws UnusableFileException {
    Reader reader = new Reader(file);
    Classifier classifier = reader.classifier("");
    Map<String, String> notes = new LinkedHashMap<>();
    reader.metadata.forEach(
        (key, value) -> {
          if (key.startsWith(NOTE)) {
            notes.put(key.substring(NOTE.length()), value);
          }
        });
    double lower = reader.number("delta.lower");
    double upper = reader.number("delta.upper");
    if (!(lower <= upper)) {
      throw new UnusableFileException(
          file, "its interval of δ, [%s, %s], is empty".formatted(lower, upper));
    }
    return new SavedModel(classifier, new Interval(lower, upper), reader.history(), notes);
  }

  /**
   * A checkpoint and what it is a checkpoint of.
   *
   * @param fingerprint as it was given to {@link #writeCheckpoint}
   */
  public record StoredCheckpoint(Checkpoint checkpoint, String fingerprint) {}

  /**
   * Reads a checkpoint.
   *
   * @throws UnusableFileException if the file cannot be read or holds no checkpoint
   */
  public static StoredCheckpoint readCheckpoint(Path file) throws UnusableFileException {
    Reader reader = new Reader(file);
    List<float[]> vectors = new ArrayList<>();
    while (vectors.size() < MAX_OPTIMIZER_VECTORS && reader.has(OPTIMIZER + vectors.size())) {
      vectors.add(reader.vector(OPTIMIZER + vectors.size()));
    }
    return new StoredCheckpoint(
        new Checkpoint(
            reader.classifier(""),
            reader.has(BEST + "ode.weight") ? reader.classifier(BEST) : null,
            new OptimizerState((long) reader.number(OPTIMIZER_STEPS), vectors),
            reader.tensor(PROJECTION_MEMORY, 1).values(),
            reader.history()),
        reader.text("fingerprint"));
  }

  /** Reads the parts of one file, with errors that name it. */
  private static final class Reader {
    final Path file;
    final TensorFile content;
    final Map<String, String> metadata;

    Reader(Path file) throws UnusableFileException {
      this.file = file;
      this.content = TensorFile.read(file);
      this.metadata = content.metadata();
      if (!FORMAT.equals(metadata.get("format"))) {
        throw new UnusableFileException(
            file, "is no Flowbound model: its metadata has no format '%s'".formatted(FORMAT));
      }
    }

    String text(String key) throws UnusableFileException {
      String value = metadata.get(key);
      if (value == null) {
        throw new UnusableFileException(file, "its metadata has no '%s'".formatted(key));
      }
      return value;
    }

    double number(String key) throws UnusableFileException {
      String text = text(key);
      try {
        return Double.parseDouble(text);
      } catch (NumberFormatException malformed) {
        throw new UnusableFileException(
            file, "'%s' in its metadata is no number: '%s'".formatted(key, text), malformed);
      }
    }

    int integer(String key) throws UnusableFileException {
      double value = number(key);
      if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
        throw new UnusableFileException(
            file, "'%s' in its metadata is no whole number: %s".formatted(key, value));
      }
      return (int) value;
    }

    TrainingHistory history() throws UnusableFileException {
      try {
        return HistoryJson.parse(text("history"), JSON);
      } catch (JsonProcessingException | IllegalArgumentException malformed) {
        throw new UnusableFileException(
            file, "the training history in its metadata is malformed", malformed);
      }
    }

    boolean has(String tensor) {
      return content.tensor(tensor).isPresent();
    }

    Tensor tensor(String name, int rank) throws UnusableFileException {
      Tensor tensor =
          content
              .tensor(name)
              .orElseThrow(
                  () -> new UnusableFileException(file, "has no tensor '%s'".formatted(name)));
      if (tensor.shape().rank() != rank) {
        throw new UnusableFileException(
            file, "its tensor '%s' has shape %s".formatted(name, tensor.shape()));
      }
      return tensor;
    }

    Matrix matrix(String name) throws UnusableFileException {
      return tensor(name, 2).toMatrix();
    }

    Matrix row(String name) throws UnusableFileException {
      double[] values = tensor(name, 1).values();
      return Matrix.of(1, values.length, values);
    }

    float[] vector(String name) throws UnusableFileException {
      double[] values = tensor(name, 1).values();
      float[] narrow = new float[values.length];
      for (int k = 0; k < narrow.length; k++) {
        narrow[k] = (float) values[k];
      }
      return narrow;
    }

    Classifier classifier(String prefix) throws UnusableFileException {
      Matrix ode = matrix(prefix + "ode.weight");
      Matrix output = matrix(prefix + "output.weight");
      try {
        Architecture architecture =
            new Architecture(
                integer("image.rows"),
                integer("image.columns"),
                output.rows(),
                ode.rows(),
                activation(),
                new Discretization(RungeKutta.of(text("solver")), integer("steps"), number("T")),
                new Normalization(number("normalization.mean"), number("normalization.deviation")));
        return new Classifier(
            architecture,
            matrix(prefix + "input.weight"),
            row(prefix + "input.bias"),
            ode,
            row(prefix + "ode.bias"),
            output,
            row(prefix + "output.bias"));
      } catch (IllegalArgumentException unfit) {
        throw new UnusableFileException(
            file, "holds no usable classifier: " + unfit.getMessage(), unfit);
      }
    }

    private Activation activation() throws UnusableFileException {
      Activation activation = Activation.of(text("activation"), number("alpha"));
      SlopeBox slopes = activation.slopes();
      if (slopes.lower() != number("alpha")) {
        throw new UnusableFileException(
            file,
            "the smallest slope of %s is %s, not %s as its metadata says"
                .formatted(activation.id(), slopes.lower(), number("alpha")));
      }
      return activation;
    }
  }
}
