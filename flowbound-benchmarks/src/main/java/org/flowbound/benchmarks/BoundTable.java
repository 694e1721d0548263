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
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Prints a Markdown table of how far δ is bounded, and how fast, for families of random matrices
 * and for weights in files.
 *
 * <p>Before anything is measured every family is bounded at a small order, so that the code is
 * compiled. Each row's root bound is one more run, with a single node.
 */
@Command(
    name = "bound-table",
    mixinStandardHelpOptions = true,
    description = "Measures the bound on matrix families and weights.")
public final class BoundTable implements Callable<Integer> {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  @Option(names = "--families", split = ",", description = "Default: all, or none with files.")
  private List<MatrixFamily> families = List.of();

  @Option(names = "--sizes", split = ",", defaultValue = "10,16,24,32,64,96,128,256,784")
  private List<Integer> sizes = List.of();

  @Option(names = "--alpha", defaultValue = "0.1")
  private double alpha;

  @Option(names = "--tol", defaultValue = "1e-6")
  private double tolerance;

  @Option(names = "--time-limit", defaultValue = "60", description = "Seconds a matrix.")
  private double timeLimit;

  @Option(names = "--node-limit", defaultValue = "9223372036854775807")
  private long nodeLimit;

  @Option(names = "--threads", defaultValue = "2")
  private int threads;

  @Option(names = "--seeds", split = ",", defaultValue = "1", description = "One row for each.")
  private List<Long> seeds = List.of();

  @Parameters(arity = "0..*", description = "Weights; FILE#NAME picks a tensor.")
  private List<String> weights = List.of();

  private BoundTable() {}

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new BoundTable()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    warmUp();
    OUT.println(
        "| weights | d | seed | root gap | root s | nodes | seconds | lower | upper − lower |");
    OUT.println("| --- | --: | --: | --: | --: | --: | --: | --: | --: |");
    for (String file : weights) {
      row(Path.of(file).getFileName().toString(), "", Weights.read(file));
    }
    for (MatrixFamily family : chosenFamilies()) {
      for (int d : sizes) {
        for (long seed : seeds) {
          Matrix matrix = family.sample(d, new SplittableRandom(seed));
          row(family.name().toLowerCase(Locale.ROOT).replace('_', ' '), "" + seed, matrix);
        }
      }
    }
    return 0;
  }

  private List<MatrixFamily> chosenFamilies() {
    return families.isEmpty() && weights.isEmpty() ? List.of(MatrixFamily.values()) : families;
  }

  private BoundOptions options() {
    return BoundOptions.defaults()
        .withTolerance(tolerance)
        .withThreads(threads)
        .withTimeLimit(Duration.ofMillis((long) (1000 * timeLimit)))
        .withNodeLimit(nodeLimit);
  }

  private void warmUp() {
    for (MatrixFamily family : MatrixFamily.values()) {
      Matrix matrix = family.sample(20, new SplittableRandom(0));
      BoundOptions options = options().withTimeLimit(Duration.ofSeconds(1));
      Expansivity.of(matrix, SlopeBox.of(alpha)).bound(options);
    }
  }

  private void row(String name, String seed, Matrix matrix) {
    Expansivity expansivity = Expansivity.of(matrix, SlopeBox.of(alpha));
    ExpansivityBound root = expansivity.bound(options().withNodeLimit(1));
    ExpansivityBound bound = expansivity.bound(options());
    double scale = Math.max(Math.abs(bound.lower()), Double.MIN_NORMAL);
    OUT.printf(
        Locale.ROOT,
        "| %s | %d | %s | %.2f %% | %.3f | %d | %.2f | %.6f | %s |%n",
        name,
        bound.dimension(),
        seed,
        100 * Math.max(0, root.upper() - bound.lower()) / scale,
        root.seconds(),
        bound.nodes(),
        bound.seconds(),
        bound.lower(),
        bound.exact() ? "exact" : String.format(Locale.ROOT, "%.1e", bound.interval().width()));
  }
}
