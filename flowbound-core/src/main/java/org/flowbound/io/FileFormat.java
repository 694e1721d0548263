package org.flowbound.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The formats that are known, and how a file is recognised. */
enum FileFormat {
  NPY,
  NPZ,
  SAFETENSORS,
  MATLAB,
  CSV,
  ONNX;

  private static final int PREFIX = 520;

  TensorFormat format() {
    return switch (this) {
      case NPY -> new NpyFormat();
      case NPZ -> new NpzFormat();
      case SAFETENSORS -> new SafetensorsFormat();
      case MATLAB -> new MatlabFormat();
      case CSV -> new CsvFormat();
      case ONNX -> new OnnxFormat();
    };
  }

  private List<String> extensions() {
    return switch (this) {
      case NPY -> List.of(".npy");
      case NPZ -> List.of(".npz");
      case SAFETENSORS -> List.of(".safetensors");
      case MATLAB -> List.of(".mat");
      case CSV -> List.of(".csv", ".tsv", ".txt");
      case ONNX -> List.of(".onnx");
    };
  }

  /** The extensions of all formats, for messages. */
  static String knownExtensions() {
    return Arrays.stream(values())
        .flatMap(format -> format.extensions().stream())
        .collect(Collectors.joining(", "));
  }

  static Optional<FileFormat> ofExtension(Path path) {
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(format -> format.extensions().stream().anyMatch(name::endsWith))
        .findFirst();
  }

  /** Recognises a file by how it starts and, where that says nothing, by its extension. */
  static FileFormat of(InputFile file) throws IOException {
    byte[] prefix = file.bytes(0, (int) Math.min(PREFIX, file.size()));
    if (startsWith(prefix, 0, "\u0093NUMPY")) {
      return NPY;
    }
    if (startsWith(prefix, 0, "PK\u0003\u0004") || startsWith(prefix, 0, "PK\u0005\u0006")) {
      return NPZ;
    }
    String hdf5 = "\u0089HDF\r\n\u001a\n";
    if (startsWith(prefix, 0, "MATLAB 7.3") || startsWith(prefix, 512, hdf5)) {
      throw new MalformedException(
          "is a MATLAB v7.3 file, which is HDF5: save it with -v7 instead");
    }
    if (startsWith(prefix, 0, hdf5)) {
      throw new MalformedException("is an HDF5 file: save its arrays as .npz or .safetensors");
    }
    if (startsWith(prefix, 0, "\u001f\u008b")) {
      throw new MalformedException("is compressed with gzip: unpack it first");
    }
    if (startsWith(prefix, 126, "IM") || startsWith(prefix, 126, "MI")) {
      return MATLAB;
    }
    Optional<FileFormat> named = ofExtension(file.path());
    if (named.isPresent()) {
      return named.get();
    }
    if (startsWith(prefix, 8, "{")) {
      return SAFETENSORS;
    }
    throw new MalformedException("is in no known format: known are " + knownExtensions());
  }

  private static boolean startsWith(byte[] prefix, int from, String magic) {
    byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
    int to = from + bytes.length;
    return to <= prefix.length && Arrays.equals(prefix, from, to, bytes, 0, bytes.length);
  }
}
