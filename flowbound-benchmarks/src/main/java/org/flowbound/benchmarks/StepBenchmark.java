package org.flowbound.benchmarks;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.flowbound.field.LayerField;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.Backward;
import org.flowbound.flow.Discretization;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.FloatMatrix;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.BatchNetwork;
import org.flowbound.network.Normalization;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.network.Parameters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The pieces of a training step of one worker: 64 images of 784 pixels, d states, 20 Euler steps.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StepBenchmark {
  private static final int IMAGES = ParallelNetwork.BATCH;
  private static final int SIDE = 28;
  private static final int CLASSES = 10;

  /** The dimension d of the state. */
  @Param({"64", "128", "256"})
  public int width;

  private final float[] pixels = new float[IMAGES * SIDE * SIDE];
  private final int[] labels = new int[IMAGES];
  private FloatMatrix images = FloatMatrix.zeros(1, 1);
  private FloatMatrix states = images;
  private FloatMatrix next = images;
  private FloatMatrix slopes = images;
  private FloatMatrix inputWeight = images;
  private FloatMatrix odeWeight = images;
  private LayerField field;
  private BatchNetwork storing;
  private BatchNetwork recomputing;
  private Parameters gradient;

  /** Fills everything at random. */
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    Architecture architecture =
        new Architecture(
            SIDE,
            SIDE,
            CLASSES,
            width,
            new SmoothLeakyRelu(0.1),
            Discretization.defaults(),
            Normalization.NONE);
    Parameters parameters = Parameters.random(architecture, Precision.FLOAT32, random);
    for (int k = 0; k < pixels.length; k++) {
      pixels[k] = random.nextFloat();
    }
    for (int i = 0; i < IMAGES; i++) {
      labels[i] = random.nextInt(CLASSES);
    }
    images = FloatMatrix.zeros(IMAGES, SIDE * SIDE);
    images.write(0, pixels, pixels.length);
    states = FloatMatrix.zeros(IMAGES, width);
    states.write(0, pixels, IMAGES * width);
    next = FloatMatrix.zeros(IMAGES, width);
    slopes = FloatMatrix.zeros(IMAGES, width);
    inputWeight = (FloatMatrix) parameters.inputWeight();
    odeWeight = (FloatMatrix) parameters.odeWeight();
    field = new LayerField(odeWeight, parameters.odeBias(), architecture.activation());
    storing = new BatchNetwork(parameters, IMAGES, Backward.STORE);
    recomputing = new BatchNetwork(parameters, IMAGES, Backward.CHECKPOINT);
    gradient = new Parameters(architecture, Precision.FLOAT32);
  }

  /** The product of the input layer: images times Bᵀ. */
  @Benchmark
  public FloatMatrix inputProduct() {
    Blas.gemm(1, images, Op.PLAIN, inputWeight, Op.TRANSPOSED, 0, next);
    return next;
  }

  /** The product of one step: states times Aᵀ. */
  @Benchmark
  public FloatMatrix stateProduct() {
    Blas.gemm(1, states, Op.PLAIN, odeWeight, Op.TRANSPOSED, 0, next);
    return next;
  }

  /** One Euler step: that product and the loop over entries with the activation. */
  @Benchmark
  public FloatMatrix eulerStep() {
    field.eulerStep(states, 0.05, slopes, next);
    return next;
  }

  /** Loss and gradient, with everything stored. */
  @Benchmark
  public Parameters gradientStored() {
    return gradient(storing);
  }

  /** Loss and gradient, with states computed again. */
  @Benchmark
  public Parameters gradientRecomputed() {
    return gradient(recomputing);
  }

  private Parameters gradient(BatchNetwork network) {
    network.load(pixels, IMAGES);
    network.forward();
    var unused = network.loss(labels, 0, 1.0 / IMAGES);
    network.gradient(gradient);
    return gradient;
  }
}
