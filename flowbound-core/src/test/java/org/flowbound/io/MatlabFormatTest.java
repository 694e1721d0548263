package org.flowbound.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Sinks;

class MatlabFormatTest {
  @TempDir Path folder;
  private Path file;

  private static final Matrix MATRIX = Matrix.of(2, 3, 1, -2, 3, 4, 5, 100);

  @BeforeEach
  void name() {
    file = folder.resolve("a.mat");
  }

  private static TensorFile everyType() {
    List<Tensor> tensors = new ArrayList<>();
    for (ElementType type : ElementType.values()) {
      if (type != ElementType.FLOAT16 && type != ElementType.BFLOAT16) {
        tensors.add(Tensor.of(type.toString(), Shape.of(2, 3), type, 0, 1, 1, 1, 0, 0));
      }
    }
    tensors.add(Tensor.of("one", Shape.of(1, 1), ElementType.FLOAT32, 0.1));
    tensors.add(Tensor.of("cube", Shape.of(2, 1, 2), ElementType.FLOAT64, 1, 2, 3, 4));
    tensors.add(Tensor.of("empty", Shape.of(0, 0), ElementType.FLOAT64));
    return new TensorFile(tensors, Map.of());
  }

  @Test
  void everyTypeRoundTrips() throws Exception {
    everyType().write(file);
    assertThat(TensorFile.read(file)).isEqualTo(everyType());
  }

  @Test
  void whatMatlabLacksIsWidened() throws Exception {
    List<Tensor> tensors =
        List.of(
            Tensor.of("ode.weight", Shape.of(2), ElementType.BFLOAT16, 1, 0.1),
            Tensor.of("1", Shape.of(), ElementType.FLOAT16, 0.5));
    new TensorFile(tensors, Map.of()).write(file);
    TensorFile read = TensorFile.read(file);
    assertThat(read.tensors().get(0))
        .isEqualTo(
            Tensor.of("ode_weight", Shape.of(1, 2), ElementType.FLOAT32, tensors.get(0).values()));
    assertThat(read.tensors().get(1))
        .isEqualTo(Tensor.of("x1", Shape.of(1, 1), ElementType.FLOAT32, 0.5));
    TensorFile clash =
        new TensorFile(List.of(Tensor.of("a.b", MATRIX), Tensor.of("a_b", MATRIX)), Map.of());
    assertThatThrownBy(() -> clash.write(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a_b");
  }

  @Test
  void scipyAndThisAgree() throws Exception {
    Python.assumeModule("scipy.io");
    everyType().write(file);
    Python.run(
        folder,
        """
        import numpy as np, scipy.io as io
        f = io.loadmat('a.mat')
        for name, a in f.items():
            if getattr(a, 'shape', 0) == (2, 3):
                assert (a == [[0, 1, 1], [1, 0, 0]]).all(), name
                assert str(a.dtype) == ('uint8' if name == 'bool' else name), (name, a.dtype)
        assert f['one'] == np.float32(0.1) and f['one'].dtype == 'f4'
        assert (f['cube'] == [[[1, 2]], [[3, 4]]]).all() and f['empty'].shape == (0, 0)
        a = np.array([[1, -2, 3], [4, 5, 100]])
        rest = dict(alpha=0.1, text='x', cell=np.array([1, 'a'], dtype=object), z=a * 1j,
                    s={'A': a}, flag=a > 2)
        for t in 'i1 i2 i4 i8 f4 f8'.split():
            io.savemat(t + '.mat', dict(A=a.astype(t), **rest))
            io.savemat(t + 'c.mat', dict(A=a.astype(t), **rest), do_compression=True)
        """);
    for (String type : List.of("i1", "i2", "i4", "i8", "f4", "f8")) {
      for (String name : List.of(type + ".mat", type + "c.mat")) {
        Path written = folder.resolve(name);
        assertThat(Weights.read(written, "A")).isEqualTo(MATRIX);
        assertThat(Weights.read(written, "alpha")).isEqualTo(Matrix.of(1, 1, 0.1));
        assertThat(Weights.read(written, "flag")).isEqualTo(Matrix.of(2, 3, 0, 0, 1, 1, 1, 1));
        for (Map.Entry<String, String> other :
            Map.of("text", "text", "cell", "cell array", "z", "complex", "s", "-struct")
                .entrySet()) {
          assertThatThrownBy(() -> Weights.read(written, other.getKey()))
              .isInstanceOf(UnusableFileException.class)
              .hasMessageContaining(other.getValue());
        }
      }
    }
  }

  @Test
  void scipyReadsTheSameNumbers() throws Exception {
    Python.assumeModule("scipy.io");
    Matrix matrix = Matrix.generate(5, 4, (i, j) -> Math.sin(i + 10 * j) / 3);
    Weights.write(file, "A", matrix);
    assertThat(
            Python.hexNumbers(
                Python.run(
                    folder,
                    "import scipy.io as io\n"
                        + "print(*[float(x).hex() for x in io.loadmat('a.mat')['A'].ravel()])")))
        .containsExactlyElementsOf(Arrays.stream(matrix.toArray()).boxed().toList());
  }

  @Test
  void anotherJavaLibraryAgreesInBothByteOrders() throws Exception {
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      us.hebi.matlab.mat.types.Matrix array = Mat5.newMatrix(2, 3, MatlabType.Single);
      for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 3; j++) {
          array.setDouble(i, j, MATRIX.get(i, j));
        }
      }
      try (MatFile content =
              Mat5.newMatFile().addArray("A", array).addArray("s", Mat5.newScalar(3));
          us.hebi.matlab.mat.types.Sink sink = Sinks.newStreamingFile(file.toFile())) {
        content.writeTo(sink.order(order));
      }
      assertThat(Weights.read(file, "A")).isEqualTo(MATRIX);
      Matrix value = Matrix.generate(2, 3, (i, j) -> 0.1 * i - 0.3 * j);
      Matrix written = Weights.replace(file, "A", value, file);
      assertThat(written).isEqualTo(Matrix.generate(2, 3, (i, j) -> (float) value.get(i, j)));
      assertThat(Weights.read(file, "A")).isEqualTo(written);
      try (MatFile content = Mat5.readFromFile(file.toFile())) {
        assertThat(content.getMatrix("A").getType()).isEqualTo(MatlabType.Single);
        assertThat(content.getMatrix("A").getDouble(1, 2)).isEqualTo(written.get(1, 2));
        assertThat(content.getMatrix("s").getDouble(0)).isEqualTo(3);
      }
    }
  }

  @Test
  void replacingKeepsEverythingElse() throws Exception {
    Python.assumeModule("scipy.io");
    Python.run(
        folder,
        """
        import numpy as np, scipy.io as io
        v = dict(text='x', A=np.eye(3, dtype='f4'), z=np.eye(2) * 1j, s={'A': np.eye(2)}, n=np.eye(2, dtype='i2'))
        io.savemat('a.mat', v)
        io.savemat('c.mat', v, do_compression=True)
        """);
    Matrix value = Matrix.generate(3, 3, (i, j) -> (i + 0.1) / (j + 3));
    for (String name : List.of("a", "c")) {
      Path out = folder.resolve(name + "-out.mat");
      Weights.replace(folder.resolve(name + ".mat"), "A", value, out);
      Matrix half = Matrix.of(2, 2, 0.5, 1, 1, 0.5);
      assertThat(Weights.replace(out, "n", half, out)).isEqualTo(half);
    }
    Python.run(
        folder,
        """
        import numpy as np, scipy.io as io
        value = np.array([[(i + .1) / (j + 3) for j in range(3)] for i in range(3)], 'f4')
        for n in 'ac':
            f, g = io.loadmat(n + '.mat'), io.loadmat(n + '-out.mat')
            assert list(f) == list(g) and f['__header__'] == g['__header__']
            assert g['A'].dtype == 'f4' and (g['A'] == value).all()
            assert g['n'].dtype == 'f8' and (g['n'] == [[.5, 1], [1, .5]]).all()
            assert g['text'] == 'x' and (f['z'] == g['z']).all()
            assert (f['s']['A'][0, 0] == g['s']['A'][0, 0]).all()
        """);
  }

  @Test
  void version73IsExplained() throws IOException {
    byte[] bytes = new byte[600];
    byte[] text = "MATLAB 7.3 MAT-file, Platform: GLNXA64".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, bytes, 0, text.length);
    Files.write(file, bytes);
    assertThatThrownBy(() -> Weights.read(file, null))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("HDF5: save it with -v7 instead");
  }

  @Test
  void aVariableThatClaimsTooMuchIsRefused() throws Exception {
    Weights.write(file, "A", MATRIX);
    byte[] valid = Files.readAllBytes(file);
    // The dimensions are the ints at 160 and 164, the size of the data the one at 188.
    int[][] changes = {{160, 1 << 30}, {160, -1}, {164, 0x7fff_ffff}, {188, 1 << 30}, {132, -1}};
    for (int[] change : changes) {
      byte[] bytes = valid.clone();
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(change[0], change[1]);
      Files.write(file, bytes);
      assertThatThrownBy(() -> Weights.read(file, null))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageStartingWith(file + ": ")
          .hasMessageContaining("corrupt");
    }
  }
}
