package org.flowbound.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Valid files of every format, mutilated at random: they are read, or refused in one line, and
 * nothing else comes out.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HostileFilesTest {
  private static final long[] INTERESTING = {
    0,
    1,
    -1,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0x8000_0000L,
    0xffff_ffffL,
    1L << 60,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  @TempDir Path folder;

  private byte[] valid(String name) throws IOException {
    Path file = folder.resolve("valid-" + name);
    Tensor a = Tensor.of("ode.weight", Matrix.of(2, 2, 1, 2, 3, 4));
    Tensor b = Tensor.of("b", Shape.of(3), ElementType.FLOAT32, 1, 2, 3);
    Map<String, String> metadata = new LinkedHashMap<>(Map.of("alpha", "0.1"));
    switch (name) {
      case "a.npy", "a.csv" -> new TensorFile(List.of(a), Map.of()).write(file);
      case "a.npz", "a.mat" -> new TensorFile(List.of(a, b), Map.of()).write(file);
      case "a.safetensors" -> new TensorFile(List.of(a, b), metadata).write(file);
      case "deflated.npz" -> Files.write(file, deflatedArchive());
      case "deflated.mat" -> Files.write(file, deflatedMatlab());
      case "a.onnx" -> Files.write(file, model());
      default -> throw new IllegalArgumentException(name);
    }
    return Files.readAllBytes(file);
  }

  private byte[] deflatedArchive() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : List.of("A.npy", "folder/B.npy")) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(valid("a.npy"));
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private byte[] deflatedMatlab() throws IOException {
    byte[] plain = valid("a.mat");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(plain, 0, 128);
    int end = 136 + ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN).getInt(132);
    ByteArrayOutputStream element = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(element)) {
      deflated.write(plain, 128, end - 128);
    }
    ByteBuffer tag = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.writeBytes(tag.putInt(15).putInt(element.size()).array());
    bytes.writeBytes(element.toByteArray());
    return bytes.toByteArray();
  }

  private static byte[] model() {
    Protobuf raw = new Protobuf().varint(1, 1).varint(1, 1).varint(2, 1).text(8, "raw");
    raw.bytes(9, 0, 0, 0x80, 0x3f);
    Protobuf packed = new Protobuf().varints(1, 2, 1).varint(2, 1).text(8, "p").floats(4, 1, 2);
    Protobuf half = new Protobuf().varints(1, 2, 1).varint(2, 10).text(8, "h").varints(5, 15360, 1);
    Protobuf constant =
        new Protobuf()
            .text(2, "node")
            .text(4, "Constant")
            .message(5, new Protobuf().text(1, "value").message(5, packed));
    Protobuf graph =
        new Protobuf().message(5, raw).message(5, packed).message(5, half).message(1, constant);
    return new Protobuf().varint(1, 8).message(7, graph).toByteArray();
  }

  private static byte[] mutilated(byte[] valid, RandomGenerator random) {
    byte[] bytes = valid.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(8)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = Arrays.copyOf(bytes, 1 + at);
        case 3 -> {
          int width = 1 << random.nextInt(4);
          ByteOrder order = random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
          long value = INTERESTING[random.nextInt(INTERESTING.length)];
          byte[] number = ByteBuffer.allocate(8).order(order).putLong(value).array();
          int from = order == ByteOrder.LITTLE_ENDIAN ? 0 : 8 - width;
          System.arraycopy(number, from, bytes, at, Math.min(width, bytes.length - at));
        }
        case 4 -> {
          // A digit of a size or offset in text.
          for (int k = 0; k < bytes.length; k++) {
            byte c = bytes[(at + k) % bytes.length];
            if (c >= '0' && c <= '9') {
              bytes[(at + k) % bytes.length] = (byte) ('0' + random.nextInt(10));
              break;
            }
          }
        }
        case 5 -> {
          int from = random.nextInt(bytes.length);
          int length = Math.min(random.nextInt(32), bytes.length - Math.max(at, from));
          System.arraycopy(bytes.clone(), from, bytes, at, length);
        }
        case 6 -> {
          byte[] longer = new byte[bytes.length + 1 + random.nextInt(9)];
          System.arraycopy(bytes, 0, longer, 0, at);
          System.arraycopy(bytes, at, longer, at + longer.length - bytes.length, bytes.length - at);
          bytes = longer;
        }
        default -> {
          int gap = Math.min(1 + random.nextInt(9), bytes.length - at);
          if (gap < bytes.length) {
            byte[] shorter = Arrays.copyOf(bytes, bytes.length - gap);
            System.arraycopy(bytes, at + gap, shorter, at, bytes.length - at - gap);
            bytes = shorter;
          }
        }
      }
    }
    return bytes;
  }

  private boolean isRefused(Path file) throws IOException {
    boolean refused = false;
    try {
      TensorFile content = TensorFile.read(file);
      for (Tensor tensor : content.tensors()) {
        assertThat(tensor.values()).hasSize((int) tensor.shape().elements());
      }
    } catch (UnusableFileException expected) {
      assertThat(expected.getMessage()).startsWith(file + ": ").doesNotContain("\n", ": null");
      refused = true;
    }
    try {
      Matrix matrix = Weights.read(file, null);
      Path target = folder.resolve("replaced-" + file.getFileName());
      assertThat(Weights.replace(file, null, matrix, target)).isEqualTo(matrix);
      assertThat(Weights.read(target, null)).isEqualTo(matrix);
    } catch (UnusableFileException expected) {
      assertThat(expected.getMessage()).startsWith(file + ": ").doesNotContain("\n", ": null");
    }
    return refused;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.npy",
        "a.npz",
        "deflated.npz",
        "a.safetensors",
        "a.mat",
        "deflated.mat",
        "a.csv",
        "a.onnx"
      })
  void onlyOneKindOfFailureComesOut(String name) throws IOException {
    mutilate(name, 300);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.npy",
        "a.npz",
        "deflated.npz",
        "a.safetensors",
        "a.mat",
        "deflated.mat",
        "a.csv",
        "a.onnx"
      })
  void onlyOneKindOfFailureComesOutOfManyFiles(String name) throws IOException {
    mutilate(name, 20_000);
  }

  private void mutilate(String name, int rounds) throws IOException {
    byte[] valid = valid(name);
    Path file = folder.resolve(name);
    assertThat(isRefused(folder.resolve("valid-" + name))).isFalse();
    int refused = 0;
    for (int seed = 0; seed < rounds; seed++) {
      RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
      Files.write(file, mutilated(valid, random));
      try {
        refused += isRefused(file) ? 1 : 0;
      } catch (Throwable failure) {
        throw new AssertionError("seed " + seed + " of " + name + ": " + failure, failure);
      }
    }
    assertThat(refused).isBetween(rounds / 10, rounds);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.npy",
        "a.npz",
        "deflated.npz",
        "a.safetensors",
        "a.mat",
        "deflated.mat",
        "a.onnx"
      })
  void noPrefixIsTakenForTheWhole(String name) throws IOException {
    byte[] valid = valid(name);
    Path file = folder.resolve(name);
    int accepted = 0;
    for (int length = 1; length < valid.length; length++) {
      Files.write(file, Arrays.copyOf(valid, length));
      accepted += isRefused(file) ? 0 : 1;
    }
    // A MATLAB file that ends between two variables is whole.
    assertThat(accepted).isEqualTo(name.equals("a.mat") ? 2 : name.equals("deflated.mat") ? 1 : 0);
  }
}
