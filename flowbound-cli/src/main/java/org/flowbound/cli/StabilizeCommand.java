package org.flowbound.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.flowbound.field.SlopeBox;
import org.flowbound.io.AtomicFile;
import org.flowbound.io.UnusableFileException;
import org.flowbound.linalg.Matrix;
import org.flowbound.model.WeightsFile;
import org.flowbound.nearness.NearestStableMatrix;
import org.flowbound.nearness.NearnessListener;
import org.flowbound.nearness.NearnessMethod;
import org.flowbound.nearness.NearnessOptions;
import org.flowbound.nearness.Perturbation;
import org.flowbound.nearness.StoredWeights;
import org.flowbound.nearness.Structure;
import org.flowbound.nearness.TradeOffCurve;
import org.flowbound.nearness.TwoLevelIterate;
import org.flowbound.report.TradeOffChart;
import org.flowbound.report.chart.SvgChart;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code flowbound stabilize}: the nearest stable weights. */
@Command(
    name = "stabilize",
    header = "Finds the smallest change of weights that makes them stable.",
    description = {
      "%nFinds Delta of nearly the smallest Frobenius norm with delta(A + Delta) at most the"
          + " target, certified, and a lower bound of the norm of every such Delta. With -o a copy"
          + " of the file is written in which A + Delta takes the place of A; a model stays a"
          + " model."
    },
    footer = {
      "  flowbound stabilize weights.npy --target 0 -o stable.npy",
      "  flowbound stabilize model.safetensors --target -0.5 --method certified -o"
          + " stable.safetensors",
      "  flowbound stabilize weights.npy --target 1,0.5,0,-0.5 --chart cost.svg",
      "  flowbound stabilize weights.npy --target 0 --structure symmetric -o stable.npy"
    })
final class StabilizeCommand extends HelpfulCommand {
  private static final int CHART_WIDTH = 720;
  private static final int CHART_HEIGHT = 440;

  /** A method as it is named on the command line. */
  private enum MethodOption {
    PROJECTION(NearnessMethod.PROJECTION),
    TWO_LEVEL(NearnessMethod.TWO_LEVEL),
    CERTIFIED(NearnessMethod.CERTIFIED),
    SHIFT(NearnessMethod.SHIFT);

    private final NearnessMethod method;

    MethodOption(NearnessMethod method) {
      this.method = method;
    }

    @Override
    public String toString() {
      return method.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** A structure as it is named on the command line. */
  private enum StructureOption {
    FULL,
    SYMMETRIC,
    DIAGONAL,
    PATTERN;

    Structure of(Matrix weights) {
      int d = weights.rows();
      return switch (this) {
        case FULL -> Structure.full(d);
        case SYMMETRIC -> Structure.symmetric(d);
        case DIAGONAL -> Structure.diagonal(d);
        case PATTERN -> Structure.patternOf(weights);
      };
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Spec private CommandSpec command;

  @Mixin private WeightsArgument weights;

  @Option(
      names = "--target",
      required = true,
      split = ",",
      paramLabel = "T",
      description = {
        "The value that delta must not exceed; may be negative. Several, separated by commas, give"
            + " the trade-off curve: the norm against the target."
      })
  @Range("(-inf, inf)")
  private double[] targets = {};

  @Option(
      names = "--structure",
      paramLabel = "S",
      description = {
        "What Delta may look like: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). pattern"
            + " keeps the zeros of A. For the methods projection and certified."
      })
  private StructureOption structure = StructureOption.FULL;

  @Option(
      names = "--chart",
      paramLabel = "F.svg",
      description = "With several targets, draw the trade-off curve into this file.")
  private @Nullable Path chart;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      description = {
        "Smallest slope of the activation, in [0, 1] (default: that of the model where the file"
            + " holds one, else 0.1)."
      })
  @Range("[0, 1]")
  private @Nullable Double alpha;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "The file to be written.")
  private @Nullable Path file;

  @Option(
      names = "--history",
      paramLabel = "F.csv",
      description = "With the method two-level, write its steps into this file.")
  private @Nullable Path history;

  @Option(
      names = "--method",
      paramLabel = "M",
      description = {
        "Method: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). projection is optimal up to"
            + " its gap; two-level is the local method of the literature; certified is a little"
            + " farther away and fast; shift subtracts a multiple of the identity."
      })
  private MethodOption method = MethodOption.PROJECTION;

  @Option(
      names = "--tol",
      paramLabel = "E",
      description = {
        "Projection stops when its relative gap is at most E, in (0, 1) (default:"
            + " ${DEFAULT-VALUE})."
      })
  @Range("(0, 1)")
  private double tolerance = 1e-6;

  @Option(
      names = "--time-limit",
      paramLabel = "S",
      description = {
        "Stop after about S seconds, in [0, inf), with exit code 5 if the gap is still larger."
            + " Without it the limit is 30 seconds, and the exit code is 0."
      })
  @Range("[0, inf)")
  private @Nullable Double timeLimit;

  @Mixin private ComputationOptions computation;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, UnusableFileException {
    WeightsFile source = weights.open();
    SlopeBox slopes = alpha == null ? source.slopes().orElse(SlopeBox.of(0.1)) : SlopeBox.of(alpha);
    requireConsistentOptions();
    NearestStableMatrix problem =
        Usage.check(
            command,
            () ->
                new NearestStableMatrix(
                    source.matrix(), slopes, targets[0], structure.of(source.matrix())));
    return targets.length == 1 ? solve(source, problem) : sweep(problem);
  }

  private void requireConsistentOptions() {
    boolean isCurve = targets.length > 1;
    if (isCurve && file != null) {
      throw usage("-o needs a single --target, not %d".formatted(targets.length));
    }
    if (!isCurve && chart != null) {
      throw usage("--chart needs several targets: --target 1,0.5,0");
    }
    if (history != null && (method != MethodOption.TWO_LEVEL || isCurve)) {
      throw usage("--history needs --method two-level and a single --target");
    }
    if (structure != StructureOption.FULL
        && method != MethodOption.PROJECTION
        && method != MethodOption.CERTIFIED) {
      throw usage(
          "--method %s does not support --structure %s; projection and certified do"
              .formatted(method, structure));
    }
  }

  private ParameterException usage(String message) {
    IllegalArgumentException cause = new IllegalArgumentException(message);
    return new ParameterException(command.commandLine(), message, cause);
  }

  private int solve(WeightsFile source, NearestStableMatrix problem)
      throws IOException, UnusableFileException {
    Path out = file;
    DoubleUnaryOperator rounding =
        out == null
            ? DoubleUnaryOperator.identity()
            : Usage.check(command, () -> source.rounding(out));
    Perturbation found;
    try (ProgressBar bar = output.progress()) {
      found =
          Usage.check(
              command, () -> StoredWeights.solve(problem, options(), rounding, listener(bar)));
    }
    if (out != null) {
      source.write(out, found.apply(source.matrix()), found.deltaAfter());
    }
    if (history != null) {
      writeHistory(history, found);
    }
    output.print(fields(problem.slopes(), found), text(problem.slopes(), found));
    return exitCode(List.of(found));
  }

  private static void writeHistory(Path path, Perturbation found) throws IOException {
    StringBuilder csv = new StringBuilder("outer,epsilon,F,gradient_norm\n");
    for (TwoLevelIterate each : found.history()) {
      csv.append(each.outer())
          .append(',')
          .append(each.epsilon())
          .append(',')
          .append(each.value())
          .append(',')
          .append(each.gradientNorm())
          .append('\n');
    }
    AtomicFile.write(
        path, content -> content.write(csv.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private int sweep(NearestStableMatrix problem) throws IOException {
    TradeOffCurve curve;
    try (ProgressBar bar = output.progress()) {
      curve =
          Usage.check(command, () -> TradeOffCurve.of(problem, targets, options(), listener(bar)));
    }
    if (chart != null) {
      String svg =
          new SvgChart(TradeOffChart.of(curve, weights.name()), CHART_WIDTH, CHART_HEIGHT)
              .standalone();
      AtomicFile.write(chart, content -> content.write(svg.getBytes(StandardCharsets.UTF_8)));
    }
    output.print(fields(problem.slopes(), curve), text(problem.slopes(), curve));
    return exitCode(curve.points());
  }

  private static NearnessListener listener(ProgressBar bar) {
    return (lower, upper, rounds) ->
        bar.update(
            "norm in [%s, %s], round %d"
                .formatted(Decimals.down(lower), Decimals.up(upper), rounds));
  }

  private int exitCode(List<Perturbation> found) {
    return timeLimit != null
            && method == MethodOption.PROJECTION
            && found.stream().anyMatch(each -> each.status() == Perturbation.Status.BOUNDED)
        ? ExitCode.LIMIT
        : ExitCode.DONE;
  }

  private NearnessOptions options() {
    NearnessOptions options =
        NearnessOptions.defaults()
            .withMethod(method.method)
            .withTolerance(tolerance)
            .withSeed(computation.seed())
            .withThreads(computation.threads());
    return timeLimit == null
        ? options
        : options.withTimeLimit(Duration.ofNanos((long) (1e9 * timeLimit)));
  }

  private Map<String, Object> fields(SlopeBox slopes, Perturbation found) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("dimension", found.matrix().rows());
    fields.put("alpha", slopes.lower());
    fields.put("method", method.toString());
    fields.put("structure", structure.toString());
    fields.put("target", found.target());
    fields.put("deltaBefore", found.deltaBefore());
    fields.put("deltaAfter", found.deltaAfter());
    fields.put("norm", found.norm());
    fields.put("normLowerBound", found.normLowerBound());
    fields.put("relativeGap", found.relativeGap());
    fields.put("status", found.status().name().toLowerCase(Locale.ROOT));
    fields.put("rounds", found.rounds());
    fields.put("seconds", found.seconds());
    fields.put("output", file == null ? null : file.toString());
    return fields;
  }

  private Map<String, Object> fields(SlopeBox slopes, TradeOffCurve curve) {
    Map<String, Object> fields = new LinkedHashMap<>();
    Perturbation first = curve.points().get(0);
    fields.put("dimension", first.matrix().rows());
    fields.put("alpha", slopes.lower());
    fields.put("method", method.toString());
    fields.put("structure", structure.toString());
    fields.put("deltaBefore", first.deltaBefore());
    fields.put("curve", curve.points().stream().map(StabilizeCommand::point).toList());
    fields.put("seconds", curve.points().stream().mapToDouble(Perturbation::seconds).sum());
    fields.put("chart", chart == null ? null : chart.toString());
    return fields;
  }

  private static Map<String, Object> point(Perturbation found) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("target", found.target());
    fields.put("deltaAfter", found.deltaAfter());
    fields.put("norm", found.norm());
    fields.put("normLowerBound", found.normLowerBound());
    fields.put("relativeGap", found.relativeGap());
    fields.put("status", found.status().name().toLowerCase(Locale.ROOT));
    fields.put("rounds", found.rounds());
    fields.put("seconds", found.seconds());
    return fields;
  }

  private String text(SlopeBox slopes, TradeOffCurve curve) {
    Perturbation first = curve.points().get(0);
    StringBuilder text = new StringBuilder();
    text.append(
        """
        weights     %s, %d x %d
        slopes      in [%s, %s]
        delta       in [%s, %s] before
        method      %s, %s changes
        chart       %s

          target   delta after   ||Delta||_F  none is below       gap  seconds
        """
            .formatted(
                weights.name(),
                first.matrix().rows(),
                first.matrix().rows(),
                slopes.lower(),
                slopes.upper(),
                Decimals.down(first.deltaBefore().lower()),
                Decimals.up(first.deltaBefore().upper()),
                method,
                structure,
                chart == null ? "not drawn; --chart F.svg draws the curve" : chart));
    for (Perturbation found : curve.points()) {
      text.append(
          "%8s %13s %13s %14s %9.1e %8.2f%n"
              .formatted(
                  found.target(),
                  Decimals.up(found.deltaAfter().upper()),
                  Decimals.up(found.norm()),
                  Decimals.down(found.normLowerBound()),
                  found.relativeGap(),
                  found.seconds()));
    }
    return text.toString();
  }

  private String text(SlopeBox slopes, Perturbation found) {
    return """
        weights     %s, %d x %d
        slopes      in [%s, %s]
        target      delta <= %s
        delta       in [%s, %s] before, in [%s, %s] after
        change      ||Delta||_F = %s; none below %s reaches the target
                    relative gap %.1e: %s
        method      %s%s, %d rounds, %.2f s
        written     %s
        """
        .formatted(
            weights.name(),
            found.matrix().rows(),
            found.matrix().rows(),
            slopes.lower(),
            slopes.upper(),
            found.target(),
            Decimals.down(found.deltaBefore().lower()),
            Decimals.up(found.deltaBefore().upper()),
            Decimals.down(found.deltaAfter().lower()),
            Decimals.up(found.deltaAfter().upper()),
            Decimals.up(found.norm()),
            Decimals.down(found.normLowerBound()),
            found.relativeGap(),
            switch (found.status()) {
              case UNCHANGED -> "the weights are stable as they are";
              case OPTIMAL -> "optimal to the tolerance " + tolerance;
              case BOUNDED -> "not proved optimal";
            },
            method,
            structure == StructureOption.FULL ? "" : ", " + structure + " changes",
            found.rounds(),
            found.seconds(),
            file == null ? "nothing; -o OUT writes the stable weights" : file);
  }
}
