package org.flowbound.io;

import java.io.IOException;

/** What is wrong with a file's content; becomes the reason of an {@link UnusableFileException}. */
final class MalformedException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedException(String reason) {
    super(reason);
  }

  MalformedException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
