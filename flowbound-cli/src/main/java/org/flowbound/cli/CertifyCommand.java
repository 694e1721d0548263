package org.flowbound.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.flowbound.attack.Attack;
import org.flowbound.attack.Fgsm;
import org.flowbound.attack.Pgd;
import org.flowbound.certification.EmpiricalLipschitz;
import org.flowbound.certification.LipschitzBounds;
import org.flowbound.data.Dataset;
import org.flowbound.data.LabeledImages;
import org.flowbound.io.AtomicFile;
import org.flowbound.io.UnusableFileException;
import org.flowbound.model.SavedModel;
import org.flowbound.network.Classifier;
import org.flowbound.parallel.Workers;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.ExpansivityBound;
import org.flowbound.verification.Answer;
import org.flowbound.verification.RobustnessCertification;
import org.flowbound.verification.SampleVerdict;
import org.flowbound.verification.VerificationMethod;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flowbound certify}: certified accuracy. */
@Command(
    name = "certify",
    header = "Certifies a model's accuracy against perturbations.",
    description = {
      "%nStates how many test images are classified correctly, and provably so after any"
          + " perturbation of size at most eps (in pixel units). lipschitz divides the margin by"
          + " bounds that hold everywhere; local bounds the slopes of the activation in an"
          + " ellipsoid around each image's path; reach follows the set of all states that images"
          + " with pixels in [0, 1] lead to. Each method is tried where those before it fail, so"
          + " that the last one's accuracy is that of all of them. Images for which FGSM or PGD"
          + " finds a counterexample are counted too; what is left is unknown."
    },
    footer = {
      "  flowbound certify stable.safetensors --dataset mnist --eps 0.1,0.3,0.5",
      "  flowbound certify stable.safetensors --norm linf --method reach --csv verdicts.csv"
    })
final class CertifyCommand extends HelpfulCommand {
  private static final int EMPIRICAL_IMAGES = 1000;
  private static final int POWER_ITERATIONS = 20;
  private static final int DEFAULT_LIMIT = 1000;

  /** A method as it is named on the command line. */
  private enum MethodOption {
    LIPSCHITZ(VerificationMethod.LIPSCHITZ),
    LOCAL(VerificationMethod.LOCAL),
    REACH(VerificationMethod.REACH);

    private final VerificationMethod method;

    MethodOption(VerificationMethod method) {
      this.method = method;
    }

    @Override
    public String toString() {
      return method.id();
    }
  }

  @Mixin private ModelArgument model;
  @Mixin private DatasetOptions data;

  @Option(
      names = "--norm",
      paramLabel = "P",
      description = {
        "Norm of the perturbations: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})."
      })
  private PerturbationNormOption norm = PerturbationNormOption.L2;

  @Option(
      names = "--eps",
      paramLabel = "E",
      split = ",",
      description = {
        "Radii in pixel units, in [0, inf), separated by commas (default: 0,0.1,0.2,0.3,0.5,1 for"
            + " l2, 0,0.01,0.02,0.03,0.05,0.1 for linf)."
      })
  @Range("[0, inf)")
  private @Nullable List<Double> budgets;

  @Option(
      names = "--method",
      paramLabel = "M",
      description = {
        "The last method to be tried: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}, in"
            + " seconds on all images; the others prove more and take milliseconds for an image and"
            + " eps)."
      })
  private MethodOption method = MethodOption.LIPSCHITZ;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = {
        "Certify the first N test images only, N in [1, inf) (default: all with the method"
            + " lipschitz, else 1000)."
      })
  @Range("[1, inf)")
  private @Nullable Integer limit;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Write what is known of each image to a table.")
  private @Nullable Path csv;

  @Mixin private ComputationOptions computation;
  @Mixin private OutputOptions output;

  /** The result, as it is printed. */
  private record Findings(
      Dataset dataset,
      LabeledImages images,
      double[] eps,
      ExpansivityBound delta,
      LipschitzBounds bounds,
      double empirical,
      List<SampleVerdict> verdicts,
      double seconds) {
    double share(double eps, Answer answer) {
      return (double) verdicts.stream().filter(verdict -> verdict.at(eps) == answer).count()
          / verdicts.size();
    }

    double certified(double eps, VerificationMethod method) {
      return RobustnessCertification.certifiedAccuracy(verdicts, method, new double[] {eps}).get(0);
    }
  }

  @Override
  public Integer call() throws IOException, UnusableFileException {
    Dataset dataset = data.load(output);
    SavedModel saved = model.read(dataset.name(), dataset.test());
    Classifier classifier = saved.classifier();
    int most =
        limit != null
            ? limit
            : method == MethodOption.LIPSCHITZ ? Integer.MAX_VALUE : DEFAULT_LIMIT;
    LabeledImages images = dataset.test().take(Math.min(most, dataset.test().count()));
    double[] eps = eps().stream().mapToDouble(Double::doubleValue).toArray();
    try (Workers workers = new Workers(computation.threads())) {
      ExpansivityBound delta = delta(classifier);
      LipschitzBounds bounds = LipschitzBounds.of(classifier, delta.upper());
      double empirical =
          EmpiricalLipschitz.of(
              classifier,
              images.take(Math.min(EMPIRICAL_IMAGES, images.count())),
              POWER_ITERATIONS,
              computation.seed(),
              workers);
      long start = System.nanoTime();
      List<SampleVerdict> verdicts;
      try (ProgressBar bar = output.progress()) {
        verdicts =
            new RobustnessCertification(classifier, bounds, images, workers)
                .run(
                    norm.norm(),
                    eps,
                    method.method,
                    attacks(),
                    (done, total) ->
                        bar.update(
                            (double) done / total, "%d of %d images".formatted(done, total)));
      }
      double seconds = (double) (System.nanoTime() - start) / TimeUnit.SECONDS.toNanos(1);
      Findings findings =
          new Findings(dataset, images, eps, delta, bounds, empirical, verdicts, seconds);
      if (csv != null) {
        String table = table(verdicts);
        AtomicFile.write(csv, content -> content.write(table.getBytes(StandardCharsets.UTF_8)));
      }
      output.print(fields(findings), text(findings));
    }
    return ExitCode.DONE;
  }

  private List<Double> eps() {
    if (budgets != null) {
      return budgets;
    }
    return norm == PerturbationNormOption.L2
        ? List.of(0.0, 0.1, 0.2, 0.3, 0.5, 1.0)
        : List.of(0.0, 0.01, 0.02, 0.03, 0.05, 0.1);
  }

  private List<Attack> attacks() {
    return List.of(new Fgsm(norm.norm()), Pgd.of(norm.norm(), computation.seed()));
  }

  private List<VerificationMethod> methods() {
    return Stream.of(VerificationMethod.values())
        .filter(each -> each.compareTo(method.method) <= 0)
        .toList();
  }

  private ExpansivityBound delta(Classifier classifier) {
    try (ProgressBar bar = output.progress()) {
      return Expansivity.of(classifier.odeWeight(), classifier.architecture().activation().slopes())
          .bound(
              BoundOptions.defaults()
                  .withSeed(computation.seed())
                  .withThreads(computation.threads()),
              (lower, upper, nodes) ->
                  bar.update(
                      "delta in [%s, %s], %d nodes"
                          .formatted(Decimals.down(lower), Decimals.up(upper), nodes)));
    }
  }

  private String table(List<SampleVerdict> verdicts) {
    StringBuilder table = new StringBuilder("image,label,lipschitz_radius");
    for (VerificationMethod each : methods()) {
      table.append(",certified_").append(each.id());
    }
    table.append(",refuted,refuted_as\n");
    for (SampleVerdict verdict : verdicts) {
      table.append(
          "%d,%d,%s".formatted(verdict.index(), verdict.label(), verdict.lipschitzRadius()));
      for (VerificationMethod each : methods()) {
        double largest = verdict.certified().getOrDefault(each, Double.NaN);
        table.append(',').append(Double.isNaN(largest) ? "" : Double.toString(largest));
      }
      SampleVerdict.Counterexample found = verdict.counterexample();
      table.append(found.label() < 0 ? ",,\n" : ",%s,%d\n".formatted(found.eps(), found.label()));
    }
    return table.toString();
  }

  private Map<String, Object> fields(Findings findings) {
    Map<String, Object> lipschitz = new LinkedHashMap<>();
    lipschitz.put("network", findings.bounds().network());
    lipschitz.put("flow", findings.bounds().flow());
    lipschitz.put("empirical", findings.empirical());
    lipschitz.put("maximumNorm", findings.bounds().maximum());
    List<Map<String, Object>> results = new ArrayList<>();
    for (double eps : findings.eps()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("eps", eps);
      row.put("certifiedAccuracy", findings.certified(eps, method.method));
      for (VerificationMethod each : methods()) {
        row.put(each.id(), findings.certified(eps, each));
      }
      row.put("refuted", findings.share(eps, Answer.NOT_ROBUST));
      row.put("unknown", findings.share(eps, Answer.UNKNOWN));
      results.add(row);
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("model", model.file().toString());
    fields.put("dataset", findings.dataset().name());
    fields.put("images", findings.images().count());
    fields.put("norm", norm.toString());
    fields.put("method", method.toString());
    fields.put("delta", findings.delta().interval());
    fields.put("lipschitz", lipschitz);
    fields.put("results", results);
    fields.put("seconds", findings.seconds());
    return fields;
  }

  private String text(Findings findings) {
    StringBuilder text =
        new StringBuilder(
            """
            model       %s
            images      the first %d of %d test images of %s
            delta       in [%s, %s]
            Lipschitz   u(0) to u(T), 2-norm: at most %s for the network, at most %s for the exact
                        flow; at least %s for the network, by its Jacobians at the images
            seconds     %s

            share of images in %%, %s: certified by each method and those before it, refuted by FGSM
            or PGD, neither
            """
                .formatted(
                    model.file(),
                    findings.images().count(),
                    findings.dataset().test().count(),
                    findings.dataset().name(),
                    Decimals.down(findings.delta().lower()),
                    Decimals.up(findings.delta().upper()),
                    Decimals.up(findings.bounds().network()),
                    Decimals.up(findings.bounds().flow()),
                    Decimals.down(findings.empirical()),
                    "%.1f".formatted(findings.seconds()),
                    norm));
    text.append("%7s".formatted("eps"));
    for (VerificationMethod each : methods()) {
      text.append("%11s".formatted(each.id()));
    }
    text.append("%11s%11s\n".formatted("refuted", "unknown"));
    for (double eps : findings.eps()) {
      text.append("%7s".formatted(eps));
      for (VerificationMethod each : methods()) {
        text.append(percent(findings.certified(eps, each)));
      }
      text.append(percent(findings.share(eps, Answer.NOT_ROBUST)));
      text.append(percent(findings.share(eps, Answer.UNKNOWN))).append('\n');
    }
    text.append(
        """

        The certificates speak of the discrete network in real arithmetic, and hold whatever the
        rounding errors of their own evaluation are.
        """);
    return text.toString();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%11.2f", 100 * share);
  }
}
