package org.flowbound.io;

import java.io.IOException;
import java.io.OutputStream;

/**
 * One file format. A method that reads throws {@link MalformedException} where the file breaks the
 * format; it allocates nothing that the file declares before the size of the file has borne it out.
 */
interface TensorFormat {
  Contents list(InputFile file) throws IOException;

  /** Whether {@link #write} can make a new file. */
  default boolean isWritable() {
    return true;
  }

  /**
   * @throws IllegalArgumentException if the format cannot hold {@code content}
   */
  void write(TensorFile content, OutputStream out) throws IOException;

  /**
   * Writes {@code source} with {@code replacement} in the place of the tensor of its name and
   * shape. The type is the same, or FLOAT64 where the source holds integers.
   */
  void replace(InputFile source, Tensor replacement, OutputStream out) throws IOException;
}
