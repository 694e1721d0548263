package org.flowbound.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.ContractivityThreshold;
import org.flowbound.stability.GradientSystemThreshold;
import org.flowbound.stability.LogarithmicNorm;
import org.flowbound.stability.MatrixFamily;
import org.flowbound.stability.Norm;
import org.flowbound.stability.ThresholdBracket;
import org.flowbound.stability.ThresholdOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Prints a Markdown table of contractivity thresholds, of families of random matrices and of
 * weights in files: the certified bracket, and what the gradient system ends with.
 *
 * <p>A random matrix is shifted by a multiple of I so that {@code μ₂(A) = −margin}, which makes it
 * contractive where all slopes are 1. Before anything is measured every family is bracketed at a
 * small order, so that the code is compiled.
 */
@Command(
    name = "threshold-table",
    mixinStandardHelpOptions = true,
    description = "Measures contractivity thresholds on matrix families and weights.")
public final class ThresholdTable implements Callable<Integer> {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  /** All but the shifted Gaussian matrices, which the shift here makes once more. */
  private static final List<MatrixFamily> ALL =
      Arrays.stream(MatrixFamily.values()).filter(f -> f != MatrixFamily.SHIFTED).toList();

  @Option(names = "--families", split = ",", description = "Default: all, or none with files.")
  private List<MatrixFamily> families = List.of();

  @Option(names = "--sizes", split = ",", defaultValue = "10,16,24,32,64")
  private List<Integer> sizes = List.of();

  @Option(names = "--margin", defaultValue = "0.5", description = "Of random matrices.")
  private double margin;

  @Option(names = "--level", defaultValue = "0")
  private double level;

  @Option(names = "--tol", defaultValue = "1e-6")
  private double tolerance;

  @Option(names = "--time-limit", defaultValue = "30", description = "Seconds a matrix.")
  private double timeLimit;

  @Option(names = "--threads", defaultValue = "2")
  private int threads;

  @Option(names = "--seeds", split = ",", defaultValue = "1", description = "One row for each.")
  private List<Long> seeds = List.of();

  @Parameters(arity = "0..*", description = "Weights; FILE#NAME picks a tensor.")
  private List<String> weights = List.of();

  private ThresholdTable() {}

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new ThresholdTable())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args));
  }

  @Override
  public Integer call() throws Exception {
    for (MatrixFamily family : MatrixFamily.values()) {
      Matrix matrix = shifted(family.sample(12, new SplittableRandom(0)));
      ContractivityThreshold.of(matrix).bracket(options().withTimeLimit(Duration.ofSeconds(1)));
      GradientSystemThreshold.of(ContractivityThreshold.of(matrix), tolerance);
    }
    OUT.println(
        "| weights | d | seed | threshold | width | bounds of δ | seconds | CPU s"
            + " | gradient system | its error | its CPU s |");
    OUT.println("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
    for (String file : weights) {
      row(Path.of(file).getFileName().toString(), "", Weights.read(file));
    }
    for (MatrixFamily family : chosenFamilies()) {
      for (int d : sizes) {
        for (long seed : seeds) {
          Matrix matrix = shifted(family.sample(d, new SplittableRandom(seed)));
          row(family.name().toLowerCase(Locale.ROOT).replace('_', ' '), "" + seed, matrix);
        }
      }
    }
    return 0;
  }

  private Matrix shifted(Matrix a) {
    double shift = LogarithmicNorm.of(a, Norm.TWO) + margin;
    return a.minus(Matrix.identity(a.rows()).times(shift));
  }

  private List<MatrixFamily> chosenFamilies() {
    return families.isEmpty() && weights.isEmpty() ? ALL : families;
  }

  private ThresholdOptions options() {
    return ThresholdOptions.defaults()
        .withTolerance(tolerance)
        .withThreads(threads)
        .withTimeLimit(Duration.ofMillis((long) (1000 * timeLimit)));
  }

  private void row(String name, String seed, Matrix matrix) {
    ContractivityThreshold problem = ContractivityThreshold.of(matrix).withLevel(level);
    double start = cpuSeconds();
    ThresholdBracket bracket = problem.bracket(options());
    double middle = cpuSeconds();
    OptionalDouble baseline = GradientSystemThreshold.of(problem, tolerance);
    double end = cpuSeconds();
    OUT.printf(
        Locale.ROOT,
        "| %s | %d | %s | %s | %s | %d | %.2f | %.2f | %s | %s | %.2f |%n",
        name,
        matrix.rows(),
        seed,
        threshold(bracket),
        bracket.isExact()
            ? "exact"
            : String.format(Locale.ROOT, "%.1e", bracket.interval().width()),
        bracket.evaluations(),
        bracket.seconds(),
        middle - start,
        baseline.isPresent() ? String.format(Locale.ROOT, "%.6f", baseline.getAsDouble()) : "none",
        baseline.isPresent() ? error(baseline.getAsDouble(), bracket) : "",
        end - middle);
  }

  private static String threshold(ThresholdBracket bracket) {
    return switch (bracket.status()) {
      case ALWAYS, NEVER -> bracket.status().name().toLowerCase(Locale.ROOT);
      case EXACT -> String.format(Locale.ROOT, "%.6f", bracket.alphaUpper());
      case BOUNDED ->
          String.format(Locale.ROOT, "[%.6f, %.6f]", bracket.alphaLower(), bracket.alphaUpper());
    };
  }

  /** How far a value lies outside of the bracket, negative below it. */
  private String error(double value, ThresholdBracket bracket) {
    double below = Math.min(0, value - bracket.alphaLower());
    double above = Math.max(0, value - bracket.alphaUpper());
    return Math.max(above, -below) <= tolerance
        ? "0"
        : String.format(Locale.ROOT, "%.1e", below + above);
  }

  private static double cpuSeconds() {
    return 1e-9
        * ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime();
  }
}
