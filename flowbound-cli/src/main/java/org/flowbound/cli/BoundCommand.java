package org.flowbound.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.flowbound.certificate.CertificateFile;
import org.flowbound.field.SlopeBox;
import org.flowbound.io.UnusableFileException;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.CertifiedBound;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.ExpansivityBound;
import org.flowbound.stability.ExpansivityListener;
import org.flowbound.stability.WeightedBound;
import org.flowbound.stability.WeightedExpansivity;
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
      "  flowbound bound weights.csv --norm inf --weighted --json",
      "  flowbound bound weights.npy --weighted --final-time 10",
      "  flowbound bound weights.npy --slopes 0,0.25",
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
      names = "--slopes",
      paramLabel = "A,B",
      split = ",",
      description = {
        "The activation's slopes lie in [A, B], any interval of (-inf, inf), in place of --alpha;"
            + " such as -0.0998393201289,1.0998393201289 for SiLU."
      })
  @Range("(-inf, inf)")
  private @Nullable List<Double> ends;

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
            + " FILE' or anyone else to check."
      })
  private @Nullable Path certificate;

  @Option(
      names = "--weighted",
      description = {
        "Also seek a matrix S of weights for which cond(S) e^(delta T) is small, delta that of the norm"
            + " |Su|: another bound of the flow's expansion over [0, T]. S is diagonal or, in the"
            + " 2-norm and up to 128 equations, any symmetric positive definite matrix."
      })
  private boolean weighted;

  @Option(
      names = "--final-time",
      paramLabel = "T",
      description = {
        "The bounds of the flow's expansion are for [0, T], T in (0, inf) (default:"
            + " ${DEFAULT-VALUE})."
      })
  @Range("(0, inf)")
  private double finalTime = 1;

  @Mixin private ComputationOptions computation;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, UnusableFileException {
    SlopeBox slopes = slopes();
    Expansivity expansivity = Expansivity.of(weights.open().matrix(), slopes);
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
    Map<String, Object> fields = fields(bound);
    String text = text(bound);
    if (weighted) {
      WeightedBound improved =
          new WeightedExpansivity(expansivity, finalTime).improve(bound, options());
      fields.put("weighted", fields(improved));
      text += text(improved);
    }
    output.print(fields, text);
    return bound.exact() || !isLimited() ? ExitCode.DONE : ExitCode.LIMIT;
  }

  private ExpansivityBound certify(Expansivity expansivity, ExpansivityListener listener, Path file)
      throws IOException, UnusableFileException {
    CertifiedBound certified;
    try {
      certified = expansivity.certify(norm.norm(), options(), listener);
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

  private SlopeBox slopes() {
    List<Double> given = ends;
    if (given == null) {
      return SlopeBox.of(alpha);
    }
    if (given.size() != 2 || command.commandLine().getParseResult().hasMatchedOption("--alpha")) {
      throw new ParameterException(
          command.commandLine(), "--slopes takes two numbers, A,B, and no --alpha beside it");
    }
    return Usage.check(command, () -> new SlopeBox(given.get(0), given.get(1)));
  }

  private Map<String, Object> fields(ExpansivityBound bound) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("dimension", bound.dimension());
    fields.put("alpha", bound.slopes().lower());
    fields.put("beta", bound.slopes().upper());
    fields.put("norm", norm.toString());
    fields.put("lower", bound.lower());
    fields.put("upper", bound.upper());
    fields.put("exact", bound.exact());
    fields.put("nodes", bound.nodes());
    fields.put("seconds", bound.seconds());
    fields.put("vertex", bound.vertex());
    fields.put("lipschitz", bound.lipschitz(finalTime));
    if (certificate != null) {
      fields.put("certificate", certificate.toString());
    }
    return fields;
  }

  private String text(ExpansivityBound bound) {
    SlopeBox slopes = bound.slopes();
    long steep = Arrays.stream(bound.vertex()).filter(slope -> slope == slopes.upper()).count();
    return """
        weights     %s, %d x %d
        slopes      in [%s, %s]
        delta       in [%s, %s] in the %s-norm
                    %s
        flow        expands distances over [0, T] by at most e^(%s T); T = %s: %s
        vertex      %d slopes of %s and %d of %s attain the lower end
        search      %d nodes, %.2f s

        The upper end holds for the exact flow, not for a discretised network; %s
        """
        .formatted(
            weights.name(),
            bound.dimension(),
            bound.dimension(),
            slopes.lower(),
            slopes.upper(),
            Decimals.down(bound.lower()),
            Decimals.up(bound.upper()),
            norm,
            closure(bound),
            Decimals.up(bound.upper()),
            finalTime,
            Decimals.up(bound.lipschitz(finalTime)),
            steep,
            slopes.upper(),
            bound.dimension() - steep,
            slopes.lower(),
            bound.nodes(),
            bound.seconds(),
            rigour());
  }

  private String rigour() {
    return certificate == null
        ? "it was evaluated in\nfloating point with a margin for rounding."
        : "it is proved in real\narithmetic: flowbound verify " + certificate;
  }

  private Map<String, Object> fields(WeightedBound weighted) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("lower", weighted.bound().lower());
    fields.put("upper", weighted.bound().upper());
    fields.put("condition", weighted.condition());
    fields.put("lipschitz", weighted.lipschitz(finalTime));
    fields.put("weights", weighted.isDiagonal() ? weighted.diagonal() : rows(weighted.weights()));
    return fields;
  }

  private static double[][] rows(Matrix matrix) {
    double[][] rows = new double[matrix.rows()][matrix.columns()];
    for (int i = 0; i < rows.length; i++) {
      int row = i;
      Arrays.setAll(rows[i], j -> matrix.get(row, j));
    }
    return rows;
  }

  private String text(WeightedBound weighted) {
    return """

        weighted    delta in [%s, %s] in the norm |Su|, cond(S) = %s, %s
                    T = %s: the flow expands distances by at most cond(S) e^(delta T) = %s,
                    evaluated in floating point
        """
        .formatted(
            Decimals.down(weighted.bound().lower()),
            Decimals.up(weighted.bound().upper()),
            Decimals.up(weighted.condition()),
            weighted.isDiagonal() ? "S diagonal" : "S full",
            finalTime,
            Decimals.up(weighted.lipschitz(finalTime)));
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
