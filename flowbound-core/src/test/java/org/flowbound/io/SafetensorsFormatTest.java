package org.flowbound.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFormatTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("a.safetensors");
  }

  private void write(String header, byte... data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer =
        ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, buffer.putLong(text.length).put(text).put(data).array());
  }

  private static TensorFile everyType() {
    List<Tensor> tensors = new ArrayList<>();
    for (ElementType type : ElementType.values()) {
      tensors.add(Tensor.of(type.toString(), Shape.of(3), type, 0, 1, 1));
    }
    tensors.add(Tensor.of("ode.weight", Shape.of(2, 2), ElementType.FLOAT32, 0.1, 0.2, 0.3, 0.4));
    tensors.add(Tensor.of("scalar", Shape.of(), ElementType.BFLOAT16, 0.1));
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("activation", "\"é\n\u0001");
    metadata.put("a", "b");
    return new TensorFile(tensors, metadata);
  }

  @Test
  void everyTypeRoundTrips() throws Exception {
    everyType().write(file);
    assertThat(TensorFile.read(file)).isEqualTo(everyType());
    assertThat(TensorFile.read(file).metadata().keySet()).containsExactly("activation", "a");
    assertThat(Weights.read(file, null).get(1, 1)).isEqualTo((double) 0.4f);
  }

  @Test
  void readsBytesWrittenByHand() throws Exception {
    write(
        "{\"w\":{\"dtype\":\"F16\",\"shape\":[1,2],\"data_offsets\":[0,4]},"
            + "\"v\":{\"dtype\":\"BF16\",\"shape\":[1,1],\"data_offsets\":[4,6]}}   ",
        new byte[] {0x00, 0x3c, 0x00, (byte) 0xc0, (byte) 0x80, 0x3f});
    assertThat(Weights.read(file, "w")).isEqualTo(Matrix.of(1, 2, 1, -2));
    assertThat(Weights.read(file, "v")).isEqualTo(Matrix.of(1, 1, 1));
  }

  @Test
  void aHeaderWhoseLengthLooksLikeGzipIsRead() throws Exception {
    String header = "{\"w\":{\"dtype\":\"F16\",\"shape\":[1,1],\"data_offsets\":[0,2]}}";
    write(header + " ".repeat(0x8b1f - header.length()), new byte[] {0x00, 0x3c});
    assertThat(Weights.read(file, null)).isEqualTo(Matrix.of(1, 1, 1));
  }

  @Test
  void anIndependentReaderAgrees() throws Exception {
    Python.assumeModule("numpy");
    everyType().write(file);
    Python.run(
        folder,
        """
        import json, struct, numpy as np
        data = open('a.safetensors', 'rb').read()
        n, = struct.unpack('<Q', data[:8])
        assert n % 8 == 0 and data[8:9] == b'{'
        header = json.loads(data[8:8 + n])
        assert header.pop('__metadata__') == {'activation': '"\\u00e9\\n\\u0001', 'a': 'b'}
        types = dict(F64='<f8', F32='<f4', F16='<f2', BF16='<u2', BOOL='?')
        types.update({s + str(b): '<%s%d' % (s.lower(), b // 8) for s in 'IU' for b in (8, 16, 32, 64)})
        end = 0
        for name, entry in sorted(header.items(), key=lambda item: item[1]['data_offsets']):
            a, b = entry['data_offsets']
            dtype = np.dtype(types[entry['dtype']])
            assert a == end and a % dtype.itemsize == 0
            end = b
            array = np.frombuffer(data[8 + n + a:8 + n + b], dtype).reshape(entry['shape'])
            if name == 'ode.weight':
                assert (array == np.array([[.1, .2], [.3, .4]], 'f4')).all()
            elif name not in ('bfloat16', 'scalar'):
                assert (array == [0, 1, 1]).all(), name
        assert 8 + n + end == len(data)
        """);
  }

  @Test
  void theReferenceLibraryAgrees() throws Exception {
    Python.assumeModule("safetensors.numpy");
    List<Tensor> tensors =
        everyType().tensors().stream()
            .filter(tensor -> tensor.type() != ElementType.BFLOAT16)
            .toList();
    TensorFile written = new TensorFile(tensors, Map.of("alpha", "0.1"));
    written.write(file);
    Python.run(
        folder,
        """
        from safetensors.numpy import load_file, save_file
        f = load_file('a.safetensors')
        assert all((a == [0, 1, 1]).all() and a.dtype == name for name, a in f.items() if a.shape == (3,))
        save_file(f, 'b.safetensors', {'alpha': '0.1'})
        """);
    TensorFile read = TensorFile.read(folder.resolve("b.safetensors"));
    assertThat(read.tensors()).containsExactlyInAnyOrderElementsOf(tensors);
    assertThat(read.metadata()).isEqualTo(written.metadata());
  }

  @Test
  void replacingChangesTheBytesOfOneTensorAlone() throws Exception {
    everyType().write(file);
    byte[] before = Files.readAllBytes(file);
    Matrix value = Matrix.of(2, 2, 1e-3, -7.3, 1 / 3.0, 2);
    Path target = folder.resolve("b.safetensors");
    Matrix written = Weights.replace(file, null, value, target);
    assertThat(written).isEqualTo(Matrix.of(2, 2, 1e-3f, -7.3f, 1 / 3f, 2));
    assertThat(Weights.read(target, "ode.weight")).isEqualTo(written);
    byte[] after = Files.readAllBytes(target);
    assertThat(after).hasSameSizeAs(before);
    int differing = 0;
    for (int i = 0; i < before.length; i++) {
      differing += before[i] == after[i] ? 0 : 1;
    }
    assertThat(differing).isBetween(1, 16);
    Weights.replace(target, "ode.weight", Matrix.of(2, 2, 0.1, 0.2, 0.3, 0.4), target);
    assertThat(target).hasSameBinaryContentAs(file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | Duplicate",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | overlaps",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | gap",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | 8 follow the header",
        "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}} | 8 follow the header",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | cannot have 8 bytes",
        "{'a':{'dtype':'F32','shape':[1152921504606846976],'data_offsets':[0,8]}} | cannot have 8 bytes",
        "{'a':{'dtype':'F32','shape':[9223372036854775807,3],'data_offsets':[0,8]}} | too many",
        "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}} | corrupt header",
        "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | at least 0",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | no range",
        "{'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}} | shape",
        "{'a':{'dtype':'F32','shape':[2]}} | lacks",
        "{'a':{'dtype':7,'shape':[2],'data_offsets':[0,8]}} | no text",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1}} | unknown field",
        "{'__metadata__':{'a':1}} | no text",
        "{'a':{'dtype':'F8_E4M3','shape':[8],'data_offsets':[0,8]}} | unsupported",
        "{'a':[1]} | no object",
        "[] | no JSON object",
        "{'a' | corrupt header",
        "{} {} | text follows"
      })
  void refusesWhatAHeaderMayNotSay(String header, String reason) throws IOException {
    write(header.replace('\'', '"'), new byte[8]);
    assertThatThrownBy(() -> Weights.read(file, null))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
  }

  @Test
  void refusesImpossibleLengths() throws IOException {
    for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 60, 100_000_001, 99}) {
      Files.write(
          file, ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length).array());
      assertThatThrownBy(() -> Weights.read(file, null))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageContaining("header");
    }
  }

  @Test
  void aFileLargerThanTheMemoryIsRefusedAndItsSmallTensorsAreRead() throws Exception {
    long elements = 1L << 36;
    write(
        "{\"ode.weight\":{\"dtype\":\"F64\",\"shape\":[2,2],\"data_offsets\":[0,32]},"
            + "\"huge\":{\"dtype\":\"F64\",\"shape\":[%d,1],\"data_offsets\":[32,%d]}}"
                .formatted(elements, 32 + 8 * elements));
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(Files.size(file) + 32 + 8 * elements);
    } catch (IOException unsupported) {
      org.junit.jupiter.api.Assumptions.abort("no sparse files here: " + unsupported.getMessage());
    }
    assertThat(Weights.read(file, null)).isEqualTo(Matrix.zeros(2, 2));
    assertThatThrownBy(() -> Weights.read(file, "huge"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("-Xmx");
    assertThatThrownBy(() -> TensorFile.read(file))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("-Xmx");
  }
}
