package org.flowbound.data;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folders in which data sets are looked for.
 *
 * @param given the only folder to look in, or the only file to read, or null for the others
 * @param shared a folder that holds one folder per data set, or null if there is none
 * @param cache a folder that holds one folder per data set, into which downloads go
 */
public record DatasetFolders(@Nullable Path given, @Nullable Path shared, Path cache) {
  /**
   * The folders that the environment names: {@code FLOWBOUND_DATA} is the shared one; the cache is
   * {@code datasets} in {@code FLOWBOUND_CACHE}, else in {@code flowbound} within {@code
   * XDG_CACHE_HOME}, else within {@code .cache} of the home folder. Empty values count as absent,
   * and so does a relative {@code XDG_CACHE_HOME}, as its specification demands.
   *
   * @param environment such as {@link System#getenv()}
   * @param home the user's home folder
   * @throws IllegalArgumentException if a value is no path
   */
  public static DatasetFolders of(Map<String, String> environment, Path home) {
    Path base =
        path(environment, "XDG_CACHE_HOME")
            .filter(Path::isAbsolute)
            .orElse(home.resolve(".cache"))
            .resolve("flowbound");
    return new DatasetFolders(
        null,
        path(environment, "FLOWBOUND_DATA").orElse(null),
        path(environment, "FLOWBOUND_CACHE").orElse(base).resolve("datasets"));
  }

  /** The folders of this process's environment. */
  public static DatasetFolders ofEnvironment() {
    return of(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** Only this folder, which holds the files themselves, or this file. */
  public DatasetFolders withGiven(@Nullable Path path) {
    return new DatasetFolders(path, shared, cache);
  }

  private static Optional<Path> path(Map<String, String> environment, String variable) {
    return Optional.ofNullable(environment.get(variable))
        .filter(value -> !value.isEmpty())
        .map(Path::of);
  }
}
