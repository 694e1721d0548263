package org.flowbound.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.flowbound.data.DatasetListing.FileState;
import org.flowbound.data.DatasetListing.FileStatus;
import org.flowbound.io.UnusableFileException;
import org.jspecify.annotations.Nullable;

/**
 * The data sets that can be named: where each is, and its images.
 *
 * <ul>
 *   <li>{@code strokes} is generated and needs no files: {@link StrokeDigits}.
 *   <li>{@code mnist} and {@code fashion-mnist} are taken from the given folder. If none is given,
 *       they are taken from their folder in the shared one if that holds the four files, else from
 *       their folder in the cache, into which missing files are downloaded. Files in a given or
 *       shared folder may differ from the published ones, and {@link Dataset#source()} then says
 *       so; files in the cache may not.
 *   <li>{@code idx} is whatever the given folder holds: {@link IdxDataset}.
 *   <li>{@code npz} is the given file, or the only one in the given folder: {@link NpzDataset}.
 * </ul>
 */
public final class DatasetRepository {
  private static final String STROKES = "strokes";
  private static final String IDX = "idx";
  private static final String NPZ = "npz";
  private static final String DIFFERS = "holds other data than the published file";

  private final DatasetFolders folders;
  private final List<PublishedDataset> published;
  private final Fetcher fetcher;

  DatasetRepository(DatasetFolders folders, List<PublishedDataset> published, Fetcher fetcher) {
    this.folders = folders;
    this.published = published;
    this.fetcher = fetcher;
  }

  /** The data sets in these folders, with downloads by {@code fetcher}. */
  public static DatasetRepository of(DatasetFolders folders, Fetcher fetcher) {
    return new DatasetRepository(folders, PublishedDataset.all(), fetcher);
  }

  /** The names that {@link #load} knows. */
  public List<String> names() {
    return Stream.of(
            Stream.of(STROKES), published.stream().map(PublishedDataset::name), Stream.of(IDX, NPZ))
        .flatMap(names -> names)
        .toList();
  }

  /**
   * The images of a data set, downloaded if need be.
   *
   * @throws IllegalArgumentException if the name is unknown, a folder is given for {@code strokes},
   *     or none is given for {@code idx} or {@code npz}
   * @throws UnusableFileException if a file is missing and cannot be downloaded, or is unusable
   */
  public Dataset load(String name) throws UnusableFileException {
    Path given = folders.given();
    switch (name) {
      case STROKES -> {
        if (given != null) {
          throw new IllegalArgumentException(
              "The data set 'strokes' is generated and takes no folder, such as " + given + ".");
        }
        return StrokeDigits.generate();
      }
      case IDX -> {
        if (given == null) {
          throw new IllegalArgumentException("The data set 'idx' needs a folder to read from.");
        }
        return IdxDataset.read(given, IDX);
      }
      case NPZ -> {
        if (given == null) {
          throw new IllegalArgumentException(
              "The data set 'npz' needs a file, or a folder with one, to read from.");
        }
        return NpzDataset.read(given, NPZ);
      }
      default -> {
        return load(find(name));
      }
    }
  }

  private PublishedDataset find(String name) {
    return published.stream()
        .filter(dataset -> dataset.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The data set '%s' is unknown: it must be one of %s."
                        .formatted(name, String.join(", ", names()))));
  }

  private Dataset load(PublishedDataset dataset) throws UnusableFileException {
    Place place = place(dataset);
    if (place.isCache()) {
      new Download(dataset, fetcher).complete(place.folder());
    }
    IdxDataset.Loaded loaded =
        IdxDataset.load(place.folder(), dataset.name(), dataset.classNames());
    List<IdxPart> differing =
        Stream.of(IdxPart.values())
            .filter(part -> !dataset.files().get(part).sha256().equals(loaded.digests().get(part)))
            .toList();
    if (differing.isEmpty()) {
      return loaded.dataset();
    }
    if (place.isCache()) {
      throw new UnusableFileException(
          path(differing.get(0), place.folder()),
          DIFFERS + "; delete it, and it is downloaded again");
    }
    return loaded.dataset().withSource(place.folder() + " (not the published images)");
  }

  private static Path path(IdxPart part, Path folder) {
    return part.find(folder).orElse(folder.resolve(part.canonicalName()));
  }

  /**
   * Where each data set is, or would be downloaded from, with every file read and checked.
   * Downloads nothing.
   */
  public List<DatasetListing> list() {
    Path given = folders.given();
    if (given != null && Files.isRegularFile(given)) {
      List<DatasetListing> listings =
          new ArrayList<>(
              new DatasetRepository(folders.withGiven(null), published, fetcher).list());
      listings.set(listings.size() - 1, npzListing(given));
      return List.copyOf(listings);
    }
    List<DatasetListing> listings = new ArrayList<>();
    listings.add(new DatasetListing(STROKES, StrokeDigits.DESCRIPTION, null, List.of(), List.of()));
    published.forEach(dataset -> listings.add(listing(dataset)));
    listings.add(
        new DatasetListing(
            IDX,
            "your own images and labels: four IDX files in a folder that you name",
            given,
            List.of(),
            given == null ? List.of() : statuses(given, Map.of())));
    listings.add(npzListing(given));
    return List.copyOf(listings);
  }

  private static DatasetListing npzListing(@Nullable Path given) {
    List<FileStatus> statuses = new ArrayList<>();
    if (given != null) {
      try {
        List<Path> files = NpzDataset.files(given);
        if (files.size() == 1) {
          statuses.add(npzStatus(files.get(0)));
        }
      } catch (UnusableFileException e) {
        statuses.add(new FileStatus(given, FileState.UNREADABLE, e.reason()));
      }
    }
    return new DatasetListing(
        NPZ,
        "your own images and labels: x_train, y_train, x_test and y_test in one .npz file",
        given,
        List.of(),
        statuses);
  }

  private static FileStatus npzStatus(Path file) {
    try {
      NpzDataset.read(file, NPZ);
      return new FileStatus(file, FileState.OK, "");
    } catch (UnusableFileException e) {
      return new FileStatus(file, FileState.UNREADABLE, e.reason());
    }
  }

  private DatasetListing listing(PublishedDataset dataset) {
    Place place = place(dataset);
    boolean downloads = place.isCache() && !IdxPart.holdsAll(place.folder());
    return new DatasetListing(
        dataset.name(),
        dataset.description(),
        place.folder(),
        downloads ? dataset.mirrors() : List.of(),
        statuses(place.folder(), dataset.files()));
  }

  private static List<FileStatus> statuses(
      Path folder, Map<IdxPart, PublishedDataset.Content> published) {
    return Stream.of(IdxPart.values())
        .map(part -> status(part, folder, published.get(part)))
        .toList();
  }

  private static FileStatus status(
      IdxPart part, Path folder, PublishedDataset.@Nullable Content published) {
    Path path = path(part, folder);
    if (part.find(folder).isEmpty()) {
      return new FileStatus(path, FileState.MISSING, "");
    }
    try {
      String digest = IdxFile.read(path, part.dimensions()).sha256();
      return published == null || published.sha256().equals(digest)
          ? new FileStatus(path, FileState.OK, "")
          : new FileStatus(path, FileState.DIFFERS, DIFFERS);
    } catch (UnusableFileException e) {
      return new FileStatus(path, FileState.UNREADABLE, e.reason());
    }
  }

  /** The folder that a published data set is taken from. */
  private record Place(Path folder, boolean isCache) {}

  private Place place(PublishedDataset dataset) {
    if (folders.given() != null) {
      return new Place(folders.given(), false);
    }
    Path cached = folders.cache().resolve(dataset.name());
    return Optional.ofNullable(folders.shared())
        .map(shared -> shared.resolve(dataset.name()))
        .filter(IdxPart::holdsAll)
        .map(folder -> new Place(folder, false))
        .orElse(new Place(cached, true));
  }
}
