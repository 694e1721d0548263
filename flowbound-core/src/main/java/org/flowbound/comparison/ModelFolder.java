package org.flowbound.comparison;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.flowbound.io.UnusableFileException;
import org.flowbound.model.ModelFile;
import org.flowbound.model.SavedModel;
import org.flowbound.training.Checkpoint;

/** Keeps models in the folder {@code models} of a report, with their checkpoints until the end. */
public final class ModelFolder implements ModelStore {
  private static final String FOLDER = "models";

  private final Path folder;
  private final boolean resume;
  private final Set<Path> checkpoints = new LinkedHashSet<>();

  /**
   * @param report the report's folder, which is created when the first file is kept
   * @param resume whether to go on from checkpoints that are there
   */
  public ModelFolder(Path report, boolean resume) {
    this.folder = report.resolve(FOLDER);
    this.resume = resume;
  }

  private Path checkpointFile(String fileName) {
    return folder.resolve(fileName + ".checkpoint.safetensors");
  }

  @Override
  public Optional<Checkpoint> checkpoint(String fileName, String fingerprint) {
    Path file = checkpointFile(fileName);
    checkpoints.add(file);
    if (!resume || !Files.exists(file)) {
      return Optional.empty();
    }
    try {
      ModelFile.StoredCheckpoint stored = ModelFile.readCheckpoint(file);
      return stored.fingerprint().equals(fingerprint)
          ? Optional.of(stored.checkpoint())
          : Optional.empty();
    } catch (UnusableFileException unusable) {
      return Optional.empty();
    }
  }

  @Override
  public void keep(String fileName, Checkpoint checkpoint, String fingerprint) throws IOException {
    ModelFile.writeCheckpoint(checkpointFile(fileName), checkpoint, fingerprint);
  }

  @Override
  public String keep(String fileName, SavedModel model) throws IOException {
    String name = fileName + ".safetensors";
    ModelFile.write(folder.resolve(name), model);
    return FOLDER + "/" + name;
  }

  /** Removes the checkpoints of all models asked for, once the comparison is done. */
  public void removeCheckpoints() throws IOException {
    for (Path file : checkpoints) {
      Files.deleteIfExists(file);
    }
  }
}
