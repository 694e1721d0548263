package org.flowbound.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * NumPy's {@code .npy}: one array, in either order of indices and bytes. Its name is the file's. A
 * bfloat16 tensor is written as float32, which holds all its values, because NumPy has no bfloat16.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">The
 *     format</a>
 */
final class NpyFormat implements TensorFormat {
  @Override
  public Contents list(InputFile file) throws IOException {
    NpyHeader header = header(file);
    Layout layout = header.requireLayout();
    return Contents.of(
        new StoredTensor(
            file.stem(),
            header.shape(),
            layout.type(),
            () -> {
              int start = header.bytes().length;
              try (InputStream in = file.stream(start, file.size() - start)) {
                return layout.decode(in, header.shape());
              }
            }));
  }

  private static NpyHeader header(InputFile file) throws IOException {
    try (InputStream in = file.stream(0, file.size())) {
      return NpyHeader.read(in, file.size());
    }
  }

  @Override
  public void write(TensorFile content, OutputStream out) throws IOException {
    Tensor tensor = content.requireSingle(".npy");
    NpyHeader.of(tensor.type(), tensor.shape()).write(tensor.sharedValues(), out);
  }

  @Override
  public void replace(InputFile source, Tensor replacement, OutputStream out) throws IOException {
    header(source).replacing(replacement).write(replacement.sharedValues(), out);
  }
}
