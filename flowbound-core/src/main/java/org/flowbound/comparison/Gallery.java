package org.flowbound.comparison;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.flowbound.attack.Attack;
import org.flowbound.comparison.ComparisonResult.Adversarial;
import org.flowbound.comparison.ComparisonResult.GalleryImage;
import org.flowbound.data.LabeledImages;
import org.flowbound.network.Classifier;
import org.flowbound.network.Logits;
import org.flowbound.network.Logits.Prediction;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.parallel.Workers;

/** Test images beside their adversarial twins. */
final class Gallery {
  private final LabeledImages test;
  private final Attack attack;
  private final double eps;
  private final Workers workers;

  Gallery(LabeledImages test, Attack attack, double eps, Workers workers) {
    this.test = test;
    this.attack = attack;
    this.eps = eps;
    this.workers = workers;
  }

  /**
   * The first {@code n} test images that the first classifier gets right, one of each class in
   * turn, with one twin for each classifier.
   */
  List<GalleryImage> of(List<Classifier> classifiers, int n) {
    int[] chosen = choose(classifiers.get(0), n);
    LabeledImages images = test.select(chosen);
    List<Adversarial[]> twins = classifiers.stream().map(c -> twins(c, images)).toList();
    int[] order = new int[1];
    List<GalleryImage> gallery = new ArrayList<>();
    for (int i = 0; i < chosen.length; i++) {
      int index = i;
      float[] original = new float[test.size()];
      order[0] = i;
      images.copyPixels(order, 0, 1, original);
      gallery.add(
          new GalleryImage(
              chosen[i],
              images.label(i),
              eps,
              original,
              twins.stream().map(ofModel -> ofModel[index]).toList()));
    }
    return gallery;
  }

  private int[] choose(Classifier classifier, int n) {
    Prediction[] predictions = new Prediction[test.count()];
    ParallelNetwork.of(classifier, workers)
        .forEachBatch(
            test,
            batch -> {
              Prediction[] ofBatch = Logits.predictions(batch.network().forward());
              System.arraycopy(ofBatch, 0, predictions, batch.first(), ofBatch.length);
            });
    List<Integer> chosen = new ArrayList<>();
    int[] searchedTo = new int[test.classes()];
    for (int turn = 0; chosen.size() < n && turn < n * test.classes(); turn++) {
      int wanted = turn % test.classes();
      for (int i = searchedTo[wanted]; i < test.count(); i++) {
        searchedTo[wanted] = i + 1;
        if (test.label(i) == wanted && predictions[i].label() == wanted) {
          chosen.add(i);
          break;
        }
      }
    }
    return chosen.stream().mapToInt(Integer::intValue).toArray();
  }

  private Adversarial[] twins(Classifier classifier, LabeledImages images) {
    int pixels = images.size();
    Adversarial[] twins = new Adversarial[images.count()];
    ParallelNetwork.of(classifier, workers)
        .forEachBatch(
            images,
            batch -> {
              Prediction[] clean = Logits.predictions(batch.network().forward());
              float[] perturbed = new float[batch.size() * pixels];
              attack.perturb(batch, eps, perturbed);
              batch.network().load(perturbed, batch.size());
              Prediction[] attacked = Logits.predictions(batch.network().forward());
              for (int i = 0; i < batch.size(); i++) {
                twins[batch.first() + i] =
                    new Adversarial(
                        clean[i].label(),
                        clean[i].confidence(),
                        attacked[i].label(),
                        attacked[i].confidence(),
                        Arrays.copyOfRange(perturbed, i * pixels, (i + 1) * pixels));
              }
            });
    return twins;
  }
}
