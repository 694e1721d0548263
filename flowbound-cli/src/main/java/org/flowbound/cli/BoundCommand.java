package org.flowbound.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.flowbound.certificate.CertificateFile;
import org.flowbound.field.SlopeBox;
import org.flowbound.io.UnusableFileException;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.CertifiedBound;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.ExpansivityBound;
import org.flowbound.stability.ExpansivityListener;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code flowbound bound}: the certified interval of δ. */
@Command(
    name = "bound",
    header = "Bounds the expansivity delta of a neural ODE.",
    description = {
      "%nPrints an interval that holds delta(A), the maximum of the logarithmic norm of DA over all"
          + " diagonal D with entries in [alpha, 1]. The flow of u' = s(Au + b) expands distances"
          + " over [0, T] by at most e^(delta T). In the 2-norm the interval is closed by branch"
          + " and bound; in the other norms there is a closed form."
    },
    footer = {
      "  flowbound bound weights.npy",
      "  flowbound bound model.safetensors#ode.weight --alpha 0.25 --time-limit 60",
      "  flowbound bound weights.csv --norm inf --json",
      "  flowbound bound weights.npy --certificate proof.json"
    })
final class BoundCommand extends HelpfulCommand {
  @Spec private CommandSpec command;

  @Mixin private WeightsArgument weights;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      description = "Smallest slope of the activation, in [0, 1] (default: ${DEFAULT-VALUE}).")
  @Range("[0, 1]")
  private double alpha = 0.1;

  @Option(
      names = "--norm",
      paramLabel = "P",
      description = "Norm: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private NormOption norm = NormOption.TWO;

  @Option(
      names = "--tol",
      paramLabel = "E",
      description = {
        "The interval is closed when it is no wider than E times max(1, |upper|); E in [0, 1)"
            + " (default: ${DEFAULT-VALUE})."
      })
  @Range("[0, 1)")
  private double tolerance = 1e-6;

  @Option(
      names = "--time-limit",
      paramLabel = "S",
      description = {
        "Stop after about S seconds, with exit code 5 if the interval is still open. Without any"
            + " limit given it is 10 seconds, and the exit code is 0."
      })
  @Range("[0, inf)")
  private @Nullable Double timeLimit;

  @Option(
      names = "--node-limit",
      paramLabel = "N",
      description =
          "Stop after N nodes of the search tree, N in [1, inf), with exit code 5 likewise.")
  @Range("[1, inf)")
  private @Nullable Long nodeLimit;

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      description = {
        "Prove the upper end in real arithmetic, and write the proof to FILE, for 'flowbound verify"
            + " FILE' or anyone else to check; in the 2-norm only."
      })
  private @Nullable Path certificate;

  @Mixin private ComputationOptions computation;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, UnusableFileException {
    if (certificate != null && norm != NormOption.TWO) {
      throw new ParameterException(
          command.commandLine(),
          "--certificate needs --norm 2: there are no certificates for the %s-norm"
              .formatted(norm));
    }
    Expansivity expansivity = Expansivity.of(weights.open().matrix(), SlopeBox.of(alpha));
    ExpansivityBound bound;
    try (ProgressBar progress = output.progress()) {
      ExpansivityListener listener =
          (lower, upper, nodes) ->
              progress.update(
                  "delta in [%s, %s], %d nodes"
                      .formatted(Decimals.down(lower), Decimals.up(upper), nodes));
      bound =
          certificate == null
              ? expansivity.bound(norm.norm(), options(), listener)
              : certify(expansivity, listener, certificate);
    }
    output.print(fields(bound), text(bound));
    return bound.exact() || !isLimited() ? ExitCode.DONE : ExitCode.LIMIT;
  }

  private ExpansivityBound certify(Expansivity expansivity, ExpansivityListener listener, Path file)
      throws IOException, UnusableFileException {
    CertifiedBound certified;
    try {
      certified = expansivity.certify(options(), listener);
    } catch (ArithmeticException overflow) {
      throw new UnusableFileException(
          Path.of(weights.name()),
          "holds weights that are too large for a proof in floating point: scale them",
          overflow);
    }
    CertificateFile.write(file, certified.certificate());
    return certified.bound();
  }

  private boolean isLimited() {
    return timeLimit != null || nodeLimit != null;
  }

  private BoundOptions options() {
    BoundOptions options =
        BoundOptions.defaults()
            .withTolerance(tolerance)
            .withSeed(computation.seed())
            .withThreads(computation.threads());
    if (isLimited()) {
      double seconds = timeLimit == null ? Double.POSITIVE_INFINITY : timeLimit;
      options =
          options
              .withTimeLimit(Duration.ofNanos((long) (1e9 * seconds)))
              .withNodeLimit(nodeLimit == null ? Long.MAX_VALUE : nodeLimit);
    }
    return options;
  }

  private Map<String, Object> fields(ExpansivityBound bound) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("dimension", bound.dimension());
    fields.put("alpha", alpha);
    fields.put("norm", norm.toString());
    fields.put("lower", bound.lower());
    fields.put("upper", bound.upper());
    fields.put("exact", bound.exact());
    fields.put("nodes", bound.nodes());
    fields.put("seconds", bound.seconds());
    fields.put("vertex", bound.vertex());
    fields.put("lipschitz", bound.lipschitz(1));
    if (certificate != null) {
      fields.put("certificate", certificate.toString());
    }
    return fields;
  }

  private String text(ExpansivityBound bound) {
    long steep = Arrays.stream(bound.vertex()).filter(slope -> slope == 1).count();
    return """
        weights     %s, %d x %d
        slopes      in [%s, 1]
        delta       in [%s, %s] in the %s-norm
                    %s
        flow        expands distances over [0, T] by at most e^(%s T); T = 1: %s
        vertex      %d slopes of 1 and %d of %s attain the lower end
        search      %d nodes, %.2f s

        The upper end holds for the exact flow, not for a discretised network; %s
        """
        .formatted(
            weights.name(),
            bound.dimension(),
            bound.dimension(),
            alpha,
            Decimals.down(bound.lower()),
            Decimals.up(bound.upper()),
            norm,
            closure(bound),
            Decimals.up(bound.upper()),
            Decimals.up(bound.lipschitz(1)),
            steep,
            bound.dimension() - steep,
            alpha,
            bound.nodes(),
            bound.seconds(),
            rigour());
  }

  private String rigour() {
    return certificate == null
        ? "it was evaluated in\nfloating point with a margin for rounding."
        : "it is proved in real\narithmetic: flowbound verify " + certificate;
  }

  private String closure(ExpansivityBound bound) {
    return bound.exact()
        ? "closed to the tolerance %s".formatted(tolerance)
        : "still open: %.1e wide, tolerance %s%s"
            .formatted(
                bound.upper() - bound.lower(),
                tolerance,
                bound.nodes() == 0 ? "" : "; a longer --time-limit narrows it");
  }
}
