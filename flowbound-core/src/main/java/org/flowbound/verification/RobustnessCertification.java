package org.flowbound.verification;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.flowbound.attack.Attack;
import org.flowbound.attack.PerturbationNorm;
import org.flowbound.certification.LipschitzBounds;
import org.flowbound.certification.RadiusCertificate;
import org.flowbound.data.LabeledImages;
import org.flowbound.network.Classifier;
import org.flowbound.network.Logits;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.parallel.Workers;

/** Proves or refutes the robustness of a classifier on every image of a data set. */
public final class RobustnessCertification {
  private final Classifier classifier;
  private final LipschitzBounds bounds;
  private final LabeledImages images;
  private final Workers workers;

  /**
   * @param bounds of the classifier's ODE block
   * @throws IllegalArgumentException if there are no images
   */
  public RobustnessCertification(
      Classifier classifier, LipschitzBounds bounds, LabeledImages images, Workers workers) {
    if (images.count() == 0) {
      throw new IllegalArgumentException("There are no images to certify.");
    }
    this.classifier = classifier;
    this.bounds = bounds;
    this.images = images;
    this.workers = workers;
  }

  /** Hears of images that are done; called from several threads, one at a time. */
  @FunctionalInterface
  public interface Listener {
    void done(int images, int total);
  }

  /**
   * Runs the attacks and the methods. What an attack has refuted, at its budget and above, is not
   * tried to be proved.
   *
   * @param budgets radii in pixel units
   * @param deepest the last of the methods to be tried
   * @param attacks in the same norm; may be none
   * @return one verdict per image, in their order
   */
  public List<SampleVerdict> run(
      PerturbationNorm norm,
      double[] budgets,
      VerificationMethod deepest,
      List<Attack> attacks,
      Listener listener) {
    double[] sorted = budgets.clone();
    Arrays.sort(sorted);
    double[] radii = new RadiusCertificate(classifier, bounds).radii(images, norm, workers);
    SampleVerdict.Counterexample[] refutations = refute(sorted, attacks);
    LocalVerifier[] verifiers = new LocalVerifier[workers.count()];
    SampleVerdict[] verdicts = new SampleVerdict[images.count()];
    int[] done = new int[1];
    workers.run(
        images.count(),
        (i, worker) -> {
          if (verifiers[worker] == null) {
            verifiers[worker] = new LocalVerifier(classifier);
          }
          verdicts[i] =
              new SampleVerdict(
                  i,
                  images.label(i),
                  radii[i],
                  certify(i, norm, sorted, deepest, radii[i], refutations[i], verifiers[worker]),
                  refutations[i]);
          synchronized (done) {
            listener.done(++done[0], images.count());
          }
        });
    return List.of(verdicts);
  }

  /**
   * The largest budget that each method proves; a method starts from what the one before it has.
   */
  private Map<VerificationMethod, Double> certify(
      int image,
      PerturbationNorm norm,
      double[] budgets,
      VerificationMethod deepest,
      double radius,
      SampleVerdict.Counterexample refutation,
      LocalVerifier verifier) {
    Map<VerificationMethod, Double> certified = new EnumMap<>(VerificationMethod.class);
    float[] pixels = new float[images.size()];
    images.copyPixels(new int[] {image}, 0, 1, pixels);
    int open = 0;
    while (open < budgets.length && budgets[open] < refutation.eps()) {
      open++;
    }
    int proved = 0;
    while (proved < budgets.length && radius > budgets[proved]) {
      proved++;
    }
    certified.put(VerificationMethod.LIPSCHITZ, proved > 0 ? budgets[proved - 1] : Double.NaN);
    for (VerificationMethod method : List.of(VerificationMethod.LOCAL, VerificationMethod.REACH)) {
      if (method.compareTo(deepest) > 0) {
        break;
      }
      int end = open;
      while (proved < end) {
        int middle = (proved + end) / 2;
        if (verifier.proves(method, pixels, images.label(image), norm, budgets[middle])) {
          proved = middle + 1;
        } else {
          end = middle;
        }
      }
      certified.put(method, proved > 0 ? budgets[proved - 1] : Double.NaN);
    }
    return certified;
  }

  /** The first success of an attack on each image, over ascending budgets. */
  private SampleVerdict.Counterexample[] refute(double[] budgets, List<Attack> attacks) {
    SampleVerdict.Counterexample[] found = new SampleVerdict.Counterexample[images.count()];
    Arrays.fill(found, SampleVerdict.Counterexample.NONE);
    ParallelNetwork network = ParallelNetwork.of(classifier, workers);
    int size = images.size();
    for (double eps : budgets) {
      for (Attack attack : attacks) {
        network.forEachBatch(
            images,
            batch -> {
              float[] perturbed = new float[batch.size() * size];
              if (eps == 0) {
                System.arraycopy(batch.pixels(), 0, perturbed, 0, perturbed.length);
              } else {
                attack.perturb(batch, eps, perturbed);
              }
              batch.network().load(perturbed, batch.size());
              Logits.Prediction[] predictions = Logits.predictions(batch.network().forward());
              for (int i = 0; i < batch.size(); i++) {
                int image = batch.first() + i;
                int label = predictions[i].label();
                if (label != batch.labels()[i] && found[image].label() < 0) {
                  found[image] =
                      new SampleVerdict.Counterexample(
                          eps, label, Arrays.copyOfRange(perturbed, i * size, (i + 1) * size));
                }
              }
            });
      }
    }
    return found;
  }

  /**
   * The share of images that a method, or one before it, proved at each budget.
   *
   * @param budgets among those that the verdicts were made for
   */
  public static List<Double> certifiedAccuracy(
      List<SampleVerdict> verdicts, VerificationMethod method, double[] budgets) {
    List<Double> shares = new ArrayList<>();
    for (double eps : budgets) {
      long certified =
          verdicts.stream().filter(verdict -> verdict.isCertified(method, eps)).count();
      shares.add((double) certified / verdicts.size());
    }
    return shares;
  }
}
