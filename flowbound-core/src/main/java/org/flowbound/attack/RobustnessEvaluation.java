package org.flowbound.attack;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.flowbound.data.LabeledImages;
import org.flowbound.network.Classifier;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.parallel.Workers;

/** Measures a classifier's accuracy under attacks. */
public final class RobustnessEvaluation {
  private final ParallelNetwork network;
  private final LabeledImages images;
  private final int pixels;

  /**
   * @param images the images to be attacked, all of them
   * @throws IllegalArgumentException if there are none
   */
  public RobustnessEvaluation(Classifier classifier, LabeledImages images, Workers workers) {
    if (images.count() == 0) {
      throw new IllegalArgumentException("There are no images to attack.");
    }
    this.network = ParallelNetwork.of(classifier, workers);
    this.images = images;
    this.pixels = images.size();
  }

  /** Hears of every budget that is done. */
  @FunctionalInterface
  public interface Listener {
    void point(RobustnessCurve.Point point);
  }

  /**
   * The accuracy on the perturbed images, for each budget. An image counts as correct if its
   * perturbed twin is classified correctly; at ε = 0 that is the clean accuracy.
   *
   * @param budgets values of ε ≥ 0 in pixel units
   */
  public RobustnessCurve run(Attack attack, double[] budgets, Listener listener) {
    List<RobustnessCurve.Point> points = new ArrayList<>();
    for (double eps : budgets) {
      int correct = eps == 0 ? network.countCorrect(images) : countCorrect(attack, eps);
      RobustnessCurve.Point point = new RobustnessCurve.Point(eps, correct, images.count());
      points.add(point);
      listener.point(point);
    }
    return new RobustnessCurve(attack.id(), attack.norm().id(), points);
  }

  private int countCorrect(Attack attack, double eps) {
    LongAdder correct = new LongAdder();
    network.forEachBatch(
        images,
        batch -> {
          float[] perturbed = new float[batch.size() * pixels];
          attack.perturb(batch, eps, perturbed);
          batch.network().load(perturbed, batch.size());
          batch.network().forward();
          correct.add(batch.network().loss(batch.labels(), 0, 1).correct());
        });
    return correct.intValue();
  }

  /** The perturbed images, image by image, row by row, in [0, 1]. */
  public float[] perturb(Attack attack, double eps) {
    float[] all = new float[Math.multiplyExact(images.count(), pixels)];
    network.forEachBatch(
        images,
        batch -> {
          float[] perturbed = new float[batch.size() * pixels];
          attack.perturb(batch, eps, perturbed);
          System.arraycopy(perturbed, 0, all, batch.first() * pixels, perturbed.length);
        });
    return all;
  }
}
