package org.flowbound.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumpyFormatTest {
  @TempDir Path folder;

  private static final Matrix MATRIX = Matrix.of(2, 3, 1, -2, 3, 4, 5, 100);

  private static byte[] npy(String header, int dataBytes) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    byte[] bytes = new byte[10 + text.length + dataBytes];
    byte[] magic = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    System.arraycopy(magic, 0, bytes, 0, 8);
    bytes[8] = (byte) text.length;
    bytes[9] = (byte) (text.length >> 8);
    System.arraycopy(text, 0, bytes, 10, text.length);
    return bytes;
  }

  @Test
  void readsEveryTypeAndOrderThatNumpyWrites() throws Exception {
    Python.assumeModule("numpy");
    List<String> names =
        Python.run(
                folder,
                """
            import numpy as np
            a = np.array([[1, 2, 3], [4, 5, 100]])
            signed = np.array([[1, -2, 3], [4, 5, 100]])
            for t in '|i1 |u1 <i2 >u2 <u2 >i2 <i4 >u4 <i8 >u8 <u8 <f2 >f2 <f4 >f4 <f8 >f8'.split():
                for order in 'CF':
                    array = np.asarray((a if 'u' in t else signed).astype(t), order=order)
                    name = order + t[0].replace('<', 'l').replace('>', 'b').replace('|', 'n') + t[1:]
                    np.save(name + '.npy', array)
                    np.savez(name + '.npz', A=array, other=np.zeros(4))
                    np.savez_compressed(name + 'c.npz', A=array, other=np.zeros(4))
                    print(name)
            """)
            .lines()
            .toList();
    assertThat(names).hasSize(34);
    for (String name : names) {
      Matrix expected = name.charAt(2) == 'u' ? Matrix.of(2, 3, 1, 2, 3, 4, 5, 100) : MATRIX;
      assertThat(Weights.read(folder.resolve(name + ".npy"), null)).isEqualTo(expected);
      assertThat(Weights.read(folder.resolve(name + ".npz") + "#A")).isEqualTo(expected);
      assertThat(Weights.read(folder.resolve(name + "c.npz") + "#A")).isEqualTo(expected);
      assertThat(TensorFile.read(folder.resolve(name + "c.npz")).tensors())
          .extracting(Tensor::name)
          .containsExactly("A", "other");
    }
  }

  @Test
  void columnMajorArraysOfAnyRankAreTransposed() throws Exception {
    Python.assumeModule("numpy");
    Python.run(
        folder,
        """
        import numpy as np
        np.savez('a.npz', f=np.asfortranarray(np.arange(120.).reshape(2, 3, 4, 5)),
                 scalar=np.array(7.5), vector=np.arange(3.), empty=np.zeros((0, 4)),
                 text=np.array(['x']), complex=np.ones((2, 2)) * 1j)
        """);
    TensorFile file = TensorFile.read(folder.resolve("a.npz"));
    double[] f = file.tensor("f").orElseThrow().values();
    for (int i = 0; i < f.length; i++) {
      assertThat(f[i]).isEqualTo(i);
    }
    assertThat(file.tensor("empty").orElseThrow().shape()).isEqualTo(Shape.of(0, 4));
    assertThat(Weights.read(folder.resolve("a.npz"), "scalar")).isEqualTo(Matrix.of(1, 1, 7.5));
    for (String name : List.of("vector", "empty", "text", "complex", "missing")) {
      assertThatThrownBy(() -> Weights.read(folder.resolve("a.npz"), name))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageContaining(name);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyVersionOfTheHeaderIsRead(int version) throws Exception {
    Python.assumeModule("numpy");
    Python.run(
        folder,
        """
        import numpy as np
        with open('a.npy', 'wb') as f:
            np.lib.format.write_array(f, np.arange(6.).reshape(2, 3), version=(%d, 0))
        """
            .formatted(version));
    assertThat(Weights.read(folder.resolve("a.npy"), null))
        .isEqualTo(Matrix.of(2, 3, 0, 1, 2, 3, 4, 5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.npy", "a.npz"})
  void numpyReadsWhatIsWritten(String name) throws Exception {
    Python.assumeModule("numpy");
    Matrix matrix = Matrix.generate(5, 7, (i, j) -> Math.sin(i + 10 * j) / 3);
    Weights.write(folder.resolve(name), "A", matrix);
    String load = "np.load('%s')%s".formatted(name, name.equals("a.npz") ? "['A']" : "");
    assertThat(
            Python.hexNumbers(
                Python.run(
                    folder,
                    "import numpy as np; a = %s; assert a.shape == (5, 7) and a.dtype == 'f8'\n"
                            .formatted(load)
                        + "print(*[float(x).hex() for x in a.ravel()])")))
        .containsExactlyElementsOf(java.util.Arrays.stream(matrix.toArray()).boxed().toList());
  }

  @Test
  void everyTypeAndRankRoundTripsThroughNumpy() throws Exception {
    Python.assumeModule("numpy");
    List<Tensor> tensors = new ArrayList<>();
    for (ElementType type : ElementType.values()) {
      if (type != ElementType.BFLOAT16) {
        tensors.add(Tensor.of(type.toString(), Shape.of(2, 2), type, 0, 1, 1, 0));
      }
    }
    tensors.add(Tensor.of("scalar", Shape.of(), ElementType.FLOAT32, 0.1));
    tensors.add(Tensor.of("vector", Shape.of(3), ElementType.FLOAT64, 1, 2, 3));
    TensorFile file = new TensorFile(tensors, Map.of());
    file.write(folder.resolve("a.npz"));
    assertThat(TensorFile.read(folder.resolve("a.npz"))).isEqualTo(file);
    Python.run(
        folder,
        """
        import numpy as np
        f = np.load('a.npz')
        for name in f:
            if f[name].ndim == 2:
                assert f[name].dtype == name, (name, f[name].dtype)
                assert (f[name] == [[0, 1], [1, 0]]).all()
        assert f['scalar'] == np.float32(0.1) and f['scalar'].shape == ()
        np.savez('b.npz', **f)
        """);
    assertThat(TensorFile.read(folder.resolve("b.npz"))).isEqualTo(file);
  }

  @Test
  void equalArraysGiveEqualFiles() throws IOException {
    Weights.write(folder.resolve("a.npz"), "A", MATRIX);
    Weights.write(folder.resolve("b.npz"), "A", MATRIX);
    assertThat(folder.resolve("a.npz")).hasSameBinaryContentAs(folder.resolve("b.npz"));
  }

  @Test
  void replacingKeepsEverythingElse() throws Exception {
    Python.assumeModule("numpy");
    Python.run(
        folder,
        """
        import numpy as np
        a = np.asfortranarray(np.arange(9).reshape(3, 3).astype('>f4'))
        kept = dict(text=np.array(['x', 'yz']), complex=np.ones(2) * 1j,
                    big=np.array([2**63 - 1]), integers=np.arange(4).reshape(2, 2))
        np.savez('a.npz', A=a, **kept)
        np.savez_compressed('c.npz', A=a, **kept)
        np.save('a.npy', a)
        """);
    Matrix value = Matrix.generate(3, 3, (i, j) -> (i + 0.1) / (j + 3));
    Matrix rounded = Matrix.generate(3, 3, (i, j) -> (float) value.get(i, j));
    for (String name : List.of("a.npz", "c.npz", "a.npy")) {
      Path source = folder.resolve(name);
      Path target = folder.resolve("out-" + name);
      String tensor = name.equals("a.npy") ? null : "A";
      assertThat(Weights.replace(source, tensor, value, target)).isEqualTo(rounded);
      assertThat(Weights.read(target, tensor)).isEqualTo(rounded);
    }
    assertThat(Files.size(folder.resolve("out-a.npy")))
        .isEqualTo(Files.size(folder.resolve("a.npy")));
    Matrix integers = Matrix.of(2, 2, 0.1, 0.2, 0.3, 0.4);
    Path out = folder.resolve("out-a.npz");
    assertThat(Weights.replace(out, "integers", integers, out)).isEqualTo(integers);
    Python.run(
        folder,
        """
        import numpy as np
        for name in 'a.npz', 'c.npz':
            a, b = np.load(name), np.load('out-' + name)
            assert list(a) == list(b)
            assert b['A'].dtype == '>f4' and b['A'].flags.f_contiguous
            for n in 'text', 'complex', 'big':
                assert a[n].dtype == b[n].dtype and (a[n] == b[n]).all()
        assert (np.load('out-a.npz')['integers'] == [[0.1, 0.2], [0.3, 0.4]]).all()
        """);
    try (ZipFile zip = new ZipFile(folder.resolve("out-c.npz").toFile())) {
      assertThat(zip.getEntry("A.npy").getMethod()).isEqualTo(ZipEntry.DEFLATED);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), } @ 40 @ needs 48 bytes",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), } @ 56 @ needs 48 bytes",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1152921504606846976, 1), } @ 8 @ needs",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), } @ 0 @ too many",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 3), } @ 0 @ at least 0",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1e3, 3), } @ 0 @ breaks at",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), } @ 0 @ no dimension",
        "{'descr': '<c16', 'fortran_order': False, 'shape': (1, 1), } @ 16 @ <c16",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1, 1), } @ 16 @ real numbers",
        "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), } @ 8 @ real numbers",
        "{'fortran_order': False, 'shape': (1, 1), } @ 8 @ breaks at",
        "{'descr': '<f8', 'fortran_order': False @ 8 @ breaks at",
        "{'descr': '<f8 @ 8 @ breaks at"
      })
  void refusesWhatAnNpyHeaderMayNotSay(String header, int dataBytes, String reason)
      throws IOException {
    Path file = folder.resolve("a.npy");
    Files.write(file, npy(header, dataBytes));
    assertThatThrownBy(() -> Weights.read(file, null))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(reason);
  }

  @Test
  void refusesArchivesThatClaimTooMuch() throws IOException {
    Path file = folder.resolve("a.npz");
    String header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1048576, 1048576), }";
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("A.npy"));
      zip.write(npy(header, 64));
      zip.closeEntry();
    }
    assertThatThrownBy(() -> Weights.read(file, null))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("needs 8796093022208 bytes of data, not 64");
  }

  @Test
  void refusesMembersThatShareTheirData() throws IOException {
    Path file = folder.resolve("a.npz");
    Weights.write(file, "A", Matrix.zeros(100, 100));
    ByteBuffer archive = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int end = archive.capacity() - 22;
    int directory = archive.getInt(end + 16);
    int entry = end - directory;
    ByteBuffer bomb =
        ByteBuffer.allocate(archive.capacity() + entry).order(ByteOrder.LITTLE_ENDIAN);
    bomb.put(archive.array(), 0, end).put(archive.array(), directory, entry);
    bomb.put(archive.array(), end, 22);
    bomb.put(end + 46, (byte) 'B');
    bomb.putShort(end + entry + 8, (short) 2).putShort(end + entry + 10, (short) 2);
    bomb.putInt(end + entry + 12, 2 * entry);
    Files.write(file, bomb.array());
    assertThatThrownBy(() -> Weights.read(file, "A"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("the size of its member 'B.npy' is impossible");
  }

  @Test
  void refusesOtherArchives() throws IOException {
    Path file = folder.resolve("a.npz");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      zip.write(1);
      zip.closeEntry();
    }
    assertThatThrownBy(() -> Weights.read(file, null))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("PyTorch")
        .hasMessageContaining("safetensors");
  }

  @Test
  void aWrongChecksumIsNoticed() throws IOException {
    Path file = folder.resolve("a.npz");
    Weights.write(file, "A", Matrix.of(1, 2, 1234.5, 1));
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < bytes.length - 1; i++) {
      // 1234.5 in little endian ends in these bytes.
      if (bytes[i] == (byte) 0x93 && bytes[i + 1] == 0x40) {
        bytes[i] ^= 1;
      }
    }
    Files.write(file, bytes);
    assertThatThrownBy(() -> Weights.read(file, null))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("checksum");
  }
}
