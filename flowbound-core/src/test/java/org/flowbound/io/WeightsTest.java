package org.flowbound.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest {
  @TempDir Path folder;

  private static final Matrix SQUARE = Matrix.of(2, 2, 1, 2, 3, 4);

  private static Tensor zeros(String name, long... dimensions) {
    Shape shape = Shape.of(dimensions);
    return Tensor.of(name, shape, ElementType.FLOAT32, new double[(int) shape.elements()]);
  }

  private Path write(String fileName, Tensor... tensors) throws IOException {
    Path file = folder.resolve(fileName);
    new TensorFile(List.of(tensors), Map.of()).write(file);
    return file;
  }

  @Test
  void theOnlySquareMatrixIsTaken() throws Exception {
    Path file =
        write(
            "a.npz",
            zeros("bias", 2),
            zeros("input", 2, 5),
            zeros("alpha", 1, 1),
            Tensor.of("A", SQUARE));
    assertThat(Weights.read(file, null)).isEqualTo(SQUARE);
  }

  @Test
  void theClassifiersWeightIsPreferred() throws Exception {
    Path file = write("a.npz", zeros("B", 2, 2), Tensor.of("ode.weight", SQUARE));
    assertThat(Weights.read(file, null)).isEqualTo(SQUARE);
  }

  @Test
  void severalSquareMatricesAreListed() throws IOException {
    Path file = write("a.npz", zeros("B", 2, 2), zeros("c", 7), Tensor.of("A", SQUARE));
    assertThatThrownBy(() -> Weights.read(file, null))
        .isInstanceOf(UnusableFileException.class)
        .hasMessage(
            file
                + ": holds several tensors: name one as FILE#NAME; it holds 'B' (2 x 2), 'c' (7),"
                + " 'A' (2 x 2)");
    assertThatThrownBy(() -> Weights.read(file, "D"))
        .hasMessage(file + ": has no tensor 'D': it holds 'B' (2 x 2), 'c' (7), 'A' (2 x 2)");
  }

  @Test
  void longListsAreCut() throws IOException {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      tensors.add(zeros("x".repeat(200) + "\n" + i, 1, 1));
    }
    Path file = write("a.safetensors", tensors.toArray(new Tensor[0]));
    assertThatThrownBy(() -> Weights.read(file, null))
        .hasMessageContaining("and 280 more")
        .hasMessageNotContaining("\n")
        .satisfies(failure -> assertThat(failure.getMessage().length()).isLessThan(3000));
  }

  @Test
  void theFormatIsRecognisedByContent() throws Exception {
    Files.copy(write("a.npz", Tensor.of("A", SQUARE)), folder.resolve("weights.bin"));
    assertThat(Weights.read(folder.resolve("weights.bin"), null)).isEqualTo(SQUARE);
    Files.copy(write("a.safetensors", Tensor.of("A", SQUARE)), folder.resolve("weights"));
    assertThat(Weights.read(folder.resolve("weights"), null)).isEqualTo(SQUARE);
    Files.copy(write("a.npy", Tensor.of("A", SQUARE)), folder.resolve("b.csv"));
    assertThat(Weights.read(folder.resolve("b.csv"), null)).isEqualTo(SQUARE);
  }

  @Test
  void aHashMayBelongToTheFile() throws Exception {
    Path file = write("a#b.npz", Tensor.of("A#1", SQUARE), zeros("B", 2, 2));
    assertThat(TensorReference.parse(file.toString())).isEqualTo(new TensorReference(file, null));
    assertThat(TensorReference.parse(file + "#B")).isEqualTo(new TensorReference(file, "B"));
    assertThat(Weights.read(file + "#A#1")).isEqualTo(SQUARE);
    Path missing = folder.resolve("missing.npz");
    assertThat(TensorReference.parse(missing + "#B")).isEqualTo(new TensorReference(missing, "B"));
    for (String empty : List.of("", "#A")) {
      assertThatThrownBy(() -> TensorReference.parse(empty))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void unusablePathsAreNamed() throws IOException {
    Path missing = folder.resolve("missing.npz");
    assertThatThrownBy(() -> Weights.read(missing + "#A")).hasMessage(missing + ": does not exist");
    assertThatThrownBy(() -> Weights.read(folder, null))
        .hasMessage(folder + ": is a folder, not a file");
    Path empty = Files.createFile(folder.resolve("empty.npy"));
    assertThatThrownBy(() -> Weights.read(empty, null)).hasMessage(empty + ": is empty");
    Path unknown = Files.writeString(folder.resolve("a.bin"), "hello, world");
    assertThatThrownBy(() -> Weights.read(unknown, null))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(".npy, .npz, .safetensors");
    Path device = Path.of("/dev/zero");
    if (Files.exists(device)) {
      assertThatThrownBy(() -> Weights.read(device, null))
          .hasMessageContaining("not a regular file");
    }
    Path below = empty.resolve("a.npy");
    assertThatThrownBy(() -> Weights.read(below, null))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(below + ": ")
        .hasMessageNotContaining("null");
  }

  @Test
  void otherKindsOfFileGetARemedy() throws IOException {
    Path gzip = Files.write(folder.resolve("a.npy.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
    assertThatThrownBy(() -> Weights.read(gzip, null)).hasMessageContaining("unpack");
    byte[] hdf5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    Path keras = Files.write(folder.resolve("a.h5"), hdf5);
    assertThatThrownBy(() -> Weights.read(keras, null)).hasMessageContaining("HDF5");
    Path pickle = Files.write(folder.resolve("a.pt"), new byte[] {(byte) 0x80, 2, 'c'});
    assertThatThrownBy(() -> Weights.read(pickle, null)).hasMessageContaining("pickle");
  }

  @Test
  void onlyKnownExtensionsAreWritten() {
    assertThatThrownBy(() -> Weights.write(folder.resolve("a.xyz"), "A", SQUARE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(".npy, .npz, .safetensors, .mat, .csv, .tsv, .txt.");
    assertThat(folder).isEmptyDirectory();
    assertThat(TensorFile.isWritable(Path.of("a.NPZ"))).isTrue();
    assertThat(TensorFile.isWritable(Path.of("a.onnx"))).isFalse();
  }

  @Test
  void formatsRefuseWhatTheyCannotHold() {
    TensorFile two = new TensorFile(List.of(zeros("a", 1), zeros("b", 1)), Map.of());
    TensorFile described = new TensorFile(List.of(zeros("a", 1, 1)), Map.of("k", "v"));
    for (String name : List.of("a.npy", "a.csv")) {
      assertThatThrownBy(() -> two.write(folder.resolve(name)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("holds one array, not 2");
    }
    for (String name : List.of("a.npy", "a.npz", "a.csv")) {
      assertThatThrownBy(() -> described.write(folder.resolve(name)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("metadata");
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void weightsMustBeFinite() throws IOException {
    Matrix matrix = Matrix.of(1, 2, 1, Double.NaN);
    Path file = folder.resolve("a.npy");
    assertThatThrownBy(() -> Weights.write(file, "A", matrix))
        .isInstanceOf(IllegalArgumentException.class);
    new TensorFile(List.of(Tensor.of("A", matrix)), Map.of()).write(file);
    assertThatThrownBy(() -> Weights.read(file, null))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("'a' holds NaN in row 1, column 2");
  }

  @Test
  void aReplacementMustFit() throws IOException {
    Path half =
        write("a.npz", Tensor.of("A", Shape.of(1, 1), ElementType.FLOAT16, 1), zeros("v", 3));
    assertThatThrownBy(() -> Weights.replace(half, "A", Matrix.of(1, 1, 1e6), half))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("float16");
    assertThatThrownBy(() -> Weights.replace(half, "A", SQUARE, half))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 x 2 matrix cannot replace a tensor of shape 1 x 1");
    Path other = folder.resolve("b.npy");
    assertThatThrownBy(() -> Weights.replace(half, "A", Matrix.of(1, 1, 1), other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("another format");
    assertThat(other).doesNotExist();
  }
}
