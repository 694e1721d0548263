package org.flowbound.nearness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.SplittableRandom;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.Enumeration;
import org.flowbound.stability.MatrixFamily;
import org.flowbound.stability.Norm;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against the semidefinite program with all vertices, solved by CSDP where that is installed. */
class SemidefiniteProgramTest {
  private static final SlopeBox SLOPES = SlopeBox.of(0.1);

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(MatrixFamily.class)
  void agreesWithTheSemidefiniteProgram(MatrixFamily family) throws Exception {
    SplittableRandom random = new SplittableRandom(80 + family.name().hashCode());
    for (int d = 2; d <= 5; d++) {
      Matrix a = family.sample(d, random);
      double delta = Enumeration.maximum(a, SLOPES, Norm.TWO);
      for (double target : new double[] {0.5 * delta, -0.2}) {
        if (target < delta) {
          double expected = solve(a, target);
          Perturbation nearest =
              NearestStableMatrix.of(a, SLOPES)
                  .withTarget(target)
                  .solve(NearnessOptions.defaults().withTimeLimit(Duration.ofSeconds(20)));
          assertThat(nearest.norm()).isCloseTo(expected, within(3e-6 * expected));
          assertThat(nearest.normLowerBound()).isCloseTo(expected, within(3e-6 * expected));
        }
      }
    }
  }

  /** Minimises s subject to {@code ‖Δ‖_F ≤ s} and {@code sym(D(A + Δ)) ≼ δ̄ I} for every D. */
  private double solve(Matrix a, double target) throws IOException, InterruptedException {
    int d = a.rows();
    int n = d * d;
    int vertices = 1 << d;
    StringBuilder program = new StringBuilder();
    program.append(n + 1).append('\n').append(vertices + 1).append('\n').append(n + 1);
    program.append((" " + d).repeat(vertices)).append('\n');
    program.append("0 ".repeat(n)).append("1\n");
    for (int vertex = 0; vertex < vertices; vertex++) {
      int block = vertex + 2;
      for (int i = 0; i < d; i++) {
        for (int j = i; j < d; j++) {
          double entry = 0.5 * (slope(vertex, i) * a.get(i, j) + slope(vertex, j) * a.get(j, i));
          append(program, 0, block, i, j, entry - (i == j ? target : 0));
        }
        for (int j = 0; j < d; j++) {
          double entry = -slope(vertex, i) * (i == j ? 1 : 0.5);
          append(program, i * d + j + 1, block, Math.min(i, j), Math.max(i, j), entry);
        }
      }
    }
    for (int k = 0; k < n; k++) {
      append(program, k + 1, 1, k, n, 1);
      append(program, n + 1, 1, k, k, 1);
    }
    append(program, n + 1, 1, n, n, 1);
    Path input = Files.writeString(folder.resolve("program.dat-s"), program);
    Path output = folder.resolve("solution");
    Process process;
    try {
      process =
          new ProcessBuilder("csdp", input.toString(), output.toString())
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
    } catch (IOException missing) {
      Assumptions.abort("CSDP is not installed.");
      throw missing;
    }
    assertThat(process.waitFor()).isZero();
    String[] solution = Files.readAllLines(output).get(0).trim().split(" ", -1);
    return Double.parseDouble(solution[n]);
  }

  private static void append(
      StringBuilder program, int variable, int block, int i, int j, double entry) {
    program.append(
        String.format(Locale.ROOT, "%d %d %d %d %.17e%n", variable, block, i + 1, j + 1, entry));
  }

  private static double slope(int vertex, int i) {
    return (vertex >> i & 1) == 1 ? SLOPES.upper() : SLOPES.lower();
  }
}
