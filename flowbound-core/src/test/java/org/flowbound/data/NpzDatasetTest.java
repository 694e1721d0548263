package org.flowbound.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.flowbound.io.ElementType;
import org.flowbound.io.Python;
import org.flowbound.io.Shape;
import org.flowbound.io.Tensor;
import org.flowbound.io.TensorFile;
import org.flowbound.io.UnusableFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpzDatasetTest {
  @TempDir Path folder;

  private static Tensor tensor(String name, ElementType type, Shape shape, double... values) {
    return Tensor.of(name, shape, type, values);
  }

  private static double[] ramp(int length) {
    double[] values = new double[length];
    Arrays.setAll(values, k -> k);
    return values;
  }

  /** Four training and two test images of 2 × 3 in three classes. */
  static Map<String, Tensor> arrays() {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    put(arrays, tensor("x_train", ElementType.UINT8, Shape.of(4, 2, 3), ramp(24)));
    put(arrays, tensor("y_train", ElementType.INT64, Shape.of(4), 0, 2, 1, 2));
    put(arrays, tensor("x_test", ElementType.UINT8, Shape.of(2, 2, 3), ramp(12)));
    put(arrays, tensor("y_test", ElementType.UINT8, Shape.of(2), 1, 0));
    return arrays;
  }

  private static void put(Map<String, Tensor> arrays, Tensor tensor) {
    arrays.put(tensor.name(), tensor);
  }

  static Path write(Path file, Map<String, Tensor> arrays) throws IOException {
    new TensorFile(List.copyOf(arrays.values()), Map.of()).write(file);
    return file;
  }

  private Path write(Map<String, Tensor> arrays) throws IOException {
    return write(folder.resolve("own.npz"), arrays);
  }

  /** Reading is refused in one line that names the file and holds each of the texts. */
  private static void assertRefused(Path file, String... texts) {
    UnusableFileException refusal =
        catchThrowableOfType(UnusableFileException.class, () -> NpzDataset.read(file, "npz"));
    assertThat(refusal).isNotNull();
    assertThat(refusal.getMessage()).startsWith(file + ": ").doesNotContain("\n");
    for (String text : texts) {
      assertThat(refusal.getMessage()).contains(text);
    }
  }

  @Test
  void readsFourArrays() throws Exception {
    Path file = write(arrays());
    for (Path path : List.of(file, folder)) {
      Dataset dataset = NpzDataset.read(path, "npz");
      assertThat(dataset.source()).isEqualTo(file.toString());
      assertThat(dataset.classNames()).containsExactly("0", "1", "2");
      assertThat(dataset.training().rows()).isEqualTo(2);
      assertThat(dataset.training().columns()).isEqualTo(3);
      assertThat(dataset.training().pixels()).isEqualTo(IdxFolder.ramp(24));
      assertThat(dataset.training().labels()).containsExactly(0, 2, 1, 2);
      assertThat(dataset.test().pixels()).isEqualTo(IdxFolder.ramp(12));
      assertThat(dataset.test().labels()).containsExactly(1, 0);
    }
  }

  @Test
  void readsWhatNumpyWrites() throws Exception {
    Python.assumeModule("numpy");
    Python.run(
        folder,
        """
        import numpy as np
        x = np.arange(24, dtype=np.uint8).reshape(4, 2, 3)
        y = np.array([0, 2, 1, 2])
        np.savez_compressed("images.npz", train_images=np.asfortranarray(x),
                            train_labels=y.reshape(4, 1), test_images=(x / 255).astype("float32"),
                            test_labels=y.astype(">i2"), val_images=x, note=np.array("text"))
        """);
    Dataset dataset = NpzDataset.read(folder.resolve("images.npz"), "npz");
    assertThat(dataset.training().pixels()).isEqualTo(IdxFolder.ramp(24));
    assertThat(dataset.test().pixels()).isEqualTo(IdxFolder.ramp(24));
    assertThat(dataset.test().labels()).containsExactly(0, 2, 1, 2);
    assertThat(dataset.source()).endsWith("images.npz");
  }

  @ParameterizedTest
  @CsvSource({"4 2 3 1, 2, 3", "4 1 2 3, 2, 3", "4 1 1 6, 1, 6", "4 6, 1, 6", "6 4, 2, 2"})
  void shapesOfImages(String shape, int rows, int columns) throws Exception {
    long[] axes = Arrays.stream(shape.split(" ")).mapToLong(Long::parseLong).toArray();
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    double[] labels = new double[(int) axes[0]];
    labels[1] = 1;
    for (String part : List.of("train", "test")) {
      put(arrays, tensor("x_" + part, ElementType.UINT8, Shape.of(axes), ramp(24)));
      put(arrays, tensor("y_" + part, ElementType.FLOAT64, Shape.of(axes[0]), labels));
    }
    LabeledImages images = NpzDataset.read(write(arrays), "npz").training();
    assertThat(images.rows()).isEqualTo(rows);
    assertThat(images.columns()).isEqualTo(columns);
    assertThat(images.pixels()).isEqualTo(IdxFolder.ramp(24));
  }

  @Test
  void saysWhereFloatingPointPixelsAreRounded() throws Exception {
    Map<String, Tensor> arrays = arrays();
    double[] values = new double[12];
    values[5] = 0.1;
    values[11] = 1;
    put(arrays, tensor("x_test", ElementType.FLOAT32, Shape.of(2, 2, 3), values));
    Dataset dataset = NpzDataset.read(write(arrays), "npz");
    assertThat(dataset.test().pixels()[5]).isEqualTo((byte) 26);
    assertThat(dataset.test().pixels()[11]).isEqualTo((byte) 255);
    assertThat(dataset.source()).endsWith("(pixels rounded to multiples of 1/255)");
  }

  @ParameterizedTest
  @CsvSource({
    "x_train, 0.5 -0.1 1, image 1, -0.1",
    "x_train, 0 0.5 1.5, 1.5, divide those in [0; 255] by 255",
    "x_train, 0 NaN 1, NaN, image 1",
    "x_train, 0 1 Infinity, Infinity, image 2",
    "y_train, 0 0 1.5, label 1.5 of image 2, y_train",
    "y_train, 0 1 -1, label -1, [0; 255]",
    "y_train, 0 1 256, label 256, [0; 255]",
    "y_train, 0 1 NaN, label NaN, y_train",
    "y_train, 0 1 3, none is 2, gaps",
    "y_train, 1 2 1, none is 0, gaps",
    "y_train, 0 0 0, one class, 0",
    "y_test, 0 1 2, label 2 of image 2, 0 to 1"
  })
  void refusesEntries(String name, String entries, String first, String second) throws Exception {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    for (String part : List.of("train", "test")) {
      put(arrays, tensor("x_" + part, ElementType.FLOAT64, Shape.of(3, 1), 0, 0.2, 1));
      put(arrays, tensor("y_" + part, ElementType.FLOAT64, Shape.of(3), 0, 1, 1));
    }
    double[] values = Arrays.stream(entries.split(" ")).mapToDouble(Double::parseDouble).toArray();
    Shape shape = arrays.get(name).shape();
    put(arrays, tensor(name, ElementType.FLOAT64, shape, values));
    assertRefused(write(arrays), first, second.replace(';', ','), name);
  }

  @ParameterizedTest
  @CsvSource({
    "x_train, 4 2 3 3, 'grey images are [n, rows, columns]'",
    "x_train, 24, 'grey images'",
    "x_train, 0 2 3, 'is empty'",
    "x_train, 4 0 3, 'is empty'",
    "x_train, 4 3 2, 'differ in the size of their images'",
    "x_train, 3 2 3, '4 labels for the 3 images'",
    "y_train, 4 3, 'labels are [n]'",
    "y_train, 5, '5 labels for the 4 images of x_train'",
    "y_test, 1, '1 labels for the 2 images of x_test'"
  })
  void refusesShapes(String name, String shape, String text) throws Exception {
    Map<String, Tensor> arrays = arrays();
    Shape axes = Shape.of(Arrays.stream(shape.split(" ")).mapToLong(Long::parseLong).toArray());
    put(arrays, tensor(name, ElementType.UINT8, axes, new double[(int) axes.elements()]));
    assertRefused(write(arrays), text, name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x_train", "y_train", "x_test", "y_test"})
  void refusesMissingArrays(String name) throws Exception {
    Map<String, Tensor> arrays = arrays();
    arrays.remove(name);
    assertRefused(write(arrays), "has no array " + name + " or ", "it holds");
  }

  @Test
  void refusesWhatIsNoArchive() throws Exception {
    assertRefused(folder, "holds no .npz file");
    assertRefused(folder.resolve("none.npz"), "no such file");
    Path file = write(arrays());
    write(folder.resolve("other.npz"), arrays());
    assertRefused(folder, "several", "other.npz, own.npz");
    Path text = Files.writeString(folder.resolve("text.npz"), "1,2\n");
    assertRefused(text);
    Path single = folder.resolve("x.npy");
    new TensorFile(List.of(arrays().get("x_train")), Map.of()).write(single);
    assertRefused(single, "is no .npz");
    byte[] whole = Files.readAllBytes(file);
    SplittableRandom random = new SplittableRandom(1);
    Path broken = folder.resolve("broken.npz");
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(broken, Arrays.copyOf(whole, length));
      assertRefused(broken);
      byte[] altered = whole.clone();
      altered[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(broken, altered);
      try {
        assertThat(NpzDataset.read(broken, "npz").training().count()).isEqualTo(4);
      } catch (UnusableFileException refused) {
        assertThat(refused.file()).isEqualTo(broken);
      }
    }
  }

  @Test
  void refusesWhatMemoryCannotHold() throws Exception {
    Python.assumeModule("numpy");
    Python.run(
        folder,
        """
        import io, zipfile, numpy as np
        header = io.BytesIO()
        np.lib.format.write_array_header_1_0(
            header, {"descr": "|u1", "fortran_order": False, "shape": (10**6, 10**4)})
        with zipfile.ZipFile("bomb.npz", "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("x_train.npy", header.getvalue())
            for name in ("y_train", "x_test", "y_test"):
                out.writestr(name + ".npy", header.getvalue())
        """);
    assertRefused(folder.resolve("bomb.npz"));
  }
}
