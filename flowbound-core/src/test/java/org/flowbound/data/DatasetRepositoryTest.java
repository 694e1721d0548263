package org.flowbound.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.flowbound.data.DatasetListing.FileState;
import org.flowbound.data.DatasetListing.FileStatus;
import org.flowbound.io.UnusableFileException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two mirrors on this machine serve a tiny data set; the second always serves it right. */
class DatasetRepositoryTest {
  @TempDir Path temporary;

  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private HttpServer server;
  private Mirror first = DatasetRepositoryTest::serve;

  @FunctionalInterface
  private interface Mirror {
    void answer(HttpExchange exchange, byte[] file) throws IOException;
  }

  @BeforeEach
  void startMirrors() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  @AfterEach
  void stopMirrors() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      requests.add(path);
      IdxPart part =
          Stream.of(IdxPart.values())
              .filter(p -> path.endsWith("/" + p.canonicalName()))
              .findFirst()
              .orElseThrow();
      byte[] file = IdxFolder.gzip(IdxFolder.file(part));
      if (path.startsWith("/first/")) {
        first.answer(exchange, file);
      } else {
        serve(exchange, file);
      }
    }
  }

  private static void serve(HttpExchange exchange, byte[] file) throws IOException {
    exchange.sendResponseHeaders(200, file.length);
    exchange.getResponseBody().write(file);
  }

  private URI mirror(String name) {
    return URI.create("http://127.0.0.1:%d/%s/".formatted(server.getAddress().getPort(), name));
  }

  private PublishedDataset tiny(String... mirrors) {
    Map<IdxPart, PublishedDataset.Content> files = new EnumMap<>(IdxPart.class);
    for (IdxPart part : IdxPart.values()) {
      byte[] content = IdxFolder.file(part);
      files.put(part, new PublishedDataset.Content(content.length, IdxFile.sha256(content)));
    }
    return new PublishedDataset(
        "tiny",
        "a test",
        List.of("a", "b", "c"),
        Stream.of(mirrors).map(this::mirror).toList(),
        files);
  }

  private DatasetFolders folders() {
    return new DatasetFolders(null, temporary.resolve("shared"), temporary.resolve("cache"));
  }

  private DatasetRepository repository(DatasetFolders folders, String... mirrors) {
    return new DatasetRepository(folders, List.of(tiny(mirrors)), HttpFetcher.defaults());
  }

  private DatasetRepository repository() {
    return repository(folders(), "first", "second");
  }

  private Path cached(IdxPart part) {
    return temporary.resolve("cache/tiny").resolve(part.canonicalName());
  }

  private List<String> filesInCache() throws IOException {
    try (Stream<Path> files = Files.walk(temporary.resolve("cache"))) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private void assertCacheIsComplete() throws IOException {
    assertThat(filesInCache())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(IdxPart.values()).map(IdxPart::canonicalName).toList());
  }

  @Test
  void downloadsOnceIntoTheCache() throws Exception {
    Dataset dataset = repository().load("tiny");
    assertThat(dataset.training().pixels()).isEqualTo(IdxFolder.ramp(24));
    assertThat(dataset.classNames()).containsExactly("a", "b", "c");
    assertThat(dataset.source()).isEqualTo(temporary.resolve("cache/tiny").toString());
    assertCacheIsComplete();
    assertThat(requests).hasSize(4).allMatch(path -> path.startsWith("/first/"));
    repository().load("tiny");
    assertThat(requests).hasSize(4);
  }

  @Test
  void downloadsOnlyWhatIsMissing() throws Exception {
    IdxFolder.write(temporary.resolve("cache/tiny"));
    Files.delete(cached(IdxPart.TEST_LABELS));
    repository().load("tiny");
    assertThat(requests).containsExactly("/first/t10k-labels-idx1-ubyte.gz");
  }

  private void assertTheSecondMirrorHelps(Mirror broken) throws Exception {
    first = broken;
    assertThat(repository().load("tiny").test().labels()).containsExactly(1, 0);
    assertCacheIsComplete();
    assertThat(requests).hasSize(8);
  }

  private void assertTheDownloadFails(Mirror broken, String reason) throws Exception {
    first = broken;
    assertThatThrownBy(() -> repository(folders(), "first").load("tiny"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(temporary.resolve("cache/tiny") + ": ")
        .hasMessageContaining(reason)
        .hasMessageContaining(mirror("first").toString())
        .hasMessageContainingAll(
            Stream.of(IdxPart.values()).map(IdxPart::canonicalName).toArray(String[]::new))
        .hasMessageNotContaining("\n");
    assertThat(Files.exists(temporary.resolve("cache"))).isFalse();
  }

  private static void notFound(HttpExchange exchange, byte[] file) throws IOException {
    exchange.sendResponseHeaders(404, file.length);
    exchange.getResponseBody().write(file);
  }

  @Test
  void anErrorStatus() throws Exception {
    assertTheDownloadFails(DatasetRepositoryTest::notFound, "404");
    requests.clear();
    assertTheSecondMirrorHelps(DatasetRepositoryTest::notFound);
  }

  private static void wrong(HttpExchange exchange, byte[] file) throws IOException {
    byte[] content = IdxFolder.idx(new byte[] {1, 1}, 2);
    serve(exchange, IdxFolder.gzip(content));
  }

  @Test
  void anotherFileThanThePublishedOne() throws Exception {
    assertTheDownloadFails(DatasetRepositoryTest::wrong, "wrong SHA-256");
    requests.clear();
    assertTheSecondMirrorHelps(DatasetRepositoryTest::wrong);
  }

  @Test
  void aPageInsteadOfTheFile() throws Exception {
    assertTheDownloadFails((exchange, file) -> serve(exchange, "<html>".getBytes(UTF_8)), "GZIP");
  }

  private static void truncated(HttpExchange exchange, byte[] file) throws IOException {
    exchange.sendResponseHeaders(200, file.length);
    exchange.getResponseBody().write(Arrays.copyOf(file, file.length / 2));
    exchange.getResponseBody().flush();
  }

  @Test
  void aBodyThatBreaksOff() throws Exception {
    assertTheDownloadFails(DatasetRepositoryTest::truncated, "first/train-images");
    requests.clear();
    assertTheSecondMirrorHelps(DatasetRepositoryTest::truncated);
  }

  @Test
  void aBodyOfAnySizeIsCutOff() throws Exception {
    Mirror endless =
        (exchange, file) -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] chunk = new byte[1 << 16];
          for (int i = 0; i < 1000; i++) {
            exchange.getResponseBody().write(chunk);
          }
        };
    assertTheDownloadFails(endless, "more than");
  }

  @Test
  void aBombIsNotUnpacked() throws Exception {
    byte[] bomb = IdxFolder.gzip(new byte[50_000_000]);
    assertTheDownloadFails((exchange, file) -> serve(exchange, bomb), "wrong SHA-256");
  }

  @Test
  void whatAnInterruptedDownloadLeftIsWholeAndCompletedLater() throws Exception {
    first =
        (exchange, file) -> {
          if (exchange.getRequestURI().getPath().contains("t10k")) {
            notFound(exchange, file);
          } else {
            serve(exchange, file);
          }
        };
    assertThatThrownBy(() -> repository(folders(), "first").load("tiny"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("lacks t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz");
    assertThat(filesInCache())
        .containsExactly("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz");
    requests.clear();
    first = DatasetRepositoryTest::serve;
    repository().load("tiny");
    assertThat(requests).hasSize(2);
  }

  @Test
  void withoutANetworkTheErrorSaysWhichFilesToPutWhere() {
    Fetcher offline =
        (source, limit) -> {
          throw new IOException("unknown host");
        };
    DatasetRepository repository = DatasetRepository.of(folders(), offline);
    for (String name : List.of("mnist", "fashion-mnist")) {
      assertThatThrownBy(() -> repository.load(name))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageStartingWith(temporary.resolve("cache").resolve(name) + ": ")
          .hasMessageContainingAll(
              "unknown host",
              "FLOWBOUND_DATA",
              "train-images-idx3-ubyte.gz",
              "train-labels-idx1-ubyte.gz",
              "t10k-images-idx3-ubyte.gz",
              "t10k-labels-idx1-ubyte.gz")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void aCacheThatCannotBeWrittenIsNamed() throws Exception {
    Files.writeString(temporary.resolve("cache"), "a file");
    assertThatThrownBy(() -> repository().load("tiny"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContainingAll(cached(IdxPart.TRAINING_IMAGES).toString(), "cannot be written");
  }

  @Test
  void theGivenFolderIsTheOnlyOne() throws Exception {
    IdxFolder.write(temporary.resolve("cache/tiny"));
    IdxFolder.write(temporary.resolve("shared/tiny"));
    Path mine = Files.createDirectory(temporary.resolve("mine"));
    DatasetRepository repository = repository(folders().withGiven(mine), "second");
    assertThatThrownBy(() -> repository.load("tiny"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(mine.toString());
    IdxFolder.write(mine);
    assertThat(repository.load("tiny").source()).isEqualTo(mine.toString());
    assertThat(repository.load("idx").name()).isEqualTo("idx");
    assertThat(requests).isEmpty();
  }

  @Test
  void theSharedFolderComesBeforeTheCacheIfItHoldsAllFiles() throws Exception {
    Path shared = temporary.resolve("shared/tiny");
    IdxFolder.write(shared);
    assertThat(repository().load("tiny").source()).isEqualTo(shared.toString());
    assertThat(requests).isEmpty();
    Files.delete(shared.resolve("t10k-labels-idx1-ubyte.gz"));
    assertThat(repository().load("tiny").source())
        .isEqualTo(temporary.resolve("cache/tiny").toString());
  }

  @Test
  void otherContentIsReportedInAFolderAndRefusedInTheCache() throws Exception {
    byte[] other = IdxFolder.idx(new byte[] {2, 2}, 2);
    Path shared = temporary.resolve("shared/tiny");
    IdxFolder.write(shared);
    Files.write(shared.resolve("t10k-labels-idx1-ubyte.gz"), other);
    Dataset dataset = repository().load("tiny");
    assertThat(dataset.test().labels()).containsExactly(2, 2);
    assertThat(dataset.source()).isEqualTo(shared + " (not the published images)");
    assertThat(states(repository()))
        .containsExactly(FileState.OK, FileState.OK, FileState.OK, FileState.DIFFERS);

    IdxFolder.write(temporary.resolve("cache/tiny"));
    Files.write(cached(IdxPart.TEST_LABELS), other);
    DatasetRepository cacheOnly =
        repository(new DatasetFolders(null, null, temporary.resolve("cache")), "second");
    assertThatThrownBy(() -> cacheOnly.load("tiny"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContainingAll(cached(IdxPart.TEST_LABELS).toString(), "delete it");
  }

  private static DatasetListing listing(DatasetRepository repository, String name) {
    return repository.list().stream()
        .filter(listing -> listing.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static List<FileState> states(DatasetRepository repository) {
    return listing(repository, "tiny").files().stream().map(FileStatus::state).toList();
  }

  @Test
  void listsEveryDatasetWithItsFilesAndDownloadsNothing() throws Exception {
    DatasetRepository repository = repository();
    assertThat(repository.names()).containsExactly("strokes", "tiny", "idx", "npz");
    assertThat(repository.list().stream().map(DatasetListing::name))
        .containsExactlyElementsOf(repository.names());
    assertThat(listing(repository, "strokes").files()).isEmpty();
    assertThat(listing(repository, "idx").folder()).isNull();

    DatasetListing tiny = listing(repository, "tiny");
    assertThat(tiny.folder()).isEqualTo(temporary.resolve("cache/tiny"));
    assertThat(tiny.mirrors()).containsExactly(mirror("first"), mirror("second"));
    assertThat(states(repository)).containsOnly(FileState.MISSING).hasSize(4);
    assertThat(tiny.files().get(0).path()).isEqualTo(cached(IdxPart.TRAINING_IMAGES));

    IdxFolder.write(temporary.resolve("cache/tiny"));
    Files.write(cached(IdxPart.TRAINING_LABELS), new byte[] {1, 2, 3, 4, 5});
    Files.delete(cached(IdxPart.TEST_IMAGES));
    assertThat(states(repository))
        .containsExactly(FileState.OK, FileState.UNREADABLE, FileState.MISSING, FileState.OK);
    assertThat(listing(repository, "tiny").files().get(1).detail()).contains("no IDX file");
    assertThat(requests).isEmpty();
  }

  @Test
  void listsAFolderOfOnesOwn() throws Exception {
    Path mine = temporary.resolve("mine");
    IdxFolder.write(mine);
    DatasetRepository repository = repository(folders().withGiven(mine), "second");
    assertThat(listing(repository, "idx").folder()).isEqualTo(mine);
    assertThat(listing(repository, "idx").files())
        .hasSize(4)
        .allMatch(file -> file.state() == FileState.OK && file.detail().isEmpty());
    assertThat(listing(repository, "tiny").mirrors()).isEmpty();
  }

  @Test
  void listsAFileOfOnesOwn() throws Exception {
    Path mine = NpzDatasetTest.write(temporary.resolve("mine.npz"), NpzDatasetTest.arrays());
    DatasetRepository repository = repository(folders().withGiven(mine), "second");
    assertThat(repository.load("npz").training().count()).isEqualTo(4);
    assertThat(listing(repository, "npz").files())
        .singleElement()
        .isEqualTo(new FileStatus(mine, FileState.OK, ""));
    assertThat(listing(repository, "idx").files()).isEmpty();
    assertThat(listing(repository, "tiny").folder()).isEqualTo(temporary.resolve("cache/tiny"));
    Files.write(mine, new byte[] {'P', 'K', 3, 4});
    assertThat(listing(repository, "npz").files().get(0).state()).isEqualTo(FileState.UNREADABLE);
  }

  @Test
  void refusesWhatCannotBeAskedFor() {
    assertThatThrownBy(() -> repository().load("cifar"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("'cifar'", "strokes, tiny, idx, npz");
    assertThatThrownBy(() -> repository().load("idx"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("folder");
    assertThatThrownBy(() -> repository().load("npz"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("file");
    assertThatThrownBy(() -> repository(folders().withGiven(temporary)).load("strokes"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("generated");
  }

  @Test
  void generatesStrokes() throws Exception {
    assertThat(repository().load("strokes").training().count()).isEqualTo(12_000);
  }

  @Test
  void knowsThePublishedFiles() {
    for (String name : List.of("mnist", "fashion-mnist")) {
      Path data = SharedData.folder(name).getParent();
      DatasetRepository repository =
          DatasetRepository.of(new DatasetFolders(null, data, temporary), HttpFetcher.defaults());
      DatasetListing listing = listing(repository, name);
      assertThat(listing.folder()).isEqualTo(data.resolve(name));
      assertThat(listing.files()).hasSize(4).allMatch(file -> file.state() == FileState.OK);
    }
  }
}
