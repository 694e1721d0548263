package org.flowbound.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.flowbound.attack.Attack;
import org.flowbound.attack.Fgsm;
import org.flowbound.attack.Noise;
import org.flowbound.attack.PerturbationNorm;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.attack.RobustnessEvaluation;
import org.flowbound.data.Dataset;
import org.flowbound.io.UnusableFileException;
import org.flowbound.model.SavedModel;
import org.flowbound.parallel.Workers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flowbound attack}: accuracy under attack. */
@Command(
    name = "attack",
    header = "Measures a model's accuracy under attack.",
    description = {
      "%nPerturbs all test images within a budget eps, in pixel units (pixels lie in [0, 1], and so"
          + " do the perturbed ones), and counts those that are still classified correctly. fgsm is"
          + " one step along the gradient of the loss; noise is the random baseline of the same"
          + " size."
    },
    footer = {
      "  flowbound attack stable.safetensors --dataset mnist --eps 0,0.05,0.1",
      "  flowbound attack stable.safetensors --attack noise --norm l2 --eps 1 --json"
    })
final class AttackCommand extends HelpfulCommand {
  /** An attack as it is named on the command line. */
  private enum AttackOption {
    FGSM,
    NOISE;

    Attack of(PerturbationNorm norm, long seed) {
      return this == FGSM ? new Fgsm(norm) : new Noise(norm, seed);
    }

    @Override
    public String toString() {
      return this == FGSM ? "fgsm" : "noise";
    }
  }

  @Mixin private ModelArgument model;
  @Mixin private DatasetOptions data;

  @Option(
      names = "--attack",
      paramLabel = "A",
      description = "Attack: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private AttackOption attack = AttackOption.FGSM;

  @Option(
      names = "--norm",
      paramLabel = "P",
      description = {
        "Norm of the perturbations: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})."
      })
  private PerturbationNormOption norm = PerturbationNormOption.LINF;

  @Option(
      names = "--eps",
      paramLabel = "E",
      split = ",",
      description = {
        "Budgets in pixel units, in [0, inf), separated by commas (default: 0,0.01,0.02,0.03,0.05,"
            + "0.1,0.15,0.2)."
      })
  @Range("[0, inf)")
  private List<Double> budgets = List.of(0.0, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2);

  @Mixin private ComputationOptions computation;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws UnusableFileException {
    Dataset dataset = data.load(output);
    SavedModel saved = model.read(dataset.name(), dataset.test());
    double[] eps = budgets.stream().mapToDouble(Double::doubleValue).toArray();
    RobustnessCurve curve;
    try (Workers workers = new Workers(computation.threads());
        ProgressBar bar = output.progress()) {
      int[] done = new int[1];
      curve =
          new RobustnessEvaluation(saved.classifier(), dataset.test(), workers)
              .run(
                  attack.of(norm.norm(), computation.seed()),
                  eps,
                  point ->
                      bar.update(
                          (double) ++done[0] / eps.length,
                          "eps %s: %.2f %%".formatted(point.eps(), 100 * point.accuracy())));
    }
    output.print(fields(dataset, curve), text(dataset, curve));
    return ExitCode.DONE;
  }

  private Map<String, Object> fields(Dataset dataset, RobustnessCurve curve) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("model", model.file().toString());
    fields.put("dataset", dataset.name());
    fields.put("attack", curve.attack());
    fields.put("norm", curve.norm());
    fields.put(
        "results",
        curve.results().stream()
            .map(
                point -> {
                  Map<String, Object> row = new LinkedHashMap<>();
                  row.put("eps", point.eps());
                  row.put("accuracy", point.accuracy());
                  row.put("correct", point.correct());
                  row.put("total", point.total());
                  return row;
                })
            .toList());
    return fields;
  }

  private String text(Dataset dataset, RobustnessCurve curve) {
    StringBuilder text =
        new StringBuilder(
            """
            model       %s
            images      %d test images of %s
            attack      %s, %s

                eps   accuracy   correct
            """
                .formatted(
                    model.file(),
                    dataset.test().count(),
                    dataset.name(),
                    curve.attack(),
                    curve.norm()));
    for (RobustnessCurve.Point point : curve.results()) {
      text.append(
          "%7s   %6.2f %%   %d\n".formatted(point.eps(), 100 * point.accuracy(), point.correct()));
    }
    return text.toString();
  }
}
