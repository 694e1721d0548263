package org.flowbound.comparison;

import java.io.IOException;
import java.util.Optional;
import org.flowbound.model.SavedModel;
import org.flowbound.training.Checkpoint;

/** Where a comparison keeps its models, so that an interrupted one can go on. */
public interface ModelStore {
  /** The last checkpoint of the model, if there is one that training can go on from. */
  Optional<Checkpoint> checkpoint(String fileName, String fingerprint) throws IOException;

  /** Keeps a checkpoint of the model, in place of the last one. */
  void keep(String fileName, Checkpoint checkpoint, String fingerprint) throws IOException;

  /**
   * Keeps the finished model.
   *
   * @return the file's name within the report folder
   */
  String keep(String fileName, SavedModel model) throws IOException;
}
