package org.flowbound.cli;

import org.flowbound.data.Dataset;
import org.flowbound.data.DatasetRepository;
import org.flowbound.io.UnusableFileException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that pick a data set. */
final class DatasetOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--dataset",
      paramLabel = "D",
      description = {
        "strokes (generated, needs no files), mnist, fashion-mnist, or idx: your own in --data-dir"
            + " (default: ${DEFAULT-VALUE})."
      })
  private String name = "strokes";

  @Mixin private DataFolderOption folder;

  /**
   * The data set, downloaded if need be.
   *
   * @throws UnusableFileException if a file is missing and cannot be downloaded, or is unusable
   */
  Dataset load(ProgressBar progress) throws UnusableFileException {
    DatasetRepository repository = folder.repository(progress);
    return Usage.check(command, () -> repository.load(name));
  }
}
