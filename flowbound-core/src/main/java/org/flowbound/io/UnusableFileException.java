package org.flowbound.io;

import java.nio.file.Path;

/** A file that cannot serve as input: missing, truncated, corrupt, of the wrong shape or kind. */
public final class UnusableFileException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Path file;
  private final String reason;

  /**
   * @param reason what is wrong and, where there is one, the remedy: a clause that follows "FILE: "
   */
  public UnusableFileException(Path file, String reason) {
    this(file, reason, null);
  }

  /**
   * @param cause the failure underneath, or null
   */
  public UnusableFileException(
      Path file, String reason, @org.jspecify.annotations.Nullable Throwable cause) {
    super((file + ": " + reason).replaceAll("\\p{Cntrl}", " "), cause);
    this.file = file;
    this.reason = reason;
  }

  public Path file() {
    return file;
  }

  public String reason() {
    return reason;
  }
}
