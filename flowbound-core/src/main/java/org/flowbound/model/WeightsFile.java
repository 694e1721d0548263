package org.flowbound.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import org.flowbound.field.SlopeBox;
import org.flowbound.io.ElementType;
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
 * as it was.
 */
public final class WeightsFile {
  private static final String ODE_WEIGHT = "ode.weight";

  private final TensorReference source;
  private final Matrix matrix;
  private final @Nullable SavedModel model;

  private WeightsFile(TensorReference source, Matrix matrix, @Nullable SavedModel model) {
    this.source = source;
    this.matrix = matrix;
    this.model = model;
  }

  /**
   * Reads the weights.
   *
   * @throws UnusableFileException if there is no square matrix of finite numbers to be read
   */
  public static WeightsFile read(TensorReference source) throws UnusableFileException {
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
        whole && ModelFile.isModel(source.file()) ? ModelFile.read(source.file()) : null);
  }

  /** The weights A. */
  public Matrix matrix() {
    return matrix;
  }

  /** The slopes of the model's activation, where the file holds a model. */
  public Optional<SlopeBox> slopes() {
    return Optional.ofNullable(model)
        .map(SavedModel::classifier)
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
    } else {
      Weights.replace(source.file(), source.tensor(), weights, target);
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
