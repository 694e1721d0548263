package org.flowbound.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.flowbound.io.AtomicFile;
import org.flowbound.io.UnusableFileException;

/**
 * Downloads the files of a published data set, each from the first mirror that serves what was
 * published.
 */
record Download(PublishedDataset dataset, Fetcher fetcher) {
  /** What gzip may add to the size of content that it cannot compress. */
  private static final int OVERHEAD = 1 << 16;

  /**
   * Downloads what a folder lacks into it.
   *
   * @throws UnusableFileException if a file cannot be had or written; what the folder then holds is
   *     whole and verified
   */
  void complete(Path folder) throws UnusableFileException {
    for (IdxPart part : IdxPart.values()) {
      if (part.find(folder).isEmpty()) {
        byte[] file = fetch(part, folder);
        Path target = folder.resolve(part.canonicalName());
        try {
          AtomicFile.write(target, out -> out.write(file));
        } catch (IOException e) {
          throw new UnusableFileException(target, "cannot be written (" + e.getMessage() + ")", e);
        }
      }
    }
  }

  private byte[] fetch(IdxPart part, Path folder) throws UnusableFileException {
    PublishedDataset.Content published = dataset.files().get(part);
    List<IOException> failures = new ArrayList<>();
    for (URI mirror : dataset.mirrors()) {
      URI source = mirror.resolve(part.canonicalName());
      try {
        byte[] file = fetcher.fetch(source, published.size() + OVERHEAD);
        requirePublished(file, published);
        return file;
      } catch (IOException e) {
        failures.add(new IOException(source + ": " + e.getMessage(), e));
      }
    }
    UnusableFileException failure = new UnusableFileException(folder, remedy(folder, failures));
    failures.forEach(failure::addSuppressed);
    throw failure;
  }

  private static void requirePublished(byte[] file, PublishedDataset.Content published)
      throws IOException {
    byte[] content;
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(file))) {
      content = in.readNBytes(published.size() + 1);
    }
    if (!IdxFile.sha256(content).equals(published.sha256())) {
      throw new IOException("serves another file than the published one (wrong SHA-256)");
    }
  }

  private String remedy(Path folder, List<IOException> failures) {
    String missing =
        Stream.of(IdxPart.values())
            .filter(part -> part.find(folder).isEmpty())
            .map(IdxPart::canonicalName)
            .collect(Collectors.joining(", "));
    return "lacks %s, and the download failed (%s): put the missing files there, or all four into %s in the folder that FLOWBOUND_DATA names"
        .formatted(
            missing,
            failures.stream().map(IOException::getMessage).collect(Collectors.joining("; ")),
            dataset.name());
  }
}
