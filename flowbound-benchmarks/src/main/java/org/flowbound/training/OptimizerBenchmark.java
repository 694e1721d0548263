package org.flowbound.training;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.flowbound.linalg.FloatMatrix;
import org.flowbound.parallel.Workers;
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

/** One step of an optimiser on the parameters of a network of 784 pixels and 64 states. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class OptimizerBenchmark {
  private static final int SIZE = 784 * 64 + 64 * 64 + 64 * 10 + 64 + 64 + 10;

  /** The method. */
  @Param({"SGD", "ADAMW"})
  public OptimizerMethod method;

  /** Bound on the gradient's norm. */
  @Param({"Infinity", "0.1"})
  public double clip;

  private final Workers workers = new Workers(1);
  private final FloatMatrix variables = FloatMatrix.zeros(1, SIZE);
  private final FloatMatrix[] gradients = {FloatMatrix.zeros(1, SIZE), FloatMatrix.zeros(1, SIZE)};
  private Optimizer optimizer;

  /** Fills the gradients at random. */
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    for (int k = 0; k < SIZE; k++) {
      gradients[0].set(0, k, random.nextDouble(-1, 1));
      gradients[1].set(0, k, random.nextDouble(-1, 1));
    }
    optimizer =
        Optimizer.of(OptimizerOptions.defaults().withMethod(method).withClip(clip), SIZE, SIZE, 1);
  }

  /** One step along the sum of two gradients. */
  @Benchmark
  public double step() {
    return optimizer.step(variables, gradients, 1e-9, workers);
  }
}
