package org.flowbound.cli;

import java.nio.file.Path;
import org.flowbound.data.Dataset;
import org.flowbound.data.DatasetFolders;
import org.flowbound.data.DatasetRepository;
import org.flowbound.data.HttpFetcher;
import org.flowbound.data.LabeledImages;
import org.flowbound.io.UnusableFileException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say on which images. */
final class DatasetOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--dataset",
      paramLabel = "D",
      description = {
        "Data set: strokes (generated, needs no files), mnist, fashion-mnist, or idx for your own"
            + " (default: ${DEFAULT-VALUE})."
      })
  private String name = "strokes";

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = {
        "Folder with the data set's four IDX files, gzipped or not. Without it, mnist and"
            + " fashion-mnist are looked for in the folder that FLOWBOUND_DATA names, then in the"
            + " cache, and downloaded into the cache if need be."
      })
  private @Nullable Path folder;

  @Option(
      names = "--train-limit",
      paramLabel = "N",
      description = "Use only the first N training images, N in [1, inf).")
  @Range("[1, inf)")
  private @Nullable Integer trainLimit;

  @Option(
      names = "--test-limit",
      paramLabel = "N",
      description = "Use only the first N test images, N in [1, inf).")
  @Range("[1, inf)")
  private @Nullable Integer testLimit;

  /** The data set's name. */
  String name() {
    return name;
  }

  /**
   * Loads the images, downloading them if need be.
   *
   * @throws UnusableFileException if a file is missing and cannot be downloaded, or is unusable
   */
  Dataset load() throws UnusableFileException {
    DatasetFolders folders = DatasetFolders.ofEnvironment();
    DatasetRepository repository =
        DatasetRepository.of(
            folder == null ? folders : folders.withGiven(folder), HttpFetcher.defaults());
    Dataset dataset;
    try {
      dataset = repository.load(name);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(
          command.commandLine(), "--dataset " + name + ": " + wrong.getMessage(), wrong);
    }
    return new Dataset(
        dataset.name(),
        dataset.source(),
        limit(dataset.training(), trainLimit),
        limit(dataset.test(), testLimit),
        dataset.classNames());
  }

  private static LabeledImages limit(LabeledImages images, @Nullable Integer limit) {
    return limit == null ? images : images.take(Math.min(limit, images.count()));
  }
}
