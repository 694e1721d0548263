package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs other programs in a folder, with a {@code flowbound} on their path that runs these classes.
 */
final class OtherPrograms {
  /** The repository's root. */
  static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  private static final String PYTHON = "/usr/bin/python3";
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

  private final Path folder;

  /**
   * @param folder where they run, and where the command is put
   */
  OtherPrograms(Path folder) throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
    this.folder = folder;
    Path launcher = launcher();
    Files.createDirectories(launcher.getParent());
    Files.writeString(
        launcher,
        "#!/bin/sh\nexec '%s' -XX:TieredStopAtLevel=1 -cp '%s' %s \"$@\"\n"
            .formatted(java("java"), classPath(), Main.class.getName()));
    Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path launcher() {
    return folder.resolve("bin/flowbound");
  }

  /** A program of the JDK that runs the tests. */
  static String java(String program) {
    return JAVA_HOME.resolve("bin").resolve(program).toString();
  }

  static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /** The system's Python; the test is skipped, visibly, where it has no such module. */
  static String python(String module) throws IOException, InterruptedException {
    boolean found =
        Files.isExecutable(Path.of(PYTHON))
            && new ProcessBuilder(PYTHON, "-c", "import " + module)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor()
                == 0;
    assumeTrue(found, PYTHON + " has no module " + module);
    return PYTHON;
  }

  /** What the program prints; it must succeed. */
  String run(String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(List.of(command))
            .directory(folder.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("FLOWBOUND", launcher().toString());
    builder.environment().put("PYTHONPATH", ROOT.resolve("python").toString());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    builder
        .environment()
        .merge("PATH", launcher().getParent().toString(), (old, own) -> own + ":" + old);
    Process process = builder.start();
    boolean ended = process.waitFor(5, TimeUnit.MINUTES);
    if (!ended) {
      process.destroyForcibly();
    }
    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(ended).as(text).isTrue();
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
