package org.flowbound.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.flowbound.io.UnusableFileException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxDatasetTest {
  @TempDir Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    IdxFolder.write(folder);
  }

  private Path path(IdxPart part) {
    return folder.resolve(part.canonicalName());
  }

  /** Reading is refused in one line that names the file and holds each of the texts. */
  private void assertRefused(IdxPart part, byte[] content, String... texts) throws IOException {
    Files.write(path(part), content);
    UnusableFileException refusal =
        catchThrowableOfType(UnusableFileException.class, () -> IdxDataset.read(folder, "own"));
    assertThat(refusal.file()).isEqualTo(path(part));
    assertThat(refusal.getMessage()).startsWith(path(part) + ": ").doesNotContain("\n");
    for (String text : texts) {
      assertThat(refusal.getMessage()).contains(text);
    }
  }

  @Test
  void readsFourFiles() throws Exception {
    Dataset dataset = IdxDataset.read(folder, "own");
    assertThat(dataset.name()).isEqualTo("own");
    assertThat(dataset.source()).isEqualTo(folder.toString());
    assertThat(dataset.classNames()).containsExactly("0", "1", "2");
    assertThat(dataset.training().rows()).isEqualTo(2);
    assertThat(dataset.training().columns()).isEqualTo(3);
    assertThat(dataset.training().pixels()).isEqualTo(IdxFolder.ramp(24));
    assertThat(dataset.training().labels()).containsExactly(0, 2, 1, 2);
    assertThat(dataset.test().pixels()).isEqualTo(IdxFolder.ramp(12));
    assertThat(dataset.test().labels()).containsExactly(1, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"%s-idx%d-ubyte", "%s-idx%d-ubyte.gz", "%s.idx%d-ubyte", "%s.idx%d-ubyte.gz"})
  void namesAndCompressionAreIndependent(String spelling) throws Exception {
    for (boolean zipped : new boolean[] {true, false}) {
      for (IdxPart part : IdxPart.values()) {
        Files.deleteIfExists(path(part));
        String stem = part.canonicalName().replaceFirst("-idx.*", "");
        byte[] content = IdxFolder.file(part);
        Files.write(
            folder.resolve(spelling.formatted(stem, part.dimensions())),
            zipped ? IdxFolder.gzip(content) : content);
      }
      assertThat(IdxDataset.read(folder, "own").training().pixels()).isEqualTo(IdxFolder.ramp(24));
    }
  }

  @Test
  void knowsTheClassesOfPublishedDatasets() throws Exception {
    assertThat(IdxDataset.read(folder, "fashion-mnist").classNames())
        .hasSize(10)
        .contains("Ankle boot");
    assertThat(IdxDataset.read(folder, "mnist").training().classes()).isEqualTo(10);
    Files.write(path(IdxPart.TEST_LABELS), IdxFolder.idx(new byte[] {1, (byte) 200}, 2));
    assertThatThrownBy(() -> IdxDataset.read(folder, "mnist"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContainingAll(IdxPart.TEST_LABELS.canonicalName(), "label 200", "image 1", "10");
  }

  @ParameterizedTest
  @EnumSource(IdxPart.class)
  void refusesAMissingFile(IdxPart part) throws IOException {
    Files.delete(path(part));
    assertThatThrownBy(() -> IdxDataset.read(folder, "own"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContainingAll(part.canonicalName(), "no such file");
    Files.createDirectory(path(part));
    assertThatThrownBy(() -> IdxDataset.read(folder, "own"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContainingAll(part.canonicalName(), "no such file");
  }

  @Test
  void refusesAMissingFolder() {
    assertThatThrownBy(() -> IdxDataset.read(folder.resolve("nowhere"), "own"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContainingAll("nowhere", "no such folder");
  }

  @ParameterizedTest
  @EnumSource(IdxPart.class)
  void refusesEveryTruncation(IdxPart part) throws IOException {
    byte[] plain = IdxFolder.file(part);
    for (int length = 0; length < plain.length; length++) {
      assertRefused(part, Arrays.copyOf(plain, length));
      assertRefused(part, IdxFolder.gzip(Arrays.copyOf(plain, length)));
    }
    byte[] zipped = IdxFolder.gzip(plain);
    for (int length = 0; length < zipped.length; length++) {
      assertRefused(part, Arrays.copyOf(zipped, length));
    }
  }

  @Test
  void refusesEveryFlippedBitOfAGzippedFileOrReadsTheSameImages() throws Exception {
    byte[] zipped = IdxFolder.gzip(IdxFolder.file(IdxPart.TRAINING_IMAGES));
    for (int bit = 0; bit < 8 * zipped.length; bit++) {
      byte[] altered = zipped.clone();
      altered[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(path(IdxPart.TRAINING_IMAGES), altered);
      try {
        assertThat(IdxDataset.read(folder, "own").training().pixels())
            .isEqualTo(IdxFolder.ramp(24));
      } catch (UnusableFileException e) {
        assertThat(e.file()).isEqualTo(path(IdxPart.TRAINING_IMAGES));
      }
    }
  }

  @Test
  void refusesAnyRandomBytes() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    for (int k = 0; k < 300; k++) {
      byte[] noise = new byte[random.nextInt(100)];
      random.nextBytes(noise);
      assertRefused(IdxPart.TRAINING_LABELS, noise);
    }
  }

  @Test
  void refusesOtherMagicNumbers() throws IOException {
    byte[] floats = IdxFolder.file(IdxPart.TRAINING_IMAGES);
    floats[2] = 0x0d;
    assertRefused(IdxPart.TRAINING_IMAGES, floats, "0x00000d03", "0x00000803");
    assertRefused(
        IdxPart.TRAINING_IMAGES,
        IdxFolder.file(IdxPart.TRAINING_LABELS),
        "0x00000801",
        "3 dimensions");
    assertRefused(IdxPart.TRAINING_IMAGES, new byte[] {'P', 'K', 3, 4}, "no IDX file");
  }

  @ParameterizedTest
  @CsvSource({
    "-2147483648, 28, 28, 2147483648 x 28 x 28",
    "2147483647, 1, 1, 2147483647 x 1 x 1",
    "-1, -1, -1, 79228162458924105385300197375",
    "5, 2, 3, declares 5 x 2 x 3",
    "0, 2, 3, is empty",
    "4, 0, 3, is empty"
  })
  void refusesHeadersThatTheFileCannotMeet(int images, int rows, int columns, String text)
      throws IOException {
    byte[] plain = IdxFolder.idx(IdxFolder.ramp(24), images, rows, columns);
    assertRefused(IdxPart.TRAINING_IMAGES, plain, text);
    assertRefused(IdxPart.TRAINING_IMAGES, IdxFolder.gzip(plain), text);
  }

  @Test
  void readsNoMoreOfABombThanDeclared() throws IOException {
    byte[] bomb = IdxFolder.gzip(IdxFolder.idx(new byte[50_000_000], 4, 2, 3));
    assertThat(bomb.length).isLessThan(60_000);
    assertRefused(IdxPart.TRAINING_IMAGES, bomb, "goes on after the 4 x 2 x 3, 24 bytes");
  }

  @Test
  void refusesWhatMemoryCannotHold() throws IOException {
    int size = Integer.MAX_VALUE - 8;
    assumeTrue(Runtime.getRuntime().maxMemory() <= 1L << 31, "Java has memory enough here.");
    try (RandomAccessFile file =
        new RandomAccessFile(path(IdxPart.TRAINING_IMAGES).toFile(), "rw")) {
      file.write(IdxFolder.idx(new byte[0], size, 1, 1));
      file.setLength(16L + size);
    }
    assertThatThrownBy(() -> IdxDataset.read(folder, "own"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("memory");
  }

  @Test
  void refusesTrailingBytes() throws IOException {
    for (IdxPart part : IdxPart.values()) {
      byte[] plain = IdxFolder.file(part);
      byte[] longer = Arrays.copyOf(plain, plain.length + 1);
      assertRefused(part, longer, "goes on");
      assertRefused(part, IdxFolder.gzip(longer), "goes on");
      Files.write(path(part), plain);
    }
  }

  @Test
  void refusesCorruptGzip() throws IOException {
    byte[] zipped = IdxFolder.gzip(IdxFolder.file(IdxPart.TRAINING_IMAGES));
    zipped[zipped.length - 8] ^= 1;
    assertRefused(IdxPart.TRAINING_IMAGES, zipped, "corrupt gzip");
  }

  @Test
  void refusesPartsThatDoNotFitTogether() throws IOException {
    assertRefused(
        IdxPart.TRAINING_LABELS,
        IdxFolder.idx(new byte[] {0, 1, 2}, 3),
        "3 labels for the 4 images of",
        IdxPart.TRAINING_IMAGES.canonicalName());
    IdxFolder.write(folder);
    assertRefused(
        IdxPart.TEST_IMAGES,
        IdxFolder.idx(IdxFolder.ramp(12), 2, 3, 2),
        "images of 3 x 2",
        "are 2 x 3");
    IdxFolder.write(folder);
    assertRefused(
        IdxPart.TEST_LABELS,
        IdxFolder.idx(new byte[] {1, 3}, 2),
        "label 3 of image 1",
        "3 classes");
    IdxFolder.write(folder);
    assertRefused(IdxPart.TRAINING_LABELS, IdxFolder.idx(new byte[4], 4), "one class only");
    assertRefused(
        IdxPart.TRAINING_LABELS, IdxFolder.idx(new byte[] {0, 3, 1, 0}, 4), "none is 2", "gaps");
  }

  @Test
  void readsMnist() throws Exception {
    Dataset dataset = IdxDataset.read(SharedData.folder("mnist"), "mnist");
    assertPublishedShape(dataset);
    assertThat(Arrays.copyOf(dataset.training().labels(), 10))
        .containsExactly(5, 0, 4, 1, 9, 2, 1, 3, 1, 4);
    assertThat(Arrays.copyOf(dataset.test().labels(), 10))
        .containsExactly(7, 2, 1, 0, 4, 1, 4, 9, 5, 9);
    int[] counts = new int[10];
    for (byte label : dataset.training().labels()) {
      counts[label]++;
    }
    assertThat(counts).containsExactly(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949);
    assertMoments(dataset, 0.1307, 0.3081);
  }

  @Test
  void readsFashionMnist() throws Exception {
    Dataset dataset = IdxDataset.read(SharedData.folder("fashion-mnist"), "fashion-mnist");
    assertPublishedShape(dataset);
    assertThat(Arrays.copyOf(dataset.training().labels(), 10))
        .containsExactly(9, 0, 0, 3, 0, 2, 7, 2, 5, 5);
    assertThat(Arrays.copyOf(dataset.test().labels(), 10))
        .containsExactly(9, 2, 1, 1, 6, 1, 4, 6, 5, 7);
    assertMoments(dataset, 0.2860, 0.3530);
  }

  private static void assertPublishedShape(Dataset dataset) {
    assertThat(dataset.training().count()).isEqualTo(60_000);
    assertThat(dataset.test().count()).isEqualTo(10_000);
    assertThat(dataset.training().size()).isEqualTo(784);
    assertThat(dataset.classNames()).hasSize(10);
  }

  /** The mean and standard deviation of the training pixels by which they are often normalised. */
  private static void assertMoments(Dataset dataset, double mean, double deviation) {
    double sum = 0;
    double squares = 0;
    byte[] pixels = dataset.training().pixels();
    for (byte pixel : pixels) {
      double value = Byte.toUnsignedInt(pixel) / 255.0;
      sum += value;
      squares += value * value;
    }
    double actual = sum / pixels.length;
    assertThat(actual).isCloseTo(mean, within(5e-5));
    assertThat(Math.sqrt(squares / pixels.length - actual * actual))
        .isCloseTo(deviation, within(5e-5));
  }
}
