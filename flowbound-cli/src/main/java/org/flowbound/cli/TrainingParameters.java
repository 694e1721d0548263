package org.flowbound.cli;

import org.flowbound.data.LabeledImages;
import org.flowbound.flow.Backward;
import org.flowbound.training.LinearLayers;
import org.flowbound.training.SampleOptions;
import org.flowbound.training.SelectionOptions;
import org.flowbound.training.StabilityOptions;
import org.flowbound.training.TrainingOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
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

  @Mixin private OptimizerParameters optimizer;

  @Option(
      names = "--shift",
      paramLabel = "N",
      description = {
        "Shift training images at random by up to N pixels in each direction, anew in every epoch,"
            + " in [0, inf) (default: ${DEFAULT-VALUE}). What comes in is black."
      })
  @Range("[0, inf)")
  private int shift = 0;

  @Option(
      names = "--label-smoothing",
      paramLabel = "S",
      description = {
        "Share of a label's probability that is spread over all classes, in [0, 1) (default:"
            + " ${DEFAULT-VALUE})."
      })
  @Range("[0, 1)")
  private double labelSmoothing = 0;

  @Option(
      names = "--keep",
      paramLabel = "K",
      description = {
        "Which classifier is kept: the one after the last epoch, or the one with the best accuracy"
            + " on the validation images: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})."
      })
  private KeepOption keep = KeepOption.LAST;

  @Option(
      names = "--patience",
      paramLabel = "E",
      description = {
        "Stop after E epochs in a row without a better accuracy on the validation images, in [1,"
            + " inf) (default: never)."
      })
  @Range("[1, inf)")
  private @Nullable Integer patience;

  @Option(
      names = "--backward",
      paramLabel = "B",
      description = {
        "What gradients are computed from: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}):"
            + " all states, or every few of them, which takes less memory and more time. The"
            + " gradients are the same."
      })
  private BackwardOption backward = BackwardOption.STORE;

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

  /** Which classifier is kept, as it is named on the command line. */
  private enum KeepOption {
    LAST,
    BEST;

    @Override
    public String toString() {
      return this == LAST ? "last" : "best";
    }
  }

  /** What gradients are computed from, as it is named on the command line. */
  private enum BackwardOption {
    STORE(Backward.STORE),
    CHECKPOINT(Backward.CHECKPOINT);

    private final Backward backward;

    BackwardOption(Backward backward) {
      this.backward = backward;
    }

    @Override
    public String toString() {
      return backward.id();
    }
  }

  TrainingOptions options(ComputationOptions computation) {
    return TrainingOptions.defaults()
        .withEpochs(epochs)
        .withBatchSize(batchSize)
        .withSamples(new SampleOptions(shift, labelSmoothing))
        .withOptimizer(optimizer.options())
        .withStability(
            StabilityOptions.none()
                .withProjectEvery(projectEvery)
                .withPenaltyWeight(penaltyWeight)
                .withLinearLayers(linearLayers.layers))
        .withSelection(new SelectionOptions(keep == KeepOption.BEST, patience))
        .withSeed(computation.seed())
        .withThreads(computation.threads())
        .withBackward(backward.backward);
  }

  /** The number of images to be set aside of these. */
  int validation(LabeledImages training) {
    return validation == null ? training.count() / 12 : Math.min(validation, training.count() - 1);
  }
}
