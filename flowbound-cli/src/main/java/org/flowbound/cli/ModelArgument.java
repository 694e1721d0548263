package org.flowbound.cli;

import java.nio.file.Path;
import org.flowbound.data.LabeledImages;
import org.flowbound.io.UnusableFileException;
import org.flowbound.model.ModelFile;
import org.flowbound.model.SavedModel;
import org.flowbound.network.Architecture;
import picocli.CommandLine.Parameters;

/** A trained model, in a file. */
final class ModelArgument {
  @Parameters(
      paramLabel = "MODEL",
      description = "A model file, .safetensors, as train and compare write it.")
  private Path file = Path.of("");

  Path file() {
    return file;
  }

  /**
   * Reads the model that is to classify these images.
   *
   * @throws UnusableFileException if the file holds no model, or one for images of another kind
   */
  SavedModel read(String dataset, LabeledImages images) throws UnusableFileException {
    return read(file, dataset, images);
  }

  /** As {@link #read(String, LabeledImages)}, from any file. */
  static SavedModel read(Path file, String dataset, LabeledImages images)
      throws UnusableFileException {
    SavedModel model = ModelFile.read(file);
    Architecture architecture = model.classifier().architecture();
    if (architecture.imageRows() != images.rows()
        || architecture.imageColumns() != images.columns()
        || architecture.classes() != images.classes()) {
      throw new UnusableFileException(
          file,
          "classifies %d x %d pixels into %d classes, and the images of %s have %d x %d and %d"
              .formatted(
                  architecture.imageRows(),
                  architecture.imageColumns(),
                  architecture.classes(),
                  dataset,
                  images.rows(),
                  images.columns(),
                  images.classes()));
    }
    return model;
  }
}
