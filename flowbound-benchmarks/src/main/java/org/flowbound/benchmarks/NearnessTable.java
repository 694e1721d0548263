package org.flowbound.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
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
import org.flowbound.nearness.NearestStableMatrix;
import org.flowbound.nearness.NearnessListener;
import org.flowbound.nearness.NearnessMethod;
import org.flowbound.nearness.NearnessOptions;
import org.flowbound.nearness.Perturbation;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.MatrixFamily;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Prints a Markdown table of the stable weights that every method finds, for families of random
 * matrices and for weights in files.
 *
 * <p>A target of s is {@code δ − s|δ|}, with δ the weights' own: 0.5 halves a positive δ, and 1.5
 * asks for its negative half. Before anything is measured every method is run at a small order, so
 * that the code is compiled. The last column is the processor's time in which a method that is run
 * after the two-level method reaches its norm.
 */
@Command(
    name = "nearness-table",
    mixinStandardHelpOptions = true,
    description = "Measures the methods for the nearest stable weights.")
public final class NearnessTable implements Callable<Integer> {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  @Option(names = "--families", split = ",", description = "Default: all, or none with files.")
  private List<MatrixFamily> families = List.of();

  @Option(names = "--sizes", split = ",", defaultValue = "16,64,256")
  private List<Integer> sizes = List.of();

  @Option(names = "--methods", split = ",", description = "Default: all.")
  private List<NearnessMethod> methods =
      List.of(
          NearnessMethod.TWO_LEVEL,
          NearnessMethod.PROJECTION,
          NearnessMethod.CERTIFIED,
          NearnessMethod.SHIFT);

  @Option(names = "--alpha", defaultValue = "0.1")
  private double alpha;

  @Option(
      names = "--reductions",
      split = ",",
      defaultValue = "0.5,1.5",
      description = "Targets, as parts of |delta| below delta.")
  private List<Double> reductions = List.of();

  @Option(names = "--tol", defaultValue = "1e-6")
  private double tolerance;

  @Option(names = "--time-limit", defaultValue = "60", description = "Seconds a run.")
  private double timeLimit;

  @Option(names = "--threads", defaultValue = "2")
  private int threads;

  @Option(names = "--seed", defaultValue = "1")
  private long seed;

  @Parameters(arity = "0..*", description = "Weights; FILE#NAME picks a tensor.")
  private List<String> weights = List.of();

  private NearnessTable() {}

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new NearnessTable())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Matrix small = MatrixFamily.GAUSSIAN.sample(12, new SplittableRandom(0));
    for (NearnessMethod method : methods) {
      NearestStableMatrix.of(small, SlopeBox.of(alpha))
          .solve(options(method).withTimeLimit(Duration.ofSeconds(3)));
    }
    OUT.println(
        "| weights | d | delta | target | method | norm | lower bound | gap | certified delta | seconds | CPU s | CPU s to two-level |");
    OUT.println("| --- | --: | --: | --: | --- | --: | --: | --: | --: | --: | --: | --: |");
    for (String file : weights) {
      rows(Path.of(file).getFileName().toString(), Weights.read(file));
    }
    for (MatrixFamily family : chosenFamilies()) {
      for (int d : sizes) {
        rows(
            family.name().toLowerCase(Locale.ROOT).replace('_', ' '),
            family.sample(d, new SplittableRandom(seed)));
      }
    }
    return 0;
  }

  private List<MatrixFamily> chosenFamilies() {
    return families.isEmpty() && weights.isEmpty() ? List.of(MatrixFamily.values()) : families;
  }

  private NearnessOptions options(NearnessMethod method) {
    return NearnessOptions.defaults()
        .withMethod(method)
        .withTolerance(tolerance)
        .withThreads(threads)
        .withTimeLimit(Duration.ofMillis((long) (1000 * timeLimit)));
  }

  private void rows(String name, Matrix matrix) {
    BoundOptions bounds =
        BoundOptions.defaults().withThreads(threads).withTimeLimit(Duration.ofSeconds(5));
    double delta = Expansivity.of(matrix, SlopeBox.of(alpha)).bound(bounds).upper();
    for (double reduction : reductions) {
      NearestStableMatrix problem =
          NearestStableMatrix.of(matrix, SlopeBox.of(alpha))
              .withTarget(delta - reduction * Math.abs(delta));
      double twoLevelNorm = Double.NaN;
      for (NearnessMethod method : methods) {
        CpuClock clock = new CpuClock(twoLevelNorm);
        Perturbation found = problem.solve(options(method), clock);
        double cpuSeconds = clock.seconds();
        if (method == NearnessMethod.TWO_LEVEL) {
          twoLevelNorm = found.norm();
        }
        OUT.printf(
            Locale.ROOT,
            "| %s | %d | %.4f | %.4f | %s | %.5f | %.5f | %.1e | %.5f | %.2f | %.2f | %s |%n",
            name,
            matrix.rows(),
            delta,
            problem.target(),
            method.name().toLowerCase(Locale.ROOT).replace('_', '-'),
            found.norm(),
            found.normLowerBound(),
            found.relativeGap(),
            found.deltaAfter().upper(),
            found.seconds(),
            cpuSeconds,
            clock.reached(found.norm(), cpuSeconds));
      }
    }
  }

  /** Measures the processor's time until a norm is reached. */
  private static final class CpuClock implements NearnessListener {
    private final double norm;
    private final long start = SYSTEM.getProcessCpuTime();
    private double reached = Double.POSITIVE_INFINITY;

    /**
     * @param norm to be reached to six digits
     */
    CpuClock(double norm) {
      this.norm = (1 + 1e-6) * norm;
    }

    double seconds() {
      return 1e-9 * (SYSTEM.getProcessCpuTime() - start);
    }

    @Override
    public void progress(double lower, double upper, int rounds) {
      if (upper <= norm) {
        reached = Math.min(reached, seconds());
      }
    }

    /** The time at which the norm was reached, at the latest in the end; empty if it was not. */
    String reached(double lastNorm, double lastSeconds) {
      return lastNorm <= norm
          ? String.format(Locale.ROOT, "%.2f", Math.min(reached, lastSeconds))
          : "";
    }
  }
}
