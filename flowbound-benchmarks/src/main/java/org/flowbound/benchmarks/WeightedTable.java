package org.flowbound.benchmarks;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.flowbound.field.SlopeBox;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.ExpansivityBound;
import org.flowbound.stability.MatrixFamily;
import org.flowbound.stability.WeightedBound;
import org.flowbound.stability.WeightedExpansivity;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Prints a Markdown table of the bounds of the flow's Lipschitz constant in the 2-norm, without
 * weights and with the best that are found, for families of random matrices and weights in files.
 */
@Command(
    name = "weighted-table",
    mixinStandardHelpOptions = true,
    description = "Measures weighted norms on matrix families and weights.")
public final class WeightedTable implements Callable<Integer> {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  @Option(names = "--families", split = ",", description = "Default: all, or none with files.")
  private List<MatrixFamily> families = List.of();

  @Option(names = "--sizes", split = ",", defaultValue = "16,64")
  private List<Integer> sizes = List.of();

  @Option(names = "--alpha", defaultValue = "0.1")
  private double alpha;

  @Option(names = "--horizons", split = ",", defaultValue = "1,3,10", description = "T.")
  private List<Double> horizons = List.of();

  @Option(names = "--time-limit", defaultValue = "10", description = "Seconds a bound of delta.")
  private double timeLimit;

  @Option(names = "--seed", defaultValue = "1")
  private long seed;

  @Parameters(arity = "0..*", description = "Weights; FILE#NAME picks a tensor.")
  private List<String> weights = List.of();

  private WeightedTable() {}

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new WeightedTable())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args));
  }

  @Override
  public Integer call() throws Exception {
    OUT.println("| weights | d | T | L without weights | L with S | S | cond(S) | seconds |");
    OUT.println("| --- | --: | --: | --: | --: | --- | --: | --: |");
    for (String file : weights) {
      rows(Path.of(file).getFileName().toString(), Weights.read(file));
    }
    for (MatrixFamily family : chosenFamilies()) {
      for (int d : sizes) {
        Matrix matrix = family.sample(d, new SplittableRandom(seed));
        rows(family.name().toLowerCase(Locale.ROOT).replace('_', ' '), matrix);
      }
    }
    return 0;
  }

  private List<MatrixFamily> chosenFamilies() {
    return families.isEmpty() && weights.isEmpty() ? List.of(MatrixFamily.values()) : families;
  }

  private void rows(String name, Matrix matrix) {
    BoundOptions options =
        BoundOptions.defaults().withTimeLimit(Duration.ofMillis((long) (1000 * timeLimit)));
    Expansivity expansivity = Expansivity.of(matrix, SlopeBox.of(alpha));
    ExpansivityBound plain = expansivity.bound(options);
    for (double horizon : horizons) {
      long start = System.nanoTime();
      WeightedBound best = new WeightedExpansivity(expansivity, horizon).improve(plain, options);
      OUT.printf(
          Locale.ROOT,
          "| %s | %d | %s | %.4g | %.4g | %s | %.3f | %.2f |%n",
          name,
          matrix.rows(),
          horizon,
          plain.lipschitz(horizon),
          best.lipschitz(horizon),
          best.condition() == 1 ? "I" : best.isDiagonal() ? "diagonal" : "full",
          best.condition(),
          1e-9 * (System.nanoTime() - start));
    }
  }
}
