package org.flowbound.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.flowbound.data.DatasetFolders;
import org.flowbound.data.DatasetRepository;
import org.flowbound.data.HttpFetcher;
import org.flowbound.io.UnusableFileException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says where image data are. */
final class DataFolderOption {
  @Option(
      names = "--data-dir",
      paramLabel = "P",
      description = {
        "Folder that holds the data set's four IDX files, gzipped or not; for npz the .npz file or"
            + " its folder. Without it the files of mnist and fashion-mnist are looked for in the"
            + " folder that FLOWBOUND_DATA names and in the cache folder, and downloaded into that."
      })
  private @Nullable Path folder;

  /**
   * The data sets in the folders that the option and the environment name.
   *
   * @param progress shows downloads
   * @throws UnusableFileException if the option names what does not exist
   */
  DatasetRepository repository(ProgressBar progress) throws UnusableFileException {
    if (folder != null && !Files.exists(folder)) {
      throw new UnusableFileException(folder, "no such folder; --data-dir must name one");
    }
    HttpFetcher fetcher =
        HttpFetcher.defaults()
            .withListener(
                (source, received, expected) ->
                    progress.update(
                        received / (double) expected.orElse(Math.max(1, received)),
                        "downloading " + source));
    return DatasetRepository.of(DatasetFolders.ofEnvironment().withGiven(folder), fetcher);
  }
}
