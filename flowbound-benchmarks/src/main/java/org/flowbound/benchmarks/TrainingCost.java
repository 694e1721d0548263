package org.flowbound.benchmarks;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.flowbound.data.LabeledImages;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.Backward;
import org.flowbound.flow.Discretization;
import org.flowbound.flow.RungeKutta;
import org.flowbound.linalg.Precision;
import org.flowbound.network.Architecture;
import org.flowbound.network.BatchNetwork;
import org.flowbound.network.Normalization;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.network.Parameters;
import org.flowbound.training.Trainer;
import org.flowbound.training.TrainingListener;
import org.flowbound.training.TrainingOptions;

/**
 * What an epoch costs as samples and steps grow, and what storing or recomputing the states costs
 * in memory and time. Usage: {@code TrainingCost [THREADS]}; prints two tables.
 */
public final class TrainingCost {
  private static final int SIDE = 28;
  private static final int WIDTH = 64;

  private TrainingCost() {}

  /** Prints the tables. */
  public static void main(String[] args) {
    int threads = args.length == 0 ? 1 : Integer.parseInt(args[0]);
    System.out.println("| samples | steps | ms an epoch | µs a sample | ns a sample and step |");
    System.out.println("| --- | --- | --- | --- | --- |");
    for (int samples : new int[] {2_000, 4_000, 8_000, 16_000}) {
      printEpoch(samples, 20, threads);
    }
    for (int steps : new int[] {10, 40, 80, 160}) {
      printEpoch(4_000, steps, threads);
    }
    System.out.println();
    System.out.println("| d | steps | backward | MiB a worker | ms a gradient |");
    System.out.println("| --- | --- | --- | --- | --- |");
    for (int width : new int[] {64, 512}) {
      for (int steps : new int[] {20, 100, 1000}) {
        for (Backward backward : Backward.values()) {
          printGradient(width, steps, backward);
        }
      }
    }
  }

  private static Architecture architecture(int width, int steps) {
    return new Architecture(
        SIDE,
        SIDE,
        10,
        width,
        new SmoothLeakyRelu(0.1),
        new Discretization(RungeKutta.EULER, steps, 1),
        Normalization.NONE);
  }

  private static void printEpoch(int samples, int steps, int threads) {
    SplittableRandom random = new SplittableRandom(1);
    byte[] pixels = new byte[samples * SIDE * SIDE];
    byte[] labels = new byte[samples];
    random.nextBytes(pixels);
    for (int i = 0; i < samples; i++) {
      labels[i] = (byte) random.nextInt(10);
    }
    LabeledImages images = new LabeledImages(SIDE, SIDE, 10, pixels, labels);
    TrainingOptions options = TrainingOptions.defaults().withEpochs(9).withThreads(threads);
    double[] seconds = new double[options.epochs()];
    long[] start = new long[1];
    TrainingListener clock =
        new TrainingListener() {
          @Override
          public void batch(int epoch, int done, int all, double loss) {
            if (done == 1) {
              start[0] = System.nanoTime();
            } else if (done == all) {
              seconds[epoch - 1] = 1e-9 * (System.nanoTime() - start[0]) * all / (all - 1);
            }
          }
        };
    var unused = new Trainer(architecture(WIDTH, steps), images, null, options, clock).train();
    Arrays.sort(seconds);
    double least = seconds[0];
    System.out.printf(
        "| %d | %d | %.1f | %.2f | %.0f |%n",
        samples, steps, 1e3 * least, 1e6 * least / samples, 1e9 * least / samples / steps);
  }

  private static void printGradient(int width, int steps, Backward backward) {
    Parameters parameters =
        Parameters.random(architecture(width, steps), Precision.FLOAT32, new SplittableRandom(1));
    Parameters gradient = new Parameters(parameters.architecture(), Precision.FLOAT32);
    long before = nativeBytes();
    BatchNetwork network = new BatchNetwork(parameters, ParallelNetwork.BATCH, backward);
    long taken = nativeBytes() - before;
    float[] pixels = new float[ParallelNetwork.BATCH * SIDE * SIDE];
    int[] labels = new int[ParallelNetwork.BATCH];
    double least = Double.POSITIVE_INFINITY;
    for (int round = 0; round < 20; round++) {
      long start = System.nanoTime();
      network.load(pixels, labels.length);
      network.forward();
      var unused = network.loss(labels, 0, 1);
      network.gradient(gradient);
      least = Math.min(least, 1e-6 * (System.nanoTime() - start));
    }
    System.out.printf(
        "| %d | %d | %s | %.1f | %.2f |%n", width, steps, backward.id(), taken / 1048576.0, least);
  }

  private static long nativeBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
