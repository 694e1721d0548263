package org.flowbound.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A regular file that is read by ranges, none of which may pass its end.
 *
 * @param size the number of bytes, at least 1
 */
record InputFile(Path path, long size) {
  /**
   * @throws UnusableFileException if there is no such file, or it is no regular file, unreadable or
   *     empty
   */
  static InputFile of(Path path) throws UnusableFileException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (NoSuchFileException missing) {
      throw new UnusableFileException(path, "does not exist", missing);
    } catch (IOException failure) {
      throw new UnusableFileException(path, "cannot be read: " + reason(failure), failure);
    }
    if (attributes.isDirectory()) {
      throw new UnusableFileException(path, "is a folder, not a file");
    }
    if (!attributes.isRegularFile()) {
      throw new UnusableFileException(path, "is not a regular file: copy its content to one");
    }
    if (!Files.isReadable(path)) {
      throw new UnusableFileException(path, "cannot be read: permission is missing");
    }
    if (attributes.size() == 0) {
      throw new UnusableFileException(path, "is empty");
    }
    return new InputFile(path, attributes.size());
  }

  private static String reason(IOException failure) {
    if (failure instanceof AccessDeniedException) {
      return "permission is missing";
    }
    String reason =
        failure instanceof FileSystemException system ? system.getReason() : failure.getMessage();
    return reason == null ? failure.getClass().getSimpleName() : reason;
  }

  /** The file's name without its folder and its last extension. */
  String stem() {
    String name = String.valueOf(path.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private void requireRange(long offset, long length) throws MalformedException {
    if (offset < 0 || length < 0 || length > size - offset) {
      throw new MalformedException(
          "is truncated or corrupt: %d bytes are declared at position %d of a file of %d bytes"
              .formatted(length, offset, size));
    }
  }

  /** The bytes of a range that is known to be small. */
  byte[] bytes(long offset, int length) throws IOException {
    requireRange(offset, length);
    try (FileChannel channel = FileChannel.open(path)) {
      ByteBuffer buffer = ByteBuffer.allocate(length);
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, offset + buffer.position()) < 0) {
          throw new EOFException();
        }
      }
      return buffer.array();
    }
  }

  /** A stream of the bytes of a range, to be closed. */
  InputStream stream(long offset, long length) throws IOException {
    requireRange(offset, length);
    FileChannel channel = FileChannel.open(path);
    try {
      return new BoundedStream(Channels.newInputStream(channel.position(offset)), length);
    } catch (IOException failure) {
      channel.close();
      throw failure;
    }
  }

  /** Copies the bytes in [from, to) to {@code out}. */
  void copy(long from, long to, OutputStream out) throws IOException {
    try (InputStream in = stream(from, to - from)) {
      if (in.transferTo(out) != to - from) {
        throw new EOFException();
      }
    }
  }
}
