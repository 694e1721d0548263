package org.flowbound.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.flowbound.certification.CertifiedAccuracy;
import org.flowbound.certification.EmpiricalLipschitz;
import org.flowbound.certification.LipschitzBounds;
import org.flowbound.certification.RadiusCertificate;
import org.flowbound.data.Dataset;
import org.flowbound.io.UnusableFileException;
import org.flowbound.model.SavedModel;
import org.flowbound.network.Classifier;
import org.flowbound.parallel.Workers;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.ExpansivityBound;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flowbound certify}: certified accuracy. */
@Command(
    name = "certify",
    header = "Certifies a model's accuracy against perturbations.",
    description = {
      "%nStates how many test images are classified correctly, and provably so after any"
          + " perturbation whose Euclidean length is at most eps (in pixel units), by the Lipschitz"
          + " bound of the discrete network. The bound of the exact flow is stated beside it, and so"
          + " is the largest expansion found at the images, which no bound can fall below."
    },
    footer = "  flowbound certify stable.safetensors --dataset mnist --eps 0.1,0.3,0.5")
final class CertifyCommand extends HelpfulCommand {
  private static final int EMPIRICAL_IMAGES = 1000;
  private static final int POWER_ITERATIONS = 20;

  @Mixin private ModelArgument model;
  @Mixin private DatasetOptions data;

  @Option(
      names = "--eps",
      paramLabel = "E",
      split = ",",
      description = {
        "Radii in the 2-norm in pixel units, in [0, inf), separated by commas (default:"
            + " 0,0.1,0.2,0.3,0.5,1)."
      })
  @Range("[0, inf)")
  private List<Double> budgets = List.of(0.0, 0.1, 0.2, 0.3, 0.5, 1.0);

  @Mixin private ComputationOptions computation;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws UnusableFileException {
    Dataset dataset = data.load(output);
    SavedModel saved = model.read(dataset.name(), dataset.test());
    Classifier classifier = saved.classifier();
    try (Workers workers = new Workers(computation.threads())) {
      ExpansivityBound delta = delta(classifier);
      LipschitzBounds bounds = LipschitzBounds.of(classifier, delta.upper());
      double empirical =
          EmpiricalLipschitz.of(
              classifier,
              dataset.test().take(Math.min(EMPIRICAL_IMAGES, dataset.test().count())),
              POWER_ITERATIONS,
              computation.seed(),
              workers);
      CertifiedAccuracy accuracy =
          new RadiusCertificate(classifier, bounds)
              .accuracy(
                  dataset.test(),
                  budgets.stream().mapToDouble(Double::doubleValue).toArray(),
                  workers);
      output.print(
          fields(dataset, delta, accuracy, empirical), text(dataset, delta, accuracy, empirical));
    }
    return ExitCode.DONE;
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

  private Map<String, Object> fields(
      Dataset dataset, ExpansivityBound delta, CertifiedAccuracy accuracy, double empirical) {
    Map<String, Object> lipschitz = new LinkedHashMap<>();
    lipschitz.put("network", accuracy.networkLipschitz());
    lipschitz.put("flow", accuracy.flowLipschitz());
    lipschitz.put("empirical", empirical);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("model", model.file().toString());
    fields.put("dataset", dataset.name());
    fields.put("norm", "l2");
    fields.put("delta", delta.interval());
    fields.put("lipschitz", lipschitz);
    fields.put("results", accuracy.results());
    return fields;
  }

  private String text(
      Dataset dataset, ExpansivityBound delta, CertifiedAccuracy accuracy, double empirical) {
    StringBuilder text =
        new StringBuilder(
            """
            model       %s
            images      %d test images of %s
            delta       in [%s, %s]
            Lipschitz   u(0) to u(T), 2-norm: at most %s for the network, at most %s for the exact
                        flow; at least %s for the network, by its Jacobians at %d images

                eps   certified accuracy, 2-norm
            """
                .formatted(
                    model.file(),
                    dataset.test().count(),
                    dataset.name(),
                    Decimals.down(delta.lower()),
                    Decimals.up(delta.upper()),
                    Decimals.up(accuracy.networkLipschitz()),
                    Decimals.up(accuracy.flowLipschitz()),
                    Decimals.down(empirical),
                    Math.min(EMPIRICAL_IMAGES, dataset.test().count())));
    for (CertifiedAccuracy.Point point : accuracy.results()) {
      text.append("%7s   %6.2f %%\n".formatted(point.eps(), 100 * point.certifiedAccuracy()));
    }
    text.append(
        """

        The certificate speaks of the discrete network in real arithmetic; it was evaluated in
        double precision.
        """);
    return text.toString();
  }
}
