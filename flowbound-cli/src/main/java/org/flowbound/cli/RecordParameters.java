package org.flowbound.cli;

import java.nio.file.Path;
import org.flowbound.history.HistoryFile;
import org.flowbound.history.TensorBoardLog;
import org.flowbound.training.TrainingListener;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say where the course of a training is recorded. */
final class RecordParameters {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--history",
      paramLabel = "F",
      description = {
        "Write loss, accuracies, delta, learning rate, norms and seconds of every epoch to F, .jsonl"
            + " or .csv."
      })
  private @Nullable Path history;

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description = "Write the same as an event file for TensorBoard into a folder.")
  private @Nullable Path tensorBoard;

  /** What writes the files that are asked for. */
  TrainingListener listener() {
    TrainingListener listener = TrainingListener.SILENT;
    if (history != null) {
      Path file = history;
      listener = listener.andThen(Usage.check(command, () -> new HistoryFile(file)));
    }
    return tensorBoard == null ? listener : listener.andThen(new TensorBoardLog(tensorBoard));
  }
}
