package org.flowbound.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.flowbound.attack.Attack;
import org.flowbound.attack.AttackKind;
import org.flowbound.attack.AttackSettings;
import org.flowbound.attack.AttackedImages;
import org.flowbound.attack.PerturbationNorm;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.attack.RobustnessEvaluation;
import org.flowbound.attack.SanityCheck;
import org.flowbound.attack.SanityChecks;
import org.flowbound.attack.Transfer;
import org.flowbound.data.Dataset;
import org.flowbound.io.AtomicFile;
import org.flowbound.io.UnusableFileException;
import org.flowbound.model.SavedModel;
import org.flowbound.network.Classifier;
import org.flowbound.parallel.Workers;
import org.flowbound.report.AttackCsv;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code flowbound attack}: accuracy under attack. */
@Command(
    name = "attack",
    header = "Measures a model's accuracy under attack.",
    description = {
      "%nPerturbs all test images within a budget eps, in pixel units (pixels lie in [0, 1], and so"
          + " do the perturbed ones), and counts those that are still classified correctly.%n",
      "By gradients: fgsm (one step), bim, pgd, mi-fgsm, apgd-ce, apgd-dlr, apgd-t (targeted). By"
          + " logits alone: square, noise, boundary-noise. autoattack is apgd-ce, apgd-t, fab-t and"
          + " square, one after the other on what is left. deepfool, fab, fab-t, cw (l2 only) and"
          + " boundary-noise look for the smallest perturbation, once for all eps.%n",
      "Corruptions: gaussian-noise, shot-noise, blur, contrast, brightness, rotation, shift; for"
          + " these eps is the severity: a standard deviation, the grain, pixels, the share of"
          + " contrast lost, the added brightness, radians, pixels.%n",
      "--source attacks another model and tries on this one what it finds; --sanity checks that the"
          + " model does not just hide its gradients."
    },
    footer = {
      "  flowbound attack stable.safetensors --dataset mnist --eps 0,0.05,0.1",
      "  flowbound attack stable.safetensors --attack pgd --restarts 5 --norm l2 --eps 1 --json",
      "  flowbound attack stable.safetensors --attack autoattack --test-limit 1000 --eps 0.1",
      "  flowbound attack stable.safetensors --attack pgd --source other.safetensors --eps 0.1",
      "  flowbound attack stable.safetensors --sanity"
    })
final class AttackCommand extends HelpfulCommand {
  private static final int SANITY_IMAGES = 500;

  @Spec private CommandSpec command;

  @Mixin private ModelArgument model;
  @Mixin private DatasetOptions data;

  @Option(
      names = "--attack",
      paramLabel = "A",
      description = "Attack: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private AttackKind attack = AttackKind.FGSM;

  @Option(
      names = "--norm",
      paramLabel = "P",
      description = {
        "Norm of the perturbations: ${COMPLETION-CANDIDATES} (default: linf, l2 for cw)."
      })
  private @Nullable PerturbationNormOption norm;

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

  @Mixin private AttackParameters parameters;

  @Option(
      names = "--source",
      paramLabel = "MODEL",
      description = {
        "Another model, for the same images: fgsm, bim, pgd or mi-fgsm (100 iterations by default)"
            + " attack that one, and this one is shown what they make."
      })
  private @Nullable Path source;

  @Option(
      names = "--sanity",
      description = {
        "Instead of an attack, run the checks against false robustness, on the first 500 test"
            + " images unless --test-limit says otherwise; exit code 4 if one fails."
      })
  private boolean sanity;

  @Option(
      names = "--csv",
      paramLabel = "F.csv",
      description = "Write the result for every image and eps into this file.")
  private @Nullable Path csv;

  @Option(
      names = "--examples",
      paramLabel = "F.npz",
      description = {
        "Write the images and their perturbed twins at the largest eps into this file (arrays"
            + " original, perturbed, label, prediction, correct, eps)."
      })
  private @Nullable Path examples;

  @Mixin private ComputationOptions computation;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, UnusableFileException {
    Attack chosen = sanity ? null : Usage.check(command, this::withoutSource);
    if (sanity && (source != null || csv != null || examples != null)) {
      throw new ParameterException(
          command.commandLine(), "--sanity goes with none of --source, --csv and --examples");
    }
    if (examples != null && !examples.toString().endsWith(".npz")) {
      throw new ParameterException(
          command.commandLine(), "--examples needs a name that ends in .npz, not " + examples);
    }
    Dataset dataset = data.load(output);
    SavedModel saved = model.read(dataset.name(), dataset.test());
    if (chosen == null) {
      return sanity(dataset, saved.classifier());
    }
    if (source != null) {
      chosen = withSource(dataset);
    }
    RobustnessCurve curve = run(chosen, dataset, saved.classifier());
    output.print(fields(dataset, curve), text(dataset, curve));
    return ExitCode.DONE;
  }

  private @Nullable PerturbationNorm norm() {
    return norm == null ? null : norm.norm();
  }

  private AttackSettings settings() {
    return parameters.settings(computation.seed());
  }

  private Attack withoutSource() {
    return source == null ? attack.of(norm(), settings()) : attack.onSource(norm(), settings());
  }

  private Attack withSource(Dataset dataset) throws UnusableFileException {
    Classifier other =
        ModelArgument.read(Objects.requireNonNull(source), dataset.name(), dataset.test())
            .classifier();
    return Usage.check(command, () -> new Transfer(attack.onSource(norm(), settings()), other));
  }

  private RobustnessCurve run(Attack chosen, Dataset dataset, Classifier classifier)
      throws IOException {
    double[] eps = budgets.stream().mapToDouble(Double::doubleValue).toArray();
    RobustnessCurve curve;
    Findings findings;
    try (Workers workers = new Workers(computation.threads());
        ProgressBar bar = output.progress()) {
      RobustnessEvaluation evaluation =
          new RobustnessEvaluation(classifier, dataset.test(), workers);
      findings = new Findings(chosen, eps.length, bar);
      curve = Usage.check(command, () -> evaluation.run(chosen, eps, findings));
    }
    findings.write();
    return curve;
  }

  /** Shows how far an attack is, and keeps what is to be written. */
  private final class Findings implements RobustnessEvaluation.Listener {
    private final Attack chosen;
    private final int budgets;
    private final ProgressBar bar;
    private final StringBuilder rows = new StringBuilder();
    private @Nullable AttackedImages largest;
    private final AtomicInteger points = new AtomicInteger();

    Findings(Attack chosen, int budgets, ProgressBar bar) {
      this.chosen = chosen;
      this.budgets = budgets;
      this.bar = bar;
    }

    @Override
    public void point(RobustnessCurve.Point point) {
      bar.update(
          (double) points.incrementAndGet() / budgets,
          "eps %s: %.2f %%".formatted(point.eps(), 100 * point.accuracy()));
    }

    @Override
    public void attacked(AttackedImages result) {
      if (csv != null) {
        rows.append(AttackCsv.rows(chosen.id(), chosen.measure(), result));
      }
      if (examples != null && (largest == null || result.eps() >= largest.eps())) {
        largest = result;
      }
    }

    @Override
    public void progress(double eps, int done, int all) {
      double share = (double) done / all;
      if (Double.isNaN(eps)) {
        bar.update(share, "image %d of %d".formatted(done, all));
      } else {
        bar.update(
            (points.get() + share) / budgets, "eps %s: image %d of %d".formatted(eps, done, all));
      }
    }

    void write() throws IOException {
      if (csv != null) {
        byte[] content = (AttackCsv.header() + rows).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(csv, out -> out.write(content));
      }
      if (examples != null && largest != null) {
        AttackExamples.of(largest).write(examples);
      }
    }
  }

  private int sanity(Dataset dataset, Classifier classifier) {
    List<SanityCheck> checks;
    try (Workers workers = new Workers(computation.threads());
        ProgressBar bar = output.progress()) {
      checks =
          new SanityChecks(
                  classifier,
                  data.testLimit() != null
                      ? dataset.test()
                      : dataset.test().take(Math.min(SANITY_IMAGES, dataset.test().count())),
                  norm == null ? PerturbationNorm.LINF : norm.norm(),
                  computation.seed(),
                  workers)
              .run((check, done, all) -> bar.update((double) done / all, check.name()));
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("model", model.file().toString());
    fields.put("dataset", dataset.name());
    fields.put("passed", checks.stream().allMatch(SanityCheck::passed));
    fields.put("checks", checks);
    StringBuilder text = new StringBuilder();
    for (SanityCheck check : checks) {
      text.append(
          "%-6s  %s\n        %s\n"
              .formatted(check.passed() ? "passed" : "FAILED", check.name(), check.detail()));
    }
    output.print(fields, text.toString());
    return checks.stream().allMatch(SanityCheck::passed) ? ExitCode.DONE : ExitCode.REFUSED;
  }

  private Map<String, Object> fields(Dataset dataset, RobustnessCurve curve) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("model", model.file().toString());
    fields.put("dataset", dataset.name());
    fields.put("attack", curve.attack());
    if (source != null) {
      fields.put("source", source.toString());
      fields.put("sourceAttack", attack.id());
    }
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
                    source == null
                        ? curve.attack()
                        : "%s of %s from %s".formatted(curve.attack(), attack.id(), source),
                    curve.norm()));
    for (RobustnessCurve.Point point : curve.results()) {
      text.append(
          "%7s   %6.2f %%   %d\n".formatted(point.eps(), 100 * point.accuracy(), point.correct()));
    }
    return text.toString();
  }
}
