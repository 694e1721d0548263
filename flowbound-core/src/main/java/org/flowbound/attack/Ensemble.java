package org.flowbound.attack;

import java.util.List;
import org.flowbound.network.ParallelNetwork;

/**
 * Several attacks one after the other, each on the images that no earlier one has broken: the worst
 * case for each image.
 *
 * @param id the name in results
 * @param attacks in their order, all in the same norm
 */
public record Ensemble(String id, List<BoundedAttack> attacks) implements BoundedAttack {
  /**
   * @throws IllegalArgumentException if there is no attack, or their norms differ
   */
  public Ensemble {
    attacks = List.copyOf(attacks);
    if (attacks.stream().map(BoundedAttack::norm).distinct().count() != 1) {
      throw new IllegalArgumentException("An ensemble needs attacks in one norm: " + attacks);
    }
  }

  /**
   * The standard version of AutoAttack (Croce, Hein, ICML 2020, arXiv 2003.01690): APGD on the
   * cross-entropy, targeted APGD, targeted FAB and Square.
   */
  public static Ensemble autoAttack(PerturbationNorm norm, long seed) {
    return new Ensemble(
        "autoattack",
        List.of(
            Apgd.crossEntropy(norm, seed),
            Apgd.targeted(norm, seed),
            Fab.targeted(norm, seed),
            Square.of(norm, seed)));
  }

  @Override
  public PerturbationNorm norm() {
    return attacks.get(0).norm();
  }

  @Override
  public void requireClasses(int classes) {
    attacks.forEach(attack -> attack.requireClasses(classes));
  }

  @Override
  public void perturb(ParallelNetwork.Batch batch, double eps, float[] target) {
    LossOracle oracle = new LossOracle(batch.network(), batch.size());
    int n = oracle.pixels();
    int[] active = new int[batch.size()];
    for (int i = 0; i < active.length; i++) {
      active[i] = i;
    }
    System.arraycopy(batch.pixels(), 0, target, 0, batch.size() * n);
    oracle.evaluate(target, active, active.length);
    int left = oracle.dropBroken(active, active.length, batch.labels(), 0);
    for (BoundedAttack attack : attacks) {
      if (left == 0) {
        return;
      }
      float[] remaining = new float[left * n];
      int[] labels = new int[left];
      for (int r = 0; r < left; r++) {
        System.arraycopy(batch.pixels(), active[r] * n, remaining, r * n, n);
        labels[r] = batch.labels()[active[r]];
      }
      batch.network().load(remaining, left);
      float[] perturbed = new float[left * n];
      attack.perturb(
          new ParallelNetwork.Batch(
              batch.network(), remaining, labels, batch.first(), left, batch.worker()),
          eps,
          perturbed);
      for (int r = 0; r < left; r++) {
        System.arraycopy(perturbed, r * n, target, active[r] * n, n);
      }
      oracle.evaluate(target, active, left);
      left = oracle.dropBroken(active, left, batch.labels(), 0);
    }
  }
}
