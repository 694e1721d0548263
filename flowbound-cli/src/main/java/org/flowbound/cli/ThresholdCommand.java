package org.flowbound.cli;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.flowbound.field.SlopeBox;
import org.flowbound.io.UnusableFileException;
import org.flowbound.model.WeightsFile;
import org.flowbound.stability.ContractivityThreshold;
import org.flowbound.stability.GradientSystemThreshold;
import org.flowbound.stability.ThresholdBracket;
import org.flowbound.stability.ThresholdBracket.Status;
import org.flowbound.stability.ThresholdOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flowbound threshold}: the contractivity threshold. */
@Command(
    name = "threshold",
    header = "Finds the smallest slope for which a flow is contractive.",
    description = {
      "%nPrints an interval that holds alpha*, the smallest alpha in (0, 1) with delta(A) at most"
          + " the level for all activations with slopes in [alpha, 1]. At level 0 their flows do not"
          + " expand distances; at level C they do by at most e^(C T) over [0, T].",
      "%n[alpha*, 1] is the largest interval of slopes for which the flow keeps the level; for a model"
          + " file it is also said whether the slopes of its activation lie in it."
    },
    footer = {
      "  flowbound threshold weights.npy",
      "  flowbound threshold model.safetensors --level -0.5 --tol 1e-9 --json",
      "  flowbound threshold weights.npy --baseline"
    })
final class ThresholdCommand extends HelpfulCommand {
  @Mixin private WeightsArgument weights;

  @Option(
      names = "--level",
      paramLabel = "C",
      description = "The value that delta must not exceed (default: ${DEFAULT-VALUE}).")
  @Range("(-inf, inf)")
  private double level = 0;

  @Option(
      names = "--tol",
      paramLabel = "E",
      description = {
        "The interval is closed when it is no wider than E, in (0, 1) (default:"
            + " ${DEFAULT-VALUE})."
      })
  @Range("(0, 1)")
  private double tolerance = 1e-6;

  @Option(
      names = "--time-limit",
      paramLabel = "S",
      description = {
        "Stop after about S seconds, in [0, inf), with exit code 5 if the interval is still open."
            + " Without it the limit is 30 seconds, and the exit code is 0."
      })
  @Range("[0, inf)")
  private @Nullable Double timeLimit;

  @Option(
      names = "--baseline",
      description = {
        "Also report what the gradient system of Guglielmi and others (arXiv 2402.13092) ends with,"
            + " which certifies nothing."
      })
  private boolean baseline;

  @Mixin private ComputationOptions computation;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws UnusableFileException {
    WeightsFile source = weights.open();
    ThresholdBracket bracket;
    try (ProgressBar progress = output.progress()) {
      bracket =
          new ContractivityThreshold(source.matrix(), level)
              .bracket(
                  options(),
                  (lower, upper, evaluations) ->
                      progress.update(
                          "alpha* in [%s, %s], %d bounds of delta"
                              .formatted(Decimals.down(lower), Decimals.up(upper), evaluations)));
    }
    Map<String, Object> fields = fields(source, bracket);
    String text = text(source, bracket);
    if (baseline) {
      OptionalDouble found =
          GradientSystemThreshold.of(new ContractivityThreshold(source.matrix(), level), tolerance);
      fields.put("gradientSystem", found.isPresent() ? found.getAsDouble() : null);
      text +=
          "\nbaseline    the gradient system ends with %s, which certifies nothing\n"
              .formatted(found.isPresent() ? "alpha* = " + found.getAsDouble() : "no threshold");
    }
    output.print(fields, text);
    return bracket.isExact() || timeLimit == null ? ExitCode.DONE : ExitCode.LIMIT;
  }

  private ThresholdOptions options() {
    ThresholdOptions options =
        ThresholdOptions.defaults()
            .withTolerance(tolerance)
            .withSeed(computation.seed())
            .withThreads(computation.threads());
    return timeLimit == null
        ? options
        : options.withTimeLimit(Duration.ofNanos((long) (1e9 * timeLimit)));
  }

  private static boolean hasThreshold(ThresholdBracket bracket) {
    return bracket.status() != Status.ALWAYS && bracket.status() != Status.NEVER;
  }

  private Map<String, Object> fields(WeightsFile source, ThresholdBracket bracket) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("dimension", source.matrix().rows());
    fields.put("level", bracket.level());
    if (hasThreshold(bracket)) {
      fields.put("alphaLower", bracket.alphaLower());
      fields.put("alphaUpper", bracket.alphaUpper());
    } else {
      fields.put("contractive", bracket.status().name().toLowerCase(Locale.ROOT));
    }
    fields.put("exact", bracket.isExact());
    fields.put("evaluations", bracket.evaluations());
    fields.put("seconds", bracket.seconds());
    return fields;
  }

  private String text(WeightsFile source, ThresholdBracket bracket) {
    return """
        weights     %s, %d x %d
        level       delta at most %s
        alpha*      %s
                    %s
        %ssearch      %d bounds of delta, %.2f s

        The threshold is that of the exact flow, not of a discretised network; it was evaluated in
        floating point with a margin for rounding.
        """
        .formatted(
            weights.name(),
            source.matrix().rows(),
            source.matrix().rows(),
            bracket.level(),
            threshold(bracket),
            closure(bracket),
            activation(source.slopes(), bracket),
            bracket.evaluations(),
            bracket.seconds());
  }

  private static String threshold(ThresholdBracket bracket) {
    return switch (bracket.status()) {
      case ALWAYS -> "does not lie in (0, 1): the level is always kept";
      case NEVER -> "does not lie in (0, 1): the level is never kept";
      case EXACT, BOUNDED ->
          "in [%s, %s]"
              .formatted(Decimals.down(bracket.alphaLower()), Decimals.up(bracket.alphaUpper()));
    };
  }

  private String closure(ThresholdBracket bracket) {
    return switch (bracket.status()) {
      case ALWAYS -> "it is kept with any slopes in [0, 1]";
      case NEVER -> "it is exceeded even if all slopes are 1";
      case EXACT -> "closed to the tolerance %s".formatted(tolerance);
      case BOUNDED ->
          "still open: %.1e wide, tolerance %s; a longer --time-limit narrows it"
              .formatted(bracket.interval().width(), tolerance);
    };
  }

  /** What the threshold says of the activation of a model; nothing where there is none. */
  private static String activation(Optional<SlopeBox> slopes, ThresholdBracket bracket) {
    return slopes
        .filter(box -> hasThreshold(bracket) && box.upper() == 1)
        .map(
            box ->
                "activation  slopes in [%s, 1]: %s\n"
                    .formatted(
                        box.lower(),
                        box.lower() >= bracket.alphaUpper()
                            ? "the model keeps the level"
                            : box.lower() < bracket.alphaLower()
                                ? "the level is not kept for all such slopes"
                                : "undecided"))
        .orElse("");
  }
}
