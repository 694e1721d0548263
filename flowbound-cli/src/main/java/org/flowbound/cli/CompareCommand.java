package org.flowbound.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.flowbound.attack.AttackKind;
import org.flowbound.attack.PerturbationNorm;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.attack.SanityCheck;
import org.flowbound.comparison.ComparisonListener;
import org.flowbound.comparison.ComparisonOptions;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.comparison.ModelFolder;
import org.flowbound.comparison.ReplicatedComparison;
import org.flowbound.data.Dataset;
import org.flowbound.io.UnusableFileException;
import org.flowbound.report.ComparisonJson;
import org.flowbound.report.ComparisonTable;
import org.flowbound.report.Report;
import org.flowbound.report.Verdict;
import org.flowbound.training.DivergenceException;
import org.flowbound.training.TrainingListener;
import org.flowbound.training.TrainingOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code flowbound compare}: the main job. */
@Command(
    name = "compare",
    header = "Shows what stability buys: classical and stabilised networks, attacked alike.",
    description = {
      "%nTrains a classical neural ODE classifier and, for every target, stabilised ones whose"
          + " certified delta is at most the target; each without and with a bound on the spectral"
          + " norms of the linear layers. Attacks all of them alike, checks that none just hides its"
          + " gradients, prints the table, and writes a report folder: report.html, results.json,"
          + " results.csv, charts, and the models."
    },
    footer = {
      "  flowbound compare",
      "  flowbound compare --seeds 1,2,3,4,5",
      "  flowbound compare --dataset mnist --target -0.5,-1 --linear-norm 3 -o mnist-report"
    })
final class CompareCommand extends HelpfulCommand {
  @Spec private CommandSpec command;

  @Mixin private DatasetOptions data;

  @Option(
      names = "--target",
      paramLabel = "T",
      split = ",",
      description = {
        "Values that the certified delta of the stabilised networks must not exceed, separated by"
            + " commas; may be negative (default: -0.5,-1)."
      })
  @Range("(-inf, inf)")
  private List<Double> targets = List.of(-0.5, -1.0);

  @Option(
      names = "--linear-norm",
      paramLabel = "K",
      description = {
        "Bound on the spectral norms of both linear layers of the second network of each kind, in"
            + " (0, inf) (default: ${DEFAULT-VALUE})."
      })
  @Range("(0, inf)")
  private double linearNorm = 3;

  @Option(
      names = "--no-linear-norm",
      description = "Train only networks whose linear layers are free.")
  private boolean freeOnly;

  @Option(
      names = "--attack",
      paramLabel = "A",
      split = ",",
      description = {
        "Attacks, separated by commas; the first makes the gallery (default: fgsm,noise). One of"
            + " ${COMPLETION-CANDIDATES}; without cw and the corruptions, whose eps mean something"
            + " else."
      })
  private List<AttackKind> attacks = List.of(AttackKind.FGSM, AttackKind.NOISE);

  @Option(
      names = "--sanity-images",
      paramLabel = "N",
      description = {
        "Number of test images on which every network is checked for false robustness, in [0, inf)"
            + " (default: ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private int sanityImages = 200;

  @Option(
      names = "--eps",
      paramLabel = "E",
      split = ",",
      description = {
        "Budgets of the attacks in the maximum norm, in pixel units, in [0, inf), separated by"
            + " commas (default: 0,0.01,0.02,0.03,0.05,0.1,0.15,0.2)."
      })
  @Range("[0, inf)")
  private List<Double> budgets = List.of(0.0, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2);

  @Option(
      names = "--gallery-eps",
      paramLabel = "E",
      description = "Budget in the gallery of images, in [0, inf) (default: ${DEFAULT-VALUE}).")
  @Range("[0, inf)")
  private double galleryBudget = 0.1;

  @Mixin private WidthOption width;

  @Option(
      names = "--stability",
      paramLabel = "S",
      description = {
        "How the flow of the stabilised networks is kept stable: project, penalty or parametrized"
            + " (default: ${DEFAULT-VALUE})."
      })
  private StabilityOption stability = StabilityOption.PROJECT;

  @Mixin private NetworkOptions network;
  @Mixin private TrainingParameters training;
  @Mixin private BaselineParameters baselines;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      split = ",",
      description = {
        "Train every network from each of these seeds, separated by commas, and state means and"
            + " standard deviations; in place of --seed (default: one seed)."
      })
  private @Nullable List<Long> seeds;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "The report folder (default: flowbound-report-DATASET).")
  private @Nullable Path folder;

  @Option(
      names = "--resume",
      description = "Go on from what an interrupted run has left in the report folder.")
  private boolean resume;

  @Mixin private ComputationOptions computation;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, UnusableFileException {
    if (stability == StabilityOption.NONE) {
      throw new ParameterException(
          command.commandLine(), "--stability must be project, penalty or parametrized, not none");
    }
    if (seeds != null && command.commandLine().getParseResult().hasMatchedOption("--seed")) {
      throw new ParameterException(
          command.commandLine(), "--seeds takes the place of --seed: give one of the two");
    }
    Dataset dataset = data.load(output);
    Path target = folder == null ? Path.of("flowbound-report-" + dataset.name()) : folder;
    ModelFolder models = new ModelFolder(target, resume);
    ComparisonOptions options = Usage.check(command, () -> options(dataset));
    ComparisonResult result;
    try (ProgressBar bar = output.progress()) {
      ReplicatedComparison comparison =
          Usage.check(
              command,
              () ->
                  new ReplicatedComparison(
                      dataset,
                      options,
                      seeds == null ? List.of(computation.seed()) : seeds,
                      models,
                      new Progress(bar)));
      result = comparison.run(Version.flowbound(), CommandText.of(command), shownOptions());
    } catch (CancellationException interruption) {
      throw new ResumableInterruption(
          "the same command with --resume goes on from what is finished in " + target);
    } catch (DivergenceException divergence) {
      throw new IOException(divergence.getMessage(), divergence);
    }
    List<Path> files = Report.write(result, target);
    models.removeCheckpoints();
    output.print(ComparisonJson.of(result), text(result, files));
    return ExitCode.DONE;
  }

  private TrainingOptions trainingOptions() {
    TrainingOptions base = training.options(computation);
    return base.withStability(stability.addTo(base.stability()));
  }

  private ComparisonOptions options(Dataset dataset) {
    return new ComparisonOptions(
        width.width(),
        network.activation(),
        network.discretization(),
        network.normalization(),
        trainingOptions(),
        targets,
        baselines.baselines(),
        baselines.strengths(),
        freeOnly ? null : linearNorm,
        training.validation(dataset.training()),
        attacks,
        PerturbationNorm.LINF,
        budgets,
        sanityImages,
        List.of(0.0, 0.05, 0.1, 0.2, 0.3, 0.5),
        dataset.test().classes(),
        galleryBudget,
        Duration.ofSeconds(2));
  }

  private Map<String, String> shownOptions() {
    Map<String, String> shown = new LinkedHashMap<>();
    for (ArgSpec argument : command.args()) {
      if (argument instanceof OptionSpec option && !option.usageHelp() && !option.versionHelp()) {
        Object value = option.getValue();
        if (value != null) {
          shown.put(
              option.longestName(),
              value instanceof List<?> list
                  ? String.join(",", list.stream().map(String::valueOf).toList())
                  : value.toString());
        }
      }
    }
    if (seeds != null) {
      shown.remove("--seed");
    }
    return shown;
  }

  /** Shows how far the comparison is. */
  private final class Progress implements ComparisonListener {
    private final ProgressBar bar;

    Progress(ProgressBar bar) {
      this.bar = bar;
    }

    @Override
    public TrainingListener training(String name, int number, int all) {
      return new TrainingProgress(
          bar,
          "model %d of %d, %s: ".formatted(number, all, name),
          training.options(computation).epochs());
    }

    @Override
    public void attacked(String name, String attack, RobustnessCurve.Point point) {
      bar.update(
          "%s: %s at eps %s, %.2f %%".formatted(name, attack, point.eps(), 100 * point.accuracy()));
    }
  }

  /** One line if every network passed its checks, else one for each failure. */
  private static String sanity(ComparisonResult result) {
    StringBuilder text = new StringBuilder();
    long checked = result.models().stream().filter(model -> !model.sanity().isEmpty()).count();
    for (ComparisonResult.Model model : result.models()) {
      for (SanityCheck check : model.sanity()) {
        if (!check.passed()) {
          text.append(
              "Check failed, %s: %s: %s\n".formatted(model.name(), check.name(), check.detail()));
        }
      }
    }
    if (checked > 0 && text.isEmpty()) {
      text.append(
          "Checks against false robustness: all passed, by each of %d networks\n"
              .formatted(checked * result.seeds().size()));
    }
    return checked > 0 ? "\n" + text : "";
  }

  private static String text(ComparisonResult result, List<Path> files) {
    StringBuilder text = new StringBuilder();
    text.append(ComparisonTable.format(result)).append('\n');
    Verdict verdict = Verdict.of(result);
    text.append('\n').append(verdict.statement()).append('\n');
    verdict.caveats().forEach(caveat -> text.append("- ").append(caveat).append('\n'));
    text.append(sanity(result));
    text.append("\nReport: ").append(files.get(0)).append('\n');
    return text.toString();
  }
}
