package org.flowbound.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.flowbound.field.SlopeBox;
import org.flowbound.io.UnusableFileException;
import org.flowbound.model.WeightsFile;
import org.flowbound.nearness.NearestStableMatrix;
import org.flowbound.nearness.NearnessMethod;
import org.flowbound.nearness.NearnessOptions;
import org.flowbound.nearness.Perturbation;
import org.flowbound.nearness.StoredWeights;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
          + " stable.safetensors"
    })
final class StabilizeCommand extends HelpfulCommand {
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

  @Spec private CommandSpec command;

  @Mixin private WeightsArgument weights;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "T",
      description = "The value that delta must not exceed; may be negative.")
  @Range("(-inf, inf)")
  private double target;

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
    Path out = file;
    DoubleUnaryOperator rounding =
        out == null
            ? DoubleUnaryOperator.identity()
            : Usage.check(command, () -> source.rounding(out));
    NearestStableMatrix problem =
        Usage.check(command, () -> new NearestStableMatrix(source.matrix(), slopes, target));
    Perturbation found;
    try (ProgressBar bar = output.progress()) {
      found =
          Usage.check(
              command,
              () ->
                  StoredWeights.solve(
                      problem,
                      options(),
                      rounding,
                      (lower, upper, rounds) ->
                          bar.update(
                              "norm in [%s, %s], round %d"
                                  .formatted(Decimals.down(lower), Decimals.up(upper), rounds))));
    }
    if (out != null) {
      source.write(out, found.apply(source.matrix()), found.deltaAfter());
    }
    output.print(fields(slopes, found), text(slopes, found));
    return timeLimit != null
            && method == MethodOption.PROJECTION
            && found.status() == Perturbation.Status.BOUNDED
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

  private String text(SlopeBox slopes, Perturbation found) {
    return """
        weights     %s, %d x %d
        slopes      in [%s, %s]
        target      delta <= %s
        delta       in [%s, %s] before, in [%s, %s] after
        change      ||Delta||_F = %s; none below %s reaches the target
                    relative gap %.1e: %s
        method      %s, %d rounds, %.2f s
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
            found.rounds(),
            found.seconds(),
            file == null ? "nothing; -o OUT writes the stable weights" : file);
  }
}
