package org.flowbound.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.flowbound.exchange.StoredWeight;
import org.flowbound.exchange.UnrecognizedGraphException;
import org.flowbound.exchange.UnrolledOde;
import org.flowbound.field.SlopeBox;
import org.flowbound.io.ElementType;
import org.flowbound.io.OnnxGraph;
import org.flowbound.io.TensorFile;
import org.flowbound.io.TensorReference;
import org.flowbound.io.UnusableFileException;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Matrix;
import org.flowbound.network.Classifier;
import org.flowbound.stability.Interval;
import org.jspecify.annotations.Nullable;

/**
 * The square weights A in a file, of which copies with other weights can be written: a model stays
 * a model, with its interval of δ brought up to date, and in any other file everything else stays
 * as it was. In an ONNX file where no weights are named but a neural ODE is recognised ({@link
 * UnrolledOde}), A is its weight, in all copies that the graph has of it.
 */
public final class WeightsFile {
  private static final String ODE_WEIGHT = "ode.weight";

  private final TensorReference source;
  private final Matrix matrix;
  private final @Nullable SavedModel model;
  private final @Nullable UnrolledOde graph;

  private WeightsFile(
      TensorReference source,
      Matrix matrix,
      @Nullable SavedModel model,
      @Nullable UnrolledOde graph) {
    this.source = source;
    this.matrix = matrix;
    this.model = model;
    this.graph = graph;
  }

  /**
   * Reads the weights.
   *
   * @throws UnusableFileException if there is no square matrix of finite numbers to be read
   */
  public static WeightsFile read(TensorReference source) throws UnusableFileException {
    Optional<UnrolledOde> recognised =
        source.tensor() == null ? recognise(source.file()) : Optional.empty();
    if (recognised.isPresent()) {
      UnrolledOde graph = recognised.get();
      return new WeightsFile(source, graph.classifier().odeWeight(), null, graph);
    }
    Matrix matrix = Weights.read(source.file(), source.tensor());
    if (!matrix.isSquare()) {
      throw new UnusableFileException(
          source.file(),
          "%s %d x %d matrix, and a square one is needed"
              .formatted(
                  source.tensor() == null
                      ? "holds a"
                      : "its tensor '%s' is a".formatted(source.tensor()),
                  matrix.rows(),
                  matrix.columns()));
    }
    boolean whole = source.tensor() == null || source.tensor().equals(ODE_WEIGHT);
    return new WeightsFile(
        source,
        matrix,
        whole && ModelFile.isModel(source.file()) ? ModelFile.read(source.file()) : null,
        null);
  }

  /** The neural ODE in an ONNX file whose weights are stored in it. */
  private static Optional<UnrolledOde> recognise(Path file) throws UnusableFileException {
    if (!OnnxGraph.isOnnx(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(UnrolledOde.in(OnnxGraph.read(file)))
          .filter(ode -> !ode.odeWeights().isEmpty());
    } catch (UnrecognizedGraphException none) {
      return Optional.empty();
    }
  }

  /** The weights A. */
  public Matrix matrix() {
    return matrix;
  }

  /** The slopes of the activation, where the file holds a model or a neural ODE. */
  public Optional<SlopeBox> slopes() {
    return Optional.ofNullable(model)
        .map(SavedModel::classifier)
        .or(() -> Optional.ofNullable(graph).map(UnrolledOde::classifier))
        .map(classifier -> classifier.architecture().activation().slopes());
  }

  /**
   * How {@link #write} rounds every entry.
   *
   * @param target the file that would be written
   * @throws IllegalArgumentException if that file cannot be written, for the kind that its name
   *     says
   * @throws UnusableFileException if the source can no longer be read
   */
  public DoubleUnaryOperator rounding(Path target) throws UnusableFileException {
    if (!keepsFormat(target)) {
      if (!TensorFile.isWritable(target)) {
        throw new IllegalArgumentException(
            ("'%s' cannot be written: its name must end like that of '%s', or in .npy, .npz,"
                    + " .safetensors, .mat or .csv.")
                .formatted(target, source.file()));
      }
      return entry -> entry;
    }
    if (graph != null) {
      DoubleUnaryOperator rounding = entry -> entry;
      for (StoredWeight copy : graph.odeWeights()) {
        ElementType stored = Weights.storedType(source.file(), copy.name());
        rounding = rounding.andThen(stored::round);
      }
      return rounding;
    }
    ElementType type = Weights.storedType(source.file(), source.tensor());
    return type::round;
  }

  /**
   * Writes a copy with other weights: of the same format as the source, or, where the name says
   * another format, of the weights alone.
   *
   * @param weights entries that {@link #rounding} leaves unchanged
   * @param delta the certified interval of their δ
   * @throws IOException if writing fails; {@code target} is then as it was
   * @throws UnusableFileException if the source can no longer be read
   */
  public void write(Path target, Matrix weights, Interval delta)
      throws IOException, UnusableFileException {
    if (!keepsFormat(target)) {
      Weights.write(target, source.tensor() == null ? "A" : source.tensor(), weights);
    } else if (model != null) {
      Classifier classifier = model.classifier().withOdeWeight(weights);
      ModelFile.write(target, new SavedModel(classifier, delta, model.history(), model.notes()));
    } else if (graph != null) {
      writeGraph(target, weights, graph);
    } else {
      Weights.replace(source.file(), source.tensor(), weights, target);
    }
  }

  private void writeGraph(Path target, Matrix weights, UnrolledOde graph)
      throws IOException, UnusableFileException {
    Path from = source.file();
    Iterator<StoredWeight> copies = graph.odeWeights().iterator();
    while (copies.hasNext()) {
      StoredWeight copy = copies.next();
      Path to = copies.hasNext() ? Files.createTempFile("flowbound", ".onnx") : target;
      try {
        Matrix stored = copy.transposed() ? weights.transpose() : weights;
        Weights.replace(from, copy.name(), stored, to);
      } finally {
        if (!from.equals(source.file())) {
          Files.deleteIfExists(from);
        }
      }
      from = to;
    }
  }

  private boolean keepsFormat(Path target) {
    return extension(target).equals(extension(source.file()));
  }

  private static String extension(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.substring(Math.max(0, name.lastIndexOf('.')));
  }
}
