package org.flowbound.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The formats that are known, and how a file is recognised. */
enum FileFormat {
  NPY,
  NPZ,
  SAFETENSORS,
  MAT,
  CSV,
  TSV,
  TXT,
  ONNX;

  private static final int PREFIX = 520;

  TensorFormat format() {
    return switch (this) {
      case NPY -> new NpyFormat();
      case NPZ -> new NpzFormat();
      case SAFETENSORS -> new SafetensorsFormat();
      case MAT -> new MatlabFormat();
      case CSV -> new CsvFormat(",");
      case TSV -> new CsvFormat("\t");
      case TXT -> new CsvFormat(" ");
      case ONNX -> new OnnxFormat();
    };
  }

  private String extension() {
    return "." + name().toLowerCase(Locale.ROOT);
  }

  /** The extensions of the formats that can be read, for messages. */
  static String readableExtensions() {
    return Arrays.stream(values()).map(FileFormat::extension).collect(Collectors.joining(", "));
  }

  /** The extensions of the formats that can be written, for messages. */
  static String writableExtensions() {
    return Arrays.stream(values())
        .filter(format -> format.format().isWritable())
        .map(FileFormat::extension)
        .collect(Collectors.joining(", "));
  }

  static Optional<FileFormat> ofExtension(Path path) {
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(format -> name.endsWith(format.extension())).findFirst();
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
    if (startsWith(prefix, 124, "\u0000\u0001IM") || startsWith(prefix, 124, "\u0001\u0000MI")) {
      return MAT;
    }
    Optional<FileFormat> named = ofExtension(file.path());
    if (named.isPresent()) {
      return named.get();
    }
    if (startsWith(prefix, 8, "{")) {
      return SAFETENSORS;
    }
    if (startsWith(prefix, 0, "\u001f\u008b")) {
      throw new MalformedException("is compressed with gzip: unpack it first");
    }
    if (startsWith(prefix, 0, "\u0080") && prefix.length > 1 && prefix[1] >= 2 && prefix[1] <= 5) {
      throw new MalformedException(
          "is a Python pickle: save its arrays as .npz or .safetensors instead");
    }
    throw new MalformedException("is in no known format: known are " + readableExtensions());
  }

  private static boolean startsWith(byte[] prefix, int from, String magic) {
    byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
    int to = from + bytes.length;
    return to <= prefix.length && Arrays.equals(prefix, from, to, bytes, 0, bytes.length);
  }
}
