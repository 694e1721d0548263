package org.flowbound.cli;

import org.flowbound.data.Dataset;
import org.flowbound.data.DatasetRepository;
import org.flowbound.data.LabeledImages;
import org.flowbound.io.UnusableFileException;
import org.jspecify.annotations.Nullable;
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
        "strokes (generated, needs no files), mnist, fashion-mnist, or your own in --data-dir: idx"
            + " (four files) or npz (one file with x_train, y_train, x_test and y_test) (default:"
            + " ${DEFAULT-VALUE})."
      })
  private String name = "strokes";

  @Mixin private DataFolderOption folder;

  @Option(
      names = "--train-limit",
      paramLabel = "N",
      description = "Use only the first N training images, N in [2, inf).")
  @Range("[2, inf)")
  private @Nullable Integer trainLimit;

  @Option(
      names = "--test-limit",
      paramLabel = "N",
      description = "Use only the first N test images, N in [1, inf).")
  @Range("[1, inf)")
  private @Nullable Integer testLimit;

  /** The number of test images asked for, or null. */
  @Nullable Integer testLimit() {
    return testLimit;
  }

  /**
   * The data set, downloaded if need be, which {@code output} shows.
   *
   * @throws UnusableFileException if a file is missing and cannot be downloaded, or is unusable
   */
  Dataset load(OutputOptions output) throws UnusableFileException {
    try (ProgressBar progress = output.progress()) {
      DatasetRepository repository = folder.repository(progress);
      Dataset dataset = Usage.check(command, () -> repository.load(name));
      return new Dataset(
          dataset.name(),
          dataset.source(),
          limit(dataset.training(), trainLimit),
          limit(dataset.test(), testLimit),
          dataset.classNames());
    }
  }

  private static LabeledImages limit(LabeledImages images, @Nullable Integer limit) {
    return limit == null ? images : images.take(Math.min(limit, images.count()));
  }
}
