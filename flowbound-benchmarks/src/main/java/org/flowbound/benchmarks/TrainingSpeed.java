package org.flowbound.benchmarks;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.flowbound.data.LabeledImages;
import org.flowbound.field.SmoothLeakyRelu;
import org.flowbound.flow.Discretization;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Blas.Op;
import org.flowbound.linalg.FloatMatrix;
import org.flowbound.network.Architecture;
import org.flowbound.network.Normalization;
import org.flowbound.parallel.Workers;
import org.flowbound.training.Checkpoint;
import org.flowbound.training.Trainer;
import org.flowbound.training.TrainingHistory;
import org.flowbound.training.TrainingListener;
import org.flowbound.training.TrainingOptions;

/**
 * How many samples a second training takes (784 inputs, batches of 128, 20 Euler steps, Adam), and
 * how many it would take if it were nothing but its matrix products at the rate of a large one.
 *
 * <p>Usage: {@code TrainingSpeed WIDTH THREADS EPOCHS}; prints one line, samples per second of the
 * median epoch and of the arithmetic floor. The first third of the epochs warms up.
 */
public final class TrainingSpeed {
  private static final int IMAGES = 12_800;
  private static final int PIXELS = 784;
  private static final int STEPS = 20;

  private TrainingSpeed() {}

  public static void main(String[] args) {
    int width = Integer.parseInt(args[0]);
    int threads = Integer.parseInt(args[1]);
    int epochs = Integer.parseInt(args[2]);
    double[] seconds = epochSeconds(width, threads, epochs);
    double[] steady = Arrays.copyOfRange(seconds, epochs / 3, epochs);
    Arrays.sort(steady);
    double samplesPerSecond = IMAGES / steady[steady.length / 2];
    double flopsPerSample =
        2.0 * (2.0 * PIXELS * width + 3.0 * STEPS * width * width + 3.0 * 10 * width);
    double floor = gemmFlopsPerSecond(threads) / flopsPerSample;
    System.out.printf(
        "{\"width\": %d, \"samplesPerSecond\": %.0f, \"floorSamplesPerSecond\": %.0f}%n",
        width, samplesPerSecond, floor);
  }

  /** Seconds from the first to the last mini-batch of every epoch. */
  private static double[] epochSeconds(int width, int threads, int epochs) {
    Architecture architecture =
        new Architecture(
            28,
            28,
            10,
            width,
            new SmoothLeakyRelu(0.1),
            Discretization.defaults(),
            Normalization.NONE);
    TrainingOptions options = TrainingOptions.defaults().withEpochs(epochs).withThreads(threads);
    double[] seconds = new double[epochs];
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

          @Override
          public void epoch(TrainingHistory.Epoch epoch, Checkpoint checkpoint) {}
        };
    new Trainer(architecture, images(), null, options, clock).train();
    return seconds;
  }

  private static LabeledImages images() {
    SplittableRandom random = new SplittableRandom(1);
    byte[] pixels = new byte[IMAGES * PIXELS];
    byte[] labels = new byte[IMAGES];
    random.nextBytes(pixels);
    for (int i = 0; i < IMAGES; i++) {
      labels[i] = (byte) random.nextInt(10);
    }
    return new LabeledImages(28, 28, 10, pixels, labels);
  }

  /** The rate of 512 × 512 products, one per thread at a time. */
  private static double gemmFlopsPerSecond(int threads) {
    int n = 512;
    int repetitions = 20;
    FloatMatrix[] operands = new FloatMatrix[3 * threads];
    for (int k = 0; k < operands.length; k++) {
      operands[k] = FloatMatrix.zeros(n, n);
    }
    double best = Double.POSITIVE_INFINITY;
    try (Workers workers = new Workers(threads)) {
      for (int round = 0; round < 20; round++) {
        long start = System.nanoTime();
        workers.run(
            threads * repetitions,
            (task, worker) ->
                Blas.gemm(
                    1,
                    operands[3 * worker],
                    Op.PLAIN,
                    operands[3 * worker + 1],
                    Op.PLAIN,
                    0,
                    operands[3 * worker + 2]));
        best = Math.min(best, 1e-9 * (System.nanoTime() - start));
      }
    }
    return 2.0 * n * n * n * threads * repetitions / best;
  }
}
