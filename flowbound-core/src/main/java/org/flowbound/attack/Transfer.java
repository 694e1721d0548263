package org.flowbound.attack;

import org.flowbound.linalg.Precision;
import org.flowbound.network.BatchNetwork;
import org.flowbound.network.Classifier;
import org.flowbound.network.ParallelNetwork;
import org.flowbound.network.Parameters;

/**
 * An attack whose gradients are those of another network: what breaks that one is tried on the one
 * under evaluation. A network that gradients through itself cannot break, and those of another one
 * can, hides its gradients.
 */
public final class Transfer implements BoundedAttack {
  private final BoundedAttack attack;
  private final Parameters source;

  /**
   * @param attack how the source is attacked; one that does not stop where the source is fooled
   *     transfers best
   * @param source the other network
   */
  public Transfer(BoundedAttack attack, Classifier source) {
    this.attack = attack;
    this.source = Parameters.of(source, Precision.FLOAT32);
    attack.requireClasses(source.architecture().classes());
  }

  @Override
  public String id() {
    return "transfer";
  }

  @Override
  public PerturbationNorm norm() {
    return attack.norm();
  }

  @Override
  public void perturb(ParallelNetwork.Batch batch, double eps, float[] target) {
    BatchNetwork network = new BatchNetwork(source, batch.size());
    network.load(batch.pixels(), batch.size());
    attack.perturb(
        new ParallelNetwork.Batch(
            network, batch.pixels(), batch.labels(), batch.first(), batch.size(), batch.worker()),
        eps,
        target);
  }
}
