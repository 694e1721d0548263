package org.flowbound.cli;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.flowbound.data.DatasetListing;
import org.flowbound.data.DatasetListing.FileState;
import org.flowbound.data.DatasetListing.FileStatus;
import org.flowbound.data.DatasetRepository;
import org.flowbound.io.UnusableFileException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flowbound datasets}: which data sets there are, and the state of their files. */
@Command(
    name = "datasets",
    header = "Lists the data sets, and checks their files.",
    description = {
      "%nSays of every data set where it is found or would be downloaded from. Every file that is"
          + " there is read, and compared with the published one where there is one."
    },
    footer = {
      "  flowbound datasets",
      "  flowbound datasets --download",
      "  flowbound datasets --data-dir my-images --json",
      "  flowbound datasets --data-dir my-images.npz"
    })
final class DatasetsCommand extends HelpfulCommand {
  @Option(
      names = "--download",
      description = "Download what is missing into the cache folder first.")
  private boolean download;

  @Mixin private DataFolderOption folder;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws UnusableFileException {
    List<DatasetListing> listings;
    try (ProgressBar progress = output.progress()) {
      DatasetRepository repository = folder.repository(progress);
      listings = repository.list();
      if (download && listings.stream().anyMatch(listing -> !listing.mirrors().isEmpty())) {
        for (DatasetListing listing : listings) {
          if (!listing.mirrors().isEmpty()) {
            repository.load(listing.name());
          }
        }
        listings = repository.list();
      }
    }
    output.print(
        Map.of("datasets", listings.stream().map(DatasetsCommand::fields).toList()),
        String.join("\n", listings.stream().map(DatasetsCommand::text).toList()));
    requireReadable(listings);
    return ExitCode.DONE;
  }

  private static void requireReadable(List<DatasetListing> listings) throws UnusableFileException {
    for (DatasetListing listing : listings) {
      for (FileStatus file : listing.files()) {
        if (file.state() == FileState.UNREADABLE) {
          throw new UnusableFileException(file.path(), file.detail());
        }
      }
    }
  }

  private static Map<String, Object> fields(DatasetListing listing) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", listing.name());
    fields.put("description", listing.description());
    fields.put("folder", listing.folder() == null ? null : listing.folder().toString());
    fields.put("mirrors", listing.mirrors().stream().map(URI::toString).toList());
    fields.put("files", listing.files().stream().map(DatasetsCommand::fields).toList());
    return fields;
  }

  private static Map<String, Object> fields(FileStatus file) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("path", file.path().toString());
    fields.put("state", state(file));
    fields.put("detail", file.detail());
    return fields;
  }

  private static String state(FileStatus file) {
    return file.state().name().toLowerCase(Locale.ROOT);
  }

  private static String text(DatasetListing listing) {
    List<String> lines = new ArrayList<>(List.of(listing.description()));
    if (listing.folder() != null) {
      lines.add("in " + listing.folder());
    }
    for (FileStatus file : listing.files()) {
      lines.add(
          "  %-10s %s%s"
              .formatted(
                  state(file),
                  file.path().getFileName(),
                  file.detail().isEmpty() ? "" : ": " + file.detail()));
    }
    if (!listing.mirrors().isEmpty()) {
      lines.add(
          "would be downloaded from "
              + String.join(", ", listing.mirrors().stream().map(URI::toString).toList()));
    }
    return Stream.concat(
            Stream.of("%-14s %s".formatted(listing.name(), lines.get(0))),
            lines.stream().skip(1).map(line -> " ".repeat(15) + line))
        .reduce("", (text, line) -> text + line + "\n");
  }
}
