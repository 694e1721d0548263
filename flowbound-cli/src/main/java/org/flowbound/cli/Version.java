package org.flowbound.cli;

import java.util.Objects;
import org.flowbound.linalg.Blas;
import picocli.CommandLine.IVersionProvider;

/** The versions of Flowbound and of what it runs on. */
final class Version implements IVersionProvider {
  /** Flowbound's version, as the jar's manifest states it. */
  static String flowbound() {
    return Objects.requireNonNullElse(
        Version.class.getPackage().getImplementationVersion(), "(development)");
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "flowbound " + flowbound(),
      "Java       %s (%s)".formatted(property("java.runtime.version"), property("java.vendor")),
      "system     %s %s, %s, %d processors"
          .formatted(
              property("os.name"),
              property("os.version"),
              property("os.arch"),
              Runtime.getRuntime().availableProcessors()),
      "BLAS       " + blas()
    };
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }

  private static String blas() {
    try {
      return Blas.version();
    } catch (LinkageError unavailable) {
      return "OpenBLAS cannot be loaded: " + unavailable.getMessage();
    }
  }
}
