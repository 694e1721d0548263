package org.flowbound.attack;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.flowbound.data.LabeledImages;
import org.flowbound.linalg.NativeMatrix;
import org.flowbound.network.Classifier;
import org.flowbound.network.Logits;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.parallel.Workers;

/** Measures a classifier's accuracy under attacks. */
public final class RobustnessEvaluation {
  private final ParallelNetwork network;
  private final LabeledImages images;
  private final int classes;
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
    this.classes = classifier.architecture().classes();
    this.pixels = images.size();
  }

  /** Hears how an evaluation goes. */
  @FunctionalInterface
  public interface Listener {
    /** Called for every budget that is done. */
    void point(RobustnessCurve.Point point);

    /** Called before {@link #point}, with every image. */
    default void attacked(AttackedImages result) {}

    /**
     * Called after every batch of images, by any thread.
     *
     * @param eps the budget; NaN where one search serves them all
     * @param done images that are done
     */
    default void progress(double eps, int done, int all) {}
  }

  /**
   * The accuracy on the perturbed images, for each budget. An image counts as correct if its
   * perturbed twin is classified correctly; at ε = 0 that is the clean accuracy. A {@link
   * MinimumNormAttack} runs once for all budgets.
   *
   * @param budgets values of ε ≥ 0 in pixel units
   * @throws IllegalArgumentException if the attack is not defined for so few classes
   */
  public RobustnessCurve run(Attack attack, double[] budgets, Listener listener) {
    attack.requireClasses(classes);
    AttackedImages closest =
        attack instanceof MinimumNormAttack minimal
            ? attacked(Double.NaN, listener, (batch, target) -> minimal.search(batch, 0, target))
            : null;
    List<RobustnessCurve.Point> points = new ArrayList<>();
    for (double eps : budgets) {
      AttackedImages result =
          closest != null
              ? within(closest, ((MinimumNormAttack) attack).norm(), eps)
              : attack(attack, eps, listener);
      listener.attacked(result);
      RobustnessCurve.Point point =
          new RobustnessCurve.Point(eps, result.countCorrect(), images.count());
      points.add(point);
      listener.point(point);
    }
    return new RobustnessCurve(attack.id(), attack.measure(), points);
  }

  /** Attacks every image with one budget. */
  public AttackedImages attack(Attack attack, double eps, Listener listener) {
    return attacked(
        eps,
        listener,
        (batch, target) -> {
          if (eps == 0) {
            System.arraycopy(batch.pixels(), 0, target, 0, target.length);
          } else {
            attack.perturb(batch, eps, target);
          }
        });
  }

  /** The perturbed images, image by image, row by row, in [0, 1]. */
  public float[] perturb(Attack attack, double eps) {
    return attack(attack, eps, point -> {}).pixels();
  }

  /** Writes the perturbed twins of a batch. */
  private interface Perturbation {
    void perturb(ParallelNetwork.Batch batch, float[] target);
  }

  private AttackedImages attacked(double eps, Listener listener, Perturbation perturbation) {
    int count = images.count();
    float[] all = new float[Math.multiplyExact(count, pixels)];
    int[] predictions = new int[count];
    boolean[] correct = new boolean[count];
    AtomicInteger done = new AtomicInteger();
    network.forEachBatch(
        images,
        batch -> {
          float[] perturbed = new float[batch.size() * pixels];
          perturbation.perturb(batch, perturbed);
          batch.network().load(perturbed, batch.size());
          NativeMatrix logits = batch.network().forward();
          double[] row = new double[logits.columns()];
          for (int i = 0; i < batch.size(); i++) {
            logits.read(i * row.length, row, row.length);
            predictions[batch.first() + i] = Logits.prediction(row);
            correct[batch.first() + i] = Logits.isCorrect(row, batch.labels()[i]);
          }
          System.arraycopy(perturbed, 0, all, batch.first() * pixels, perturbed.length);
          listener.progress(eps, done.addAndGet(batch.size()), count);
        });
    return new AttackedImages(images, eps, all, predictions, correct);
  }

  private static AttackedImages within(AttackedImages closest, PerturbationNorm norm, double eps) {
    boolean[] correct = new boolean[closest.correct().length];
    for (int i = 0; i < correct.length; i++) {
      correct[i] = closest.correct()[i] || closest.distance(norm, i) > eps;
    }
    return new AttackedImages(
        closest.originals(), eps, closest.pixels(), closest.predictions(), correct);
  }
}
