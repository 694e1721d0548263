package org.flowbound.network;

import org.flowbound.data.LabeledImages;
import org.flowbound.linalg.Precision;
import org.flowbound.parallel.Workers;

/**
 * A network that several workers evaluate on batches of a data set. Batches do not depend on the
 * number of workers, so neither do results.
 */
public final class ParallelNetwork {
  /** The number of images in a batch: enough for efficient products, few enough for caches. */
  public static final int BATCH = 64;

  private final Workers workers;
  private final BatchNetwork[] networks;
  private final int pixels;

  public ParallelNetwork(Parameters parameters, Workers workers) {
    this.workers = workers;
    this.pixels = parameters.architecture().pixels();
    this.networks = new BatchNetwork[workers.count()];
    for (int w = 0; w < networks.length; w++) {
      networks[w] = new BatchNetwork(parameters, BATCH);
    }
  }

  /** A single-precision copy of {@code classifier}. */
  public static ParallelNetwork of(Classifier classifier, Workers workers) {
    return new ParallelNetwork(Parameters.of(classifier, Precision.FLOAT32), workers);
  }

  /**
   * A batch of images with the network that is to evaluate it, loaded but not evaluated.
   *
   * @param network has the images loaded
   * @param pixels the images, in [0, 1], image by image; may be overwritten
   * @param labels one per image
   * @param first the index of the batch's first image
   * @param size the number of images
   * @param worker the number of the worker
   */
  public record Batch(
      BatchNetwork network, float[] pixels, int[] labels, int first, int size, int worker) {}

  /** Does something with a batch. */
  @FunctionalInterface
  public interface Visitor {
    /** Called once per batch; calls for different batches may run at once. */
    void visit(Batch batch);
  }

  /**
   * Visits all images in batches.
   *
   * @throws IllegalArgumentException if the images' size is not the network's
   */
  public void forEachBatch(LabeledImages images, Visitor visitor) {
    if (images.size() != pixels) {
      throw new IllegalArgumentException(
          "The images have %d x %d pixels, the network takes %d in all."
              .formatted(images.rows(), images.columns(), pixels));
    }
    int[] order = new int[images.count()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    float[][] buffers = new float[networks.length][BATCH * pixels];
    int batches = (images.count() + BATCH - 1) / BATCH;
    workers.run(
        batches,
        (task, worker) -> {
          int first = task * BATCH;
          int size = Math.min(BATCH, images.count() - first);
          int[] labels = new int[size];
          for (int i = 0; i < size; i++) {
            labels[i] = images.label(first + i);
          }
          images.copyPixels(order, first, first + size, buffers[worker]);
          networks[worker].load(buffers[worker], size);
          visitor.visit(new Batch(networks[worker], buffers[worker], labels, first, size, worker));
        });
  }

  /** The share of images that are classified correctly, in [0, 1]; NaN if there are none. */
  public double accuracy(LabeledImages images) {
    return (double) countCorrect(images) / images.count();
  }

  /** How many images are classified correctly. */
  public int countCorrect(LabeledImages images) {
    int[] counts = new int[networks.length];
    forEachBatch(
        images,
        batch -> {
          batch.network().forward();
          counts[batch.worker()] += batch.network().loss(batch.labels(), 0, 1).correct();
        });
    int sum = 0;
    for (int count : counts) {
      sum += count;
    }
    return sum;
  }
}
