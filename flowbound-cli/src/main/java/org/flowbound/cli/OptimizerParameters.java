package org.flowbound.cli;

import org.flowbound.training.LearningRateSchedule;
import org.flowbound.training.OptimizerMethod;
import org.flowbound.training.OptimizerOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say how the weights move along the gradients. */
final class OptimizerParameters {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--optimizer",
      paramLabel = "M",
      description = {
        "Optimizer: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). Without weight decay adam"
            + " and adamw are the same."
      })
  private MethodOption method = MethodOption.ADAMW;

  @Option(
      names = "--learning-rate",
      paramLabel = "R",
      description = "The largest learning rate, in (0, inf) (default: ${DEFAULT-VALUE}).")
  @Range("(0, inf)")
  private double learningRate = 5e-3;

  @Option(
      names = "--schedule",
      paramLabel = "S",
      description = {
        "How the learning rate changes: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})."
      })
  private ScheduleOption schedule = ScheduleOption.COSINE;

  @Option(
      names = "--warmup",
      paramLabel = "E",
      description = {
        "Epochs, not necessarily whole, over which the learning rate rises to what the schedule"
            + " says, in [0, inf) (default: ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private double warmup = 0;

  @Option(
      names = "--weight-decay",
      paramLabel = "W",
      description = {
        "Rate at which weights decay, in [0, inf): with adamw they shrink by W times the learning"
            + " rate in every step, with adam and sgd W times the weights is added to the gradient"
            + " (default: ${DEFAULT-VALUE})."
      })
  @Range("[0, inf)")
  private double weightDecay = 0;

  @Option(
      names = "--momentum",
      paramLabel = "M",
      description = "Momentum of sgd, in [0, 1) (default: 0.9).")
  @Range("[0, 1)")
  private @Nullable Double momentum;

  @Option(names = "--nesterov", description = "Let the momentum of sgd be Nesterov's.")
  private boolean nesterov;

  @Option(
      names = "--clip",
      paramLabel = "G",
      description = {
        "Scale gradients down whose 2-norm is larger than G, in (0, inf] (default: no clipping)."
      })
  @Range("(0, inf]")
  private double clip = Double.POSITIVE_INFINITY;

  /** An optimiser as it is named on the command line. */
  private enum MethodOption {
    SGD(OptimizerMethod.SGD),
    ADAM(OptimizerMethod.ADAM),
    ADAMW(OptimizerMethod.ADAMW);

    private final OptimizerMethod method;

    MethodOption(OptimizerMethod method) {
      this.method = method;
    }

    @Override
    public String toString() {
      return method.id();
    }
  }

  /** A learning-rate schedule as it is named on the command line. */
  private enum ScheduleOption {
    CONSTANT(LearningRateSchedule.CONSTANT),
    COSINE(LearningRateSchedule.COSINE),
    STEP(LearningRateSchedule.STEP),
    ONE_CYCLE(LearningRateSchedule.ONE_CYCLE);

    private final LearningRateSchedule schedule;

    ScheduleOption(LearningRateSchedule schedule) {
      this.schedule = schedule;
    }

    @Override
    public String toString() {
      return schedule.id();
    }
  }

  /**
   * What the options say.
   *
   * @throws ParameterException if they contradict each other
   */
  OptimizerOptions options() {
    if (method != MethodOption.SGD && (momentum != null || nesterov)) {
      throw new ParameterException(
          command.commandLine(), "--momentum and --nesterov need --optimizer sgd");
    }
    OptimizerOptions options =
        OptimizerOptions.defaults()
            .withMethod(method.method)
            .withLearningRate(learningRate)
            .withSchedule(schedule.schedule)
            .withWarmup(warmup)
            .withWeightDecay(weightDecay)
            .withClip(clip);
    return (momentum == null ? options : options.withMomentum(momentum)).withNesterov(nesterov);
  }
}
