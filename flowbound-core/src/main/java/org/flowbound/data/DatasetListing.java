package org.flowbound.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a data set is found, or would be downloaded from, and the state of its files.
 *
 * @param description one line for people
 * @param folder where its files are or would be put; null if it needs none, or none is known
 * @param mirrors where missing files would be downloaded from, in this order; empty if they would
 *     not be
 * @param files empty if it needs none, or no folder is known
 */
public record DatasetListing(
    String name,
    String description,
    @Nullable Path folder,
    List<URI> mirrors,
    List<FileStatus> files) {
  public DatasetListing {
    mirrors = List.copyOf(mirrors);
    files = List.copyOf(files);
  }

  /** The state of a file. */
  public enum FileState {
    /** Readable and, where the content is published, verified to be that. */
    OK,
    MISSING,
    /** Readable, but with another content than the published one. */
    DIFFERS,
    UNREADABLE
  }

  /**
   * One file of a data set.
   *
   * @param path where it is, or where it should be
   * @param detail what is wrong with it; empty if nothing is
   */
  public record FileStatus(Path path, FileState state, String detail) {}
}
