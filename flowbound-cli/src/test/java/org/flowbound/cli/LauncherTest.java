package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Builds and runs a copy of the sources, in a folder whose name has blanks, by the launcher. */
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LauncherTest {
  private static final Path SOURCES = Path.of("").toAbsolutePath().getParent();
  private static final String BUILDING =
      "flowbound: building; the first time this takes a minute or more, as Maven downloads"
          + " libraries";

  private static final Set<PosixFilePermission> EXECUTABLE =
      PosixFilePermissions.fromString("rwxr-xr-x");

  @TempDir private static Path temporary;
  private static Path root;

  private final Map<Process, Path> outputs = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();
  private Path workingFolder = temporary;

  @BeforeAll
  static void copySources() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "needs a POSIX shell");
    root = temporary.resolve("a flow bound");
    List<Path> copied = new ArrayList<>(List.of(Path.of("flowbound"), Path.of("pom.xml")));
    copied.add(Path.of(".mvn"));
    try (Stream<Path> modules = Files.list(SOURCES)) {
      modules
          .filter(module -> Files.exists(module.resolve("pom.xml")))
          .map(SOURCES::relativize)
          .forEach(
              module -> {
                copied.add(module.resolve("pom.xml"));
                copied.add(module.resolve("src/main"));
              });
    }
    for (Path path : copied) {
      if (Files.exists(SOURCES.resolve(path))) {
        copyTree(SOURCES.resolve(path), root.resolve(path));
      }
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (Stream<Path> files = Files.walk(from, FileVisitOption.FOLLOW_LINKS)) {
      files.forEach(
          file -> {
            try {
              Files.copy(file, to.resolve(from.relativize(file).toString()));
            } catch (IOException problem) {
              throw new UncheckedIOException(problem);
            }
          });
    }
  }

  private Process start(String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(workingFolder.toFile());
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    Path folder = Files.createTempDirectory(temporary, "output");
    builder.redirectOutput(folder.resolve("out").toFile());
    builder.redirectError(folder.resolve("err").toFile());
    builder.environment().remove("FLOWBOUND_JAVA_OPTS");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    outputs.put(process, folder);
    return process;
  }

  private Outcome outcome(Process process) throws Exception {
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    Path folder = outputs.get(process);
    return new Outcome(
        process.exitValue(),
        Files.readString(folder.resolve("out")),
        Files.readString(folder.resolve("err")));
  }

  private Outcome run(String... command) throws Exception {
    return outcome(start(command));
  }

  private Outcome flowbound(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(root.resolve("flowbound").toString()));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  @Test
  @Order(1)
  void concurrentFirstStartsShareOneBuild() throws Exception {
    String launcher = root.resolve("flowbound").toString();
    Process one = start(launcher, "--version");
    Process other = start(launcher, "--version");
    List<Outcome> outcomes = List.of(outcome(one), outcome(other));
    for (Outcome outcome : outcomes) {
      assertThat(outcome.exitCode()).as(outcome.err()).isZero();
      assertThat(outcome.out()).startsWith("flowbound ").contains("OpenBLAS");
    }
    assertThat(outcomes.stream().flatMap(outcome -> outcome.errorLines().stream()))
        .filteredOn(line -> !line.startsWith("flowbound: waiting for another build"))
        .containsExactly(BUILDING);
  }

  @Test
  @Order(2)
  void laterStartsSayNothing() throws Exception {
    Outcome outcome = flowbound("--version");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  @Order(3)
  void exitCodesPass() throws Exception {
    assertThat(flowbound("--alpah"))
        .isEqualTo(
            new Outcome(2, "", "flowbound: unknown option '--alpah'; see 'flowbound --help'\n"));
  }

  @Test
  @Order(3)
  void worksThroughSymbolicLinksFromAnyFolder() throws Exception {
    Path folder = Files.createDirectories(temporary.resolve("else where"));
    Files.createSymbolicLink(folder.resolve("first"), root.resolve("flowbound"));
    Files.createSymbolicLink(folder.resolve("second"), Path.of("first"));
    workingFolder = folder;
    Outcome outcome = run("./second", "--version");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).startsWith("flowbound ");
  }

  @Test
  @Order(3)
  void goneReaderEndsQuietly() throws Exception {
    Outcome outcome = run("/bin/sh", "-c", "'" + root + "/flowbound' --help | :");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  @Order(3)
  void fullDiskIsAnError() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "needs /dev/full");
    Outcome outcome = run("/bin/sh", "-c", "'" + root + "/flowbound' --help >/dev/full");
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.errorLines())
        .singleElement()
        .asString()
        .startsWith("flowbound: cannot write to standard output: ");
  }

  @Test
  @Order(3)
  void javaOptionsAreHonoured() throws Exception {
    environment.put("FLOWBOUND_JAVA_OPTS", "-Dos.name=Utopia -Xmx200m");
    assertThat(flowbound("--version").out()).contains("Utopia");
  }

  @Test
  @Order(3)
  void missingJavaIsOneLine() throws Exception {
    environment.put("JAVA_HOME", "/no/such/jdk");
    assertThat(flowbound("--version"))
        .isEqualTo(
            new Outcome(
                1,
                "",
                "flowbound: JAVA_HOME is /no/such/jdk, where there is no bin/java; it must name a"
                    + " JDK 17 or newer\n"));
  }

  @Test
  @Order(3)
  void oldJavaIsOneLine() throws Exception {
    Path home = temporary.resolve("old jdk");
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"1.8.0_402\"\n");
    Path java = Files.writeString(home.resolve("bin/java"), "#!/bin/sh\nexit 9\n");
    Files.setPosixFilePermissions(java, EXECUTABLE);
    environment.put("JAVA_HOME", home.toString());
    assertThat(flowbound("--version"))
        .isEqualTo(
            new Outcome(
                1,
                "",
                "flowbound: Java 1.8.0_402 (%s) is too old; name a JDK 17 or newer in JAVA_HOME\n"
                    .formatted(home)));
  }

  @Test
  @Order(3)
  void otherJavaVersionsPrintNoWarnings() throws Exception {
    List<Path> homes;
    try (Stream<Path> found = Files.list(Path.of("/usr/lib/jvm"))) {
      homes = found.filter(home -> Files.isRegularFile(home.resolve("bin/javac"))).toList();
    }
    assumeTrue(!homes.isEmpty(), "needs JDKs in /usr/lib/jvm");
    for (Path home : homes) {
      environment.put("JAVA_HOME", home.toString());
      for (int start = 0; start < 2; start++) {
        Outcome outcome = flowbound("--version");
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out()).startsWith("flowbound ");
      }
    }
  }

  @Test
  @Order(3)
  void jsonStandsAloneOnStandardOutput() throws Exception {
    Path file = Files.writeString(temporary.resolve("Gewichte ä.csv"), "0,1\n-1,0\n");
    environment.put("LC_ALL", "C");
    Outcome outcome = flowbound("bound", file.toString(), "--json");
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exitCode()).isZero();
    assertThat(new ObjectMapper().readTree(outcome.out()).get("dimension").intValue()).isEqualTo(2);
  }

  @Test
  @Order(3)
  void interruptionEndsQuietly() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    Matrix square = Matrix.generate(100, 100, (i, j) -> random.nextDouble(-1, 1));
    Path file = temporary.resolve("skew.npy");
    Weights.write(file, "A", square.minus(square.transpose()));
    Process process =
        start(
            root.resolve("flowbound").toString(), "bound", file.toString(), "--time-limit", "300");
    Thread.sleep(3000);
    assertThat(process.isAlive()).isTrue();
    process.destroy();
    Outcome outcome = outcome(process);
    assertThat(outcome.exitCode()).isEqualTo(128 + 15);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).isIn("", "flowbound bound: interrupted\n");
  }

  @Test
  @Order(4)
  void brokenSourceIsToldAndItsRemovalHeals() throws Exception {
    Path source = root.resolve("flowbound-cli/src/main/java/org/flowbound/cli/Broken.java");
    Files.writeString(source, "package org.flowbound.cli; class Broken { int x = \"\"; }");
    Outcome broken = flowbound("--version");
    assertThat(broken.exitCode()).isEqualTo(1);
    assertThat(broken.out()).isEmpty();
    assertThat(broken.errorLines())
        .contains("flowbound: the build failed; Maven's messages are above")
        .anyMatch(line -> line.contains("Broken.java:[1,"));
    Files.delete(source);
    Outcome healed = flowbound("--version");
    assertThat(healed.exitCode()).as(healed.err()).isZero();
    assertThat(healed.errorLines()).containsExactly(BUILDING);
    assertThat(flowbound("--version").err()).isEmpty();
  }

  @Test
  @Order(5)
  void mavenIsNeededOnlyToBuild() throws Exception {
    Path tools = Files.createDirectories(temporary.resolve("tools"));
    for (String tool :
        List.of(
            "sh",
            "cat",
            "cp",
            "date",
            "dirname",
            "find",
            "head",
            "ln",
            "mkdir",
            "mv",
            "readlink",
            "rm",
            "sed",
            "sleep")) {
      String real =
          Stream.of("/usr/bin/" + tool, "/bin/" + tool)
              .filter(path -> Files.exists(Path.of(path)))
              .findFirst()
              .orElseThrow();
      Files.setPosixFilePermissions(
          Files.writeString(tools.resolve(tool), "#!/bin/sh\nexec %s \"$@\"\n".formatted(real)),
          EXECUTABLE);
    }
    environment.put("PATH", tools.toString());
    assertThat(flowbound("--version").err()).isEmpty();
    Files.writeString(root.resolve("flowbound-core/src/main/new-file"), "");
    assertThat(flowbound("--version"))
        .isEqualTo(
            new Outcome(
                1,
                "",
                "flowbound: Maven is needed to build Flowbound, and there is no mvn on the PATH;"
                    + " install it\n"));
    assertThat(root.resolve("target/flowbound/lock")).doesNotExist();
  }
}
