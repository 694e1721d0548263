package org.flowbound.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.flowbound.data.Dataset;
import org.flowbound.data.LabeledImages;
import org.flowbound.io.UnusableFileException;
import org.flowbound.model.ModelFile;
import org.flowbound.model.SavedModel;
import org.flowbound.model.TrainingFingerprint;
import org.flowbound.network.Architecture;
import org.flowbound.network.Classifier;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.parallel.Workers;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.Interval;
import org.flowbound.training.Checkpoint;
import org.flowbound.training.CheckpointKeeper;
import org.flowbound.training.DivergenceException;
import org.flowbound.training.StabilityOptions;
import org.flowbound.training.Trainer;
import org.flowbound.training.TrainingHistory;
import org.flowbound.training.TrainingListener;
import org.flowbound.training.TrainingOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code flowbound train}: trains one classifier. */
@Command(
    name = "train",
    header = "Trains a neural ODE classifier, stable if asked to.",
    description = {
      "%nTrains softmax(C u(T) + c), u(0) = Bx + beta, u' = s(Au + b) on images x with pixels in"
          + " [0, 1], and writes the model. With --stability project, A is projected every few"
          + " steps and at the end of every epoch so that its certified delta is at most --target;"
          + " with penalty, what delta exceeds the target by is penalised, and A projected at the"
          + " end of an epoch if that was not enough; with parametrized, A is a function of free"
          + " variables that is stable at every step. After every epoch a checkpoint is written beside the model, from which --resume goes"
          + " on."
    },
    footer = {
      "  flowbound train -o plain.safetensors",
      "  flowbound train --dataset mnist --stability project --target -0.5 --linear-norm 4"
          + " -o stable.safetensors"
    })
final class TrainCommand extends HelpfulCommand {
  @Spec private CommandSpec command;

  @Mixin private DatasetOptions data;

  @Option(
      names = "--stability",
      paramLabel = "S",
      description = {
        "How the flow is kept stable: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})."
      })
  private StabilityOption stability = StabilityOption.NONE;

  @Option(
      names = "--target",
      paramLabel = "T",
      description = "The value that the certified delta must not exceed; may be negative.")
  @Range("(-inf, inf)")
  private @Nullable Double target;

  @Option(
      names = "--linear-norm",
      paramLabel = "K",
      description = {
        "Bound on the spectral norms of the input and the output layer, in (0, inf) (default:"
            + " none)."
      })
  @Range("(0, inf)")
  private @Nullable Double linearNorm;

  @Mixin private WidthOption width;
  @Mixin private NetworkOptions network;
  @Mixin private TrainingParameters training;
  @Mixin private ObjectiveParameters objective;
  @Mixin private RecordParameters record;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "MODEL",
      description = "The model file to be written, .safetensors.")
  private Path model = Path.of("");

  @Option(names = "--resume", description = "Go on from the checkpoint beside the model.")
  private boolean resume;

  @Mixin private ComputationOptions computation;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, UnusableFileException {
    requireConsistentOptions();
    TrainingOptions options =
        Usage.check(
            command,
            () -> {
              TrainingOptions base = training.options(computation);
              StabilityOptions constraints =
                  base.stability().withTarget(target).withLinearNorm(linearNorm);
              return base.withObjective(objective.options())
                  .withStability(stability.addTo(constraints));
            });
    Dataset dataset = data.load(output);
    LabeledImages.Split split =
        dataset.training().split(training.validation(dataset.training()), computation.seed());
    Architecture architecture =
        Usage.check(
            command,
            () ->
                new Architecture(
                    dataset.test().rows(),
                    dataset.test().columns(),
                    dataset.test().classes(),
                    width.width(),
                    network.activation(),
                    network.discretization(),
                    network.normalization()));
    String fingerprint = TrainingFingerprint.of(architecture, options, split.training());
    Checkpoint last;
    try (ProgressBar bar = output.progress()) {
      TrainingListener listener =
          new CheckpointKeeper(
                  checkpoint ->
                      ModelFile.writeCheckpoint(checkpointFile(), checkpoint, fingerprint))
              .andThen(record.listener())
              .andThen(new TrainingProgress(bar, "", options.epochs()));
      Trainer trainer =
          Usage.check(
              command,
              () ->
                  new Trainer(
                      architecture, split.training(), split.validation(), options, listener));
      last = train(trainer, fingerprint);
    }
    try (Workers workers = new Workers(computation.threads())) {
      Classifier classifier = last.kept();
      double trainAccuracy = accuracy(classifier, split.training(), workers);
      double testAccuracy = accuracy(classifier, dataset.test(), workers);
      Interval delta = delta(classifier);
      ModelFile.write(model, new SavedModel(classifier, delta, last.history(), notes(dataset)));
      Files.deleteIfExists(checkpointFile());
      print(dataset.name(), last.history(), trainAccuracy, testAccuracy, delta);
    }
    return ExitCode.DONE;
  }

  private void requireConsistentOptions() {
    if (stability != StabilityOption.NONE && target == null) {
      throw new ParameterException(
          command.commandLine(), "--stability %s needs a --target for delta".formatted(stability));
    }
    if (stability == StabilityOption.NONE && target != null) {
      throw new ParameterException(
          command.commandLine(),
          "--target needs --stability project, penalty or parametrized to keep to it");
    }
    if (!model.toString().endsWith(".safetensors")) {
      throw new ParameterException(
          command.commandLine(), "--output %s must end in .safetensors".formatted(model));
    }
  }

  private Path checkpointFile() {
    String name = String.valueOf(model.getFileName());
    return model.resolveSibling(
        name.substring(0, name.length() - ".safetensors".length()) + ".checkpoint.safetensors");
  }

  private Checkpoint train(Trainer trainer, String fingerprint)
      throws IOException, UnusableFileException {
    Path file = checkpointFile();
    Checkpoint start = null;
    if (resume && Files.exists(file)) {
      ModelFile.StoredCheckpoint stored = ModelFile.readCheckpoint(file);
      if (!stored.fingerprint().equals(fingerprint)) {
        throw new UnusableFileException(
            file,
            "is of a training with other options or data; without --resume training starts"
                + " anew");
      }
      start = stored.checkpoint();
    }
    try {
      return start == null ? trainer.train() : trainer.resume(start);
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    } catch (CancellationException interruption) {
      throw new ResumableInterruption(
          Files.exists(file)
              ? "the same command with --resume goes on from the last finished epoch"
              : "no epoch was finished, so there is nothing to go on from");
    } catch (DivergenceException divergence) {
      throw new IOException(divergence.getMessage(), divergence);
    }
  }

  private static double accuracy(Classifier classifier, LabeledImages images, Workers workers) {
    return ParallelNetwork.of(classifier, workers).accuracy(images);
  }

  private Interval delta(Classifier classifier) {
    return Expansivity.of(classifier.odeWeight(), classifier.architecture().activation().slopes())
        .bound(BoundOptions.defaults().withThreads(computation.threads()))
        .interval();
  }

  private Map<String, String> notes(Dataset dataset) {
    Map<String, String> notes = new LinkedHashMap<>();
    notes.put("version", Version.flowbound());
    notes.put("dataset", dataset.name());
    notes.put("stability", stability.toString());
    notes.put("command", CommandText.of(command));
    return notes;
  }

  private void print(
      String dataset,
      TrainingHistory history,
      double trainAccuracy,
      double testAccuracy,
      Interval delta) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("model", model.toString());
    fields.put("dataset", dataset);
    fields.put("stability", stability.toString());
    fields.put("target", target);
    fields.put("trainAccuracy", trainAccuracy);
    fields.put("testAccuracy", testAccuracy);
    fields.put("delta", delta);
    fields.put("epochs", history.epochs().size());
    fields.put("seconds", history.seconds());
    fields.put("projectionSeconds", history.projectionSeconds());
    fields.put("samplesPerSecond", history.samplesPerSecond());
    fields.put("projections", history.projections());
    fields.put("projectedDistance", history.projectedDistance());
    String text =
        """
        model       %s
        accuracy    %.2f %% on the test images, %.2f %% on the training images
        delta       in [%s, %s]
        training    %d epochs in %.1f s, %.0f samples/s; constraints took %.1f s
        projections %d, which moved A by %.3g in all
        """
            .formatted(
                model,
                100 * testAccuracy,
                100 * trainAccuracy,
                Decimals.down(delta.lower()),
                Decimals.up(delta.upper()),
                history.epochs().size(),
                history.seconds(),
                history.samplesPerSecond(),
                history.projectionSeconds(),
                history.projections(),
                history.projectedDistance());
    output.print(fields, text);
  }
}
