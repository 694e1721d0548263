package org.flowbound.training;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.flowbound.certification.LipschitzBounds;
import org.flowbound.data.LabeledImages;
import org.flowbound.linalg.FloatMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.BatchNetwork.Loss;
import org.flowbound.network.Classifier;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.network.Parameters;
import org.flowbound.parallel.Workers;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.Interval;
import org.jspecify.annotations.Nullable;

/**
 * Trains classifiers: mini-batches in an order shuffled anew in every epoch, cross-entropy, Adam,
 * single precision; with a target, A is projected every few steps and at the end of every epoch so
 * that its certified δ is at most the target ([3], arXiv 2501.10740).
 *
 * <p>The result depends on the options, the data and the machine, not on the number of threads: a
 * mini-batch is cut into parts of a fixed size, whose gradients are added in their order.
 */
public final class Trainer {
  /** How closely δ is enclosed after every epoch, relatively. */
  private static final double HISTORY_TOLERANCE = 1e-3;

  private final Architecture architecture;
  private final LabeledImages training;
  private final @Nullable LabeledImages validation;
  private final TrainingOptions options;
  private final TrainingListener listener;
  private final int further;

  /**
   * @param validation images to measure accuracy on after every epoch, null for none
   * @throws IllegalArgumentException if the images do not fit the architecture, or there are none,
   *     or no weights have a δ below the target
   */
  public Trainer(
      Architecture architecture,
      LabeledImages training,
      @Nullable LabeledImages validation,
      TrainingOptions options,
      TrainingListener listener) {
    if (training.count() == 0) {
      throw new IllegalArgumentException("There are no training images.");
    }
    if (training.size() != architecture.pixels() || training.classes() != architecture.classes()) {
      throw new IllegalArgumentException(
          "The network takes %d pixels and %d classes, the images have %d and %d."
              .formatted(
                  architecture.pixels(),
                  architecture.classes(),
                  training.size(),
                  training.classes()));
    }
    requireFeasible(architecture, options);
    options.selection().requireValidation(validation == null ? 0 : validation.count());
    this.architecture = architecture;
    this.training = training;
    this.validation = validation;
    this.options = options;
    this.listener = listener;
    this.further = FlowConstraint.of(architecture, options.stability(), new double[0]).further();
  }

  /**
   * Refuses options that no training of this architecture can keep to.
   *
   * @throws IllegalArgumentException if no weights have a δ below the target, or a margin lacks the
   *     constraints that it needs
   */
  public static void requireFeasible(Architecture architecture, TrainingOptions options) {
    StabilityOptions constraints = options.stability();
    if (options.objective().marginEps() > 0
        && (constraints.linearNorm() == null || constraints.target() == null)) {
      throw new IllegalArgumentException(
          "A margin (%s) needs a target for δ and a bound on the linear layers: without them the Lipschitz bound grows with it."
              .formatted(options.objective().marginEps()));
    }
    var unused = FlowConstraint.of(architecture, constraints, new double[0]);
  }

  /** Trains from random parameters. */
  public Checkpoint train() {
    Parameters start =
        Parameters.random(
            architecture, Precision.FLOAT32, new SplittableRandom(options.seed()).split());
    return resume(Checkpoint.start(start.toClassifier()));
  }

  /**
   * Goes on from a checkpoint to the options' number of epochs: with the same options, data and
   * machine as if training had never stopped.
   *
   * @throws DivergenceException if the loss is no longer finite
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public Checkpoint resume(Checkpoint checkpoint) {
    try (Workers workers = new Workers(options.threads())) {
      return new Run(checkpoint, workers).toTheEnd();
    }
  }

  /** One training in progress. */
  private final class Run {
    private final Workers workers;
    private final Variables variables;
    private final Parameters parameters;
    private final Optimizer optimizer;
    private final Part[] parts;
    private final Objective[] objectives;
    private final ImageShift[] shifts;
    private final LinearLayerConstraint linearLayers;
    private final ContractivityPenalty contractivity;
    private final int[] order;
    private final int[] labels;
    private final int batches;
    private final List<TrainingHistory.Epoch> epochs;
    private @Nullable Classifier best;
    private double[] projectionMemory;
    private final double secondsBefore;
    private final double projectionSecondsBefore;
    private final long start = System.nanoTime();
    private long projectionNanos;
    private double gradientNorms;

    Run(Checkpoint checkpoint, Workers workers) {
      this.workers = workers;
      this.variables = new Variables(architecture, further);
      this.parameters = variables.parameters();
      parameters.setFrom(checkpoint.classifier());
      this.linearLayers = new LinearLayerConstraint(architecture, options.stability());
      this.contractivity =
          new ContractivityPenalty(architecture.width(), options.objective().contractivityWeight());
      if (checkpoint.optimizer().steps() == 0) {
        linearLayers.enforce(parameters);
      }
      this.optimizer =
          Optimizer.of(
              options.optimizer(),
              variables.vector().size(),
              parameters.weights(),
              workers.count());
      optimizer.resume(checkpoint.optimizer());
      int largest = Math.min(options.batchSize(), training.count());
      this.parts = new Part[(largest + ParallelNetwork.BATCH - 1) / ParallelNetwork.BATCH];
      for (int k = 0; k < parts.length; k++) {
        parts[k] = new Part();
      }
      this.objectives = new Objective[workers.count()];
      this.shifts = new ImageShift[workers.count()];
      for (int w = 0; w < objectives.length; w++) {
        objectives[w] =
            new Objective(
                parameters,
                options.objective(),
                options.samples().labelSmoothing(),
                options.backward());
        shifts[w] = new ImageShift(training.rows(), training.columns(), options.samples().shift());
      }
      this.order = new int[training.count()];
      this.labels = new int[training.count()];
      this.batches = (training.count() + options.batchSize() - 1) / options.batchSize();
      this.epochs = new ArrayList<>(checkpoint.history().epochs());
      this.best = checkpoint.best();
      this.projectionMemory = checkpoint.projectionMemory();
      this.secondsBefore = checkpoint.history().seconds();
      this.projectionSecondsBefore = checkpoint.history().projectionSeconds();
    }

    /** The gradient and loss of one part of a mini-batch. */
    private final class Part {
      final Variables gradient = new Variables(architecture, further);
      Loss loss = new Loss(0, 0);
    }

    Checkpoint toTheEnd() {
      Checkpoint last = checkpoint();
      while (epochs.size() < options.epochs() && !isOutOfPatience()) {
        epochs.add(epoch(epochs.size() + 1));
        if (options.selection().best() && bestEpoch() == epochs.size()) {
          best = parameters.toClassifier();
        }
        last = checkpoint();
        listener.epoch(epochs.get(epochs.size() - 1), last);
      }
      return last;
    }

    /** The first epoch, counted from 1, of the largest validation accuracy; 0 before the first. */
    private int bestEpoch() {
      return epochs.stream()
          .max(
              Comparator.comparingDouble(TrainingHistory.Epoch::validationAccuracy)
                  .thenComparing(TrainingHistory.Epoch::epoch, Comparator.reverseOrder()))
          .map(TrainingHistory.Epoch::epoch)
          .orElse(0);
    }

    private boolean isOutOfPatience() {
      Integer patience = options.selection().patience();
      return patience != null && epochs.size() - bestEpoch() >= patience;
    }

    private TrainingHistory.Epoch epoch(int number) {
      final long epochStart = System.nanoTime();
      shuffle(number);
      FlowConstraint constraint =
          FlowConstraint.of(architecture, options.stability(), projectionMemory);
      double lipschitz = lipschitzOfPixelsToState();
      gradientNorms = 0;
      double loss = 0;
      int correct = 0;
      for (int batch = 0; batch < batches; batch++) {
        int from = batch * options.batchSize();
        int to = Math.min(order.length, from + options.batchSize());
        Loss ofBatch = step(number, from, to, constraint, lipschitz, learningRate(number, batch));
        loss += ofBatch.loss();
        correct += ofBatch.correct();
        if (!Double.isFinite(loss)) {
          throw new DivergenceException(number, batch + 1, options.optimizer().learningRate());
        }
        if ((batch + 1) % options.stability().projectEvery() == 0 || batch + 1 == batches) {
          enforce(constraint);
        }
        listener.batch(number, batch + 1, batches, loss / to);
      }
      endEpoch(constraint);
      projectionMemory = constraint.memory();
      return new TrainingHistory.Epoch(
          number,
          loss / order.length,
          (double) correct / order.length,
          validationAccuracy(),
          delta(parameters.odeWeight().toMatrix(), constraint.deltaUpper()),
          learningRate(number, batches - 1),
          new TrainingHistory.Norms(
              gradientNorms / batches,
              frobeniusNorm(parameters.inputWeight()),
              frobeniusNorm(parameters.odeWeight()),
              frobeniusNorm(parameters.outputWeight())),
          constraint.projections(),
          constraint.projectedDistance(),
          1e-9 * (System.nanoTime() - epochStart));
    }

    private void shuffle(int epoch) {
      SplittableRandom random = new SplittableRandom(31 * options.seed() + epoch);
      for (int i = 0; i < order.length; i++) {
        int j = random.nextInt(i + 1);
        order[i] = order[j];
        order[j] = i;
      }
      for (int i = 0; i < order.length; i++) {
        labels[i] = training.label(order[i]);
      }
    }

    private double learningRate(int epoch, int batch) {
      return options
          .optimizer()
          .rate(
              epoch - 1 + (double) batch / batches,
              epoch - 1 + (batch + 1.0) / batches,
              options.epochs());
    }

    private static double frobeniusNorm(NativeMatrix matrix) {
      return Math.sqrt(matrix.dot(matrix));
    }

    /**
     * A bound of the Lipschitz constant from pixels to u(T), which holds for the weights of now: a
     * constant of the loss throughout an epoch. NaN where the loss does not need it.
     */
    private double lipschitzOfPixelsToState() {
      Double kappa = options.stability().linearNorm();
      if (options.objective().marginEps() == 0 || kappa == null) {
        return Double.NaN;
      }
      return kappa
          * LipschitzBounds.of(parameters.toClassifier(), Double.POSITIVE_INFINITY).network();
    }

    private @Nullable LipschitzMargin margin(double lipschitz) {
      return Double.isNaN(lipschitz)
          ? null
          : new LipschitzMargin(
              options.objective().marginEps() * lipschitz, parameters.outputWeight());
    }

    /** One step of the optimiser on the images {@code order[from … to)}. */
    private Loss step(
        int epoch,
        int from,
        int to,
        FlowConstraint constraint,
        double lipschitz,
        double learningRate) {
      int used = (to - from + ParallelNetwork.BATCH - 1) / ParallelNetwork.BATCH;
      LipschitzMargin margin = margin(lipschitz);
      workers.run(
          used,
          (task, worker) -> {
            int first = from + task * ParallelNetwork.BATCH;
            int last = Math.min(to, first + ParallelNetwork.BATCH);
            Objective objective = objectives[worker];
            training.copyPixels(order, first, last, objective.images());
            for (int i = first; i < last; i++) {
              shifts[worker].apply(objective.images(), i - first, shiftOf(epoch, order[i]));
            }
            parts[task].loss =
                objective.evaluate(
                    last - first,
                    labels,
                    first,
                    1.0 / (to - from),
                    random(epoch, first),
                    margin,
                    parts[task].gradient.parameters());
          });
      Variables[] gradients = new Variables[used];
      FloatMatrix[] vectors = new FloatMatrix[used];
      double loss = 0;
      int correct = 0;
      for (int k = 0; k < used; k++) {
        gradients[k] = parts[k].gradient;
        vectors[k] = gradients[k].vector();
        loss += parts[k].loss.loss();
        correct += parts[k].loss.correct();
      }
      loss += (to - from) * contractivity.addGradient(parameters, gradients[0]);
      long before = System.nanoTime();
      constraint.beforeStep(variables, gradients);
      projectionNanos += System.nanoTime() - before;
      gradientNorms += optimizer.step(variables.vector(), vectors, learningRate, workers);
      long after = System.nanoTime();
      constraint.afterStep(variables);
      linearLayers.afterStep(parameters);
      projectionNanos += System.nanoTime() - after;
      return new Loss(loss, correct);
    }

    /** All randomness of the loss of the images from {@code first} on. */
    private SplittableRandom random(int epoch, int first) {
      return new SplittableRandom(
          new SplittableRandom(options.seed() + 0x9E3779B97F4A7C15L * epoch).nextLong() + first);
    }

    /** Where an image is shifted to in an epoch, on whichever place and thread it comes. */
    private SplittableRandom shiftOf(int epoch, int image) {
      long ofEpoch = new SplittableRandom(options.seed() ^ 0x5851F42D4C957F2DL * epoch).nextLong();
      return new SplittableRandom(ofEpoch + 0x14057B7EF767814FL * image);
    }

    private void enforce(FlowConstraint constraint) {
      long start = System.nanoTime();
      linearLayers.enforce(parameters);
      constraint.enforce(parameters);
      projectionNanos += System.nanoTime() - start;
    }

    private void endEpoch(FlowConstraint constraint) {
      long start = System.nanoTime();
      constraint.endEpoch(parameters);
      projectionNanos += System.nanoTime() - start;
    }

    private double validationAccuracy() {
      if (validation == null || validation.count() == 0) {
        return Double.NaN;
      }
      return new ParallelNetwork(parameters, workers).accuracy(validation);
    }

    /** The interval that the root of the tree gives: quick, and proved all the same. */
    private Interval delta(Matrix weights, double certifiedUpper) {
      BoundOptions root =
          BoundOptions.defaults()
              .withTolerance(HISTORY_TOLERANCE)
              .withNodeLimit(1)
              .withTimeLimit(Duration.ofSeconds(1))
              .withThreads(1);
      Interval interval =
          Expansivity.of(weights, architecture.activation().slopes()).bound(root).interval();
      double upper = Math.min(interval.upper(), certifiedUpper);
      return new Interval(Math.min(interval.lower(), upper), upper);
    }

    private Checkpoint checkpoint() {
      double seconds = secondsBefore + 1e-9 * (System.nanoTime() - start);
      return new Checkpoint(
          parameters.toClassifier(),
          best,
          optimizer.state(),
          projectionMemory.clone(),
          new TrainingHistory(
              epochs,
              seconds,
              projectionSecondsBefore + 1e-9 * projectionNanos,
              (double) epochs.size() * order.length / Math.max(1e-9, seconds)));
    }
  }
}
