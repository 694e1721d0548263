package org.flowbound.cli;

import org.flowbound.data.LabeledImages;
import org.flowbound.training.LearningRateSchedule;
import org.flowbound.training.LinearLayers;
import org.flowbound.training.OptimizerOptions;
import org.flowbound.training.StabilityOptions;
import org.flowbound.training.TrainingOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how a network is trained, whether or not it is to be stable. */
final class TrainingParameters {
  @Option(
      names = "--epochs",
      paramLabel = "E",
      description = "Passes over the training images, in [1, 100000] (default: ${DEFAULT-VALUE}).")
  @Range("[1, 100000]")
  private int epochs = 20;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Images in a mini-batch, in [1, 65536] (default: ${DEFAULT-VALUE}).")
  @Range("[1, 65536]")
  private int batchSize = 128;

  @Option(
      names = "--learning-rate",
      paramLabel = "R",
      description = "Adam's largest learning rate, in (0, inf) (default: ${DEFAULT-VALUE}).")
  @Range("(0, inf)")
  private double learningRate = 5e-3;

  @Option(
      names = "--schedule",
      paramLabel = "S",
      description = {
        "How the learning rate falls: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})."
      })
  private ScheduleOption schedule = ScheduleOption.COSINE;

  @Option(
      names = "--weight-decay",
      paramLabel = "W",
      description = {
        "Rate at which weights decay, as a multiple of the learning rate, in [0, inf) (default:"
            + " ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private double weightDecay = 0;

  @Option(
      names = "--validation",
      paramLabel = "N",
      description = {
        "Training images set aside to measure accuracy on after every epoch, in [0, inf) (default:"
            + " one in twelve)."
      })
  @Range("[0, inf)")
  private @Nullable Integer validation;

  @Option(
      names = "--project-every",
      paramLabel = "K",
      description = {
        "Keep to the constraints after every K steps, in [1, inf) (default: ${DEFAULT-VALUE}), and"
            + " at the end of every epoch."
      })
  @Range("[1, inf)")
  private int projectEvery = 50;

  @Option(
      names = "--penalty-weight",
      paramLabel = "R",
      description = {
        "Weight that --stability penalty starts with, in (0, inf) (default: ${DEFAULT-VALUE})."
      })
  @Range("(0, inf)")
  private double penaltyWeight = 1;

  @Option(
      names = "--linear-layers",
      paramLabel = "L",
      description = {
        "How the linear layers keep to the bound on their spectral norms: ${COMPLETION-CANDIDATES}"
            + " (default: ${DEFAULT-VALUE}). In orthogonal ones every singular value is the bound."
      })
  private LinearLayersOption linearLayers = LinearLayersOption.PROJECTED;

  /** How linear layers are bounded, as it is named on the command line. */
  private enum LinearLayersOption {
    PROJECTED(LinearLayers.PROJECTED),
    ORTHOGONAL(LinearLayers.ORTHOGONAL);

    private final LinearLayers layers;

    LinearLayersOption(LinearLayers layers) {
      this.layers = layers;
    }

    @Override
    public String toString() {
      return layers.id();
    }
  }

  /** A learning-rate schedule as it is named on the command line. */
  private enum ScheduleOption {
    CONSTANT(LearningRateSchedule.CONSTANT),
    COSINE(LearningRateSchedule.COSINE),
    STEP(LearningRateSchedule.STEP);

    private final LearningRateSchedule schedule;

    ScheduleOption(LearningRateSchedule schedule) {
      this.schedule = schedule;
    }

    @Override
    public String toString() {
      return schedule.id();
    }
  }

  TrainingOptions options(ComputationOptions computation) {
    return TrainingOptions.defaults()
        .withEpochs(epochs)
        .withBatchSize(batchSize)
        .withOptimizer(new OptimizerOptions(learningRate, schedule.schedule, weightDecay))
        .withStability(
            StabilityOptions.none()
                .withProjectEvery(projectEvery)
                .withPenaltyWeight(penaltyWeight)
                .withLinearLayers(linearLayers.layers))
        .withSeed(computation.seed())
        .withThreads(computation.threads());
  }

  /** The number of images to be set aside of these. */
  int validation(LabeledImages training) {
    return validation == null ? training.count() / 12 : Math.min(validation, training.count() - 1);
  }
}
