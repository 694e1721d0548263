package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documentation and the examples tell users to run, and the Python client's own tests. */
@Tag("slow")
class DocumentationTest {
  private static final Pattern BLOCK =
      Pattern.compile("^```(sh|python)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  @TempDir private Path folder;

  /** All blocks of a page, in their order: those of Python share their variables. */
  @ParameterizedTest
  @ValueSource(strings = {"docs/from-pytorch.md", "python/README.md"})
  void theBlocksOfAPageRunInTheirOrder(String page) throws Exception {
    String python = OtherPrograms.python(page.contains("pytorch") ? "torch" : "numpy");
    StringBuilder script = new StringBuilder("import subprocess\n");
    Matcher block = BLOCK.matcher(Files.readString(OtherPrograms.ROOT.resolve(page)));
    int blocks = 0;
    while (block.find()) {
      blocks++;
      script.append(
          block.group(1).equals("python")
              ? block.group(2)
              : "subprocess.run(['sh', '-euxc', r'''" + block.group(2) + "'''], check=True)\n");
    }
    assertThat(blocks).isPositive();
    Path file = Files.writeString(folder.resolve("page.py"), script);
    new OtherPrograms(folder).run(python, file.toString());
  }

  @Test
  void thePythonClientPassesItsTests() throws Exception {
    String python = OtherPrograms.python("numpy");
    String tests = OtherPrograms.ROOT.resolve("python/tests").toString();
    assertThat(new OtherPrograms(folder).run(python, "-m", "unittest", "discover", "-s", tests))
        .contains("OK");
  }

  private static List<String> code(String notebook) throws Exception {
    JsonNode cells =
        new ObjectMapper().readTree(OtherPrograms.ROOT.resolve(notebook).toFile()).path("cells");
    List<String> code = new ArrayList<>();
    for (JsonNode cell : cells) {
      if (cell.path("cell_type").asText().equals("code")) {
        StringBuilder source = new StringBuilder();
        cell.path("source").forEach(line -> source.append(line.asText()));
        code.add(source.append('\n').toString());
      }
    }
    assertThat(code).isNotEmpty();
    return code;
  }

  @Test
  void thePythonNotebookRuns() throws Exception {
    String python = OtherPrograms.python("numpy");
    Path file =
        Files.writeString(
            folder.resolve("notebook.py"), String.join("", code("examples/stability.ipynb")));
    assertThat(new OtherPrograms(folder).run(python, file.toString()))
        .contains("<= delta <=", "delta is now at most");
  }

  private String jshell(Path script) throws Exception {
    String output =
        new OtherPrograms(folder)
            .run(
                OtherPrograms.java("jshell"),
                "-s",
                "--class-path",
                OtherPrograms.classPath(),
                script.toString());
    assertThat(output).doesNotContain("Error", "Exception");
    return output;
  }

  @Test
  void theJavaNotebookRuns() throws Exception {
    List<String> code = new ArrayList<>(code("examples/stability-java.ipynb"));
    code.removeIf(cell -> cell.startsWith("%"));
    code.add("/exit\n");
    Path file = Files.writeString(folder.resolve("notebook.jsh"), String.join("", code));
    assertThat(jshell(file)).contains("alpha 0.50: delta in [");
  }

  @Test
  void theScriptForJShellRuns() throws Exception {
    assertThat(jshell(OtherPrograms.ROOT.resolve("examples/bound.jsh")))
        .contains("<= delta <=", "delta <= 0.5");
  }

  @Test
  void theScriptForJBangRuns() throws Exception {
    Weights.write(folder.resolve("a.npy"), "A", Matrix.of(2, 2, 1, 2, 0, -1));
    String output =
        new OtherPrograms(folder)
            .run(
                OtherPrograms.java("java"),
                "-cp",
                OtherPrograms.classPath(),
                OtherPrograms.ROOT.resolve("examples/Stabilize.java").toString(),
                "a.npy",
                "0.5",
                "b.npy");
    assertThat(output).contains("||Delta||_F = ");
    assertThat(Outcome.of("bound", folder.resolve("b.npy").toString()).out()).contains("delta");
  }
}
