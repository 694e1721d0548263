package org.flowbound.stability;

import java.util.List;
import org.flowbound.certificate.ExpansivityCertificate;
import org.flowbound.certificate.Leaf;
import org.flowbound.certificate.LeafProof;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;

/**
 * Bounds δ(A) by branch and bound, and raises the upper end by as little as the proof in floating
 * point needs.
 */
final class CertificateProducer {
  /** The part of the tolerance that the search may use; the rest is for the proof. */
  private static final double SEARCH_SHARE = 0.9;

  private final Matrix matrix;
  private final SlopeBox slopes;
  private final BoundOptions options;
  private final BranchAndBound search;

  CertificateProducer(Expansivity expansivity, BoundOptions options, ExpansivityListener listener) {
    this.matrix = expansivity.matrix();
    this.slopes = expansivity.slopes();
    this.options = options;
    this.search =
        new BranchAndBound(
            matrix,
            slopes,
            options.withTolerance(SEARCH_SHARE * options.tolerance()),
            listener,
            true);
  }

  CertifiedBound run() {
    long start = System.nanoTime();
    ExpansivityBound found = search.run();
    List<Leaf> leaves = search.leaves();
    double gamma = prove(leaves, found.upper());
    ExpansivityCertificate certificate =
        ExpansivityCertificate.of(
            producer(found), matrix, slopes.lower(), slopes.upper(), gamma, leaves);
    ExpansivityBound bound =
        new ExpansivityBound(
            found.dimension(),
            slopes,
            found.norm(),
            found.lower(),
            gamma,
            gamma - found.lower() <= options.tolerance() * Math.max(1, Math.abs(gamma)),
            found.nodes(),
            1e-9 * (System.nanoTime() - start),
            found.vertex());
    return new CertifiedBound(bound, certificate);
  }

  /** A bound, little above {@code upper}, that is proved on every leaf. */
  private double prove(List<Leaf> leaves, double upper) {
    LeafProof proof = new LeafProof(matrix, slopes.lower(), slopes.upper());
    double gamma = upper;
    double margin = matrix.rows() * Math.ulp(Math.max(Math.abs(upper), matrix.maxAbs()));
    int proved = 0;
    // Rounding may undo at a higher bound what was proved at a lower one: all leaves must be proved
    // in a row.
    for (int k = 0; proved < leaves.size(); k = (k + 1) % leaves.size()) {
      while (!proof.proves(leaves.get(k), gamma)) {
        gamma = upper + margin;
        margin *= 2;
        proved = 0;
        if (!Double.isFinite(gamma)) {
          throw new ArithmeticException(
              "The weights, of size %s, are too large for a proof in floating point: scale them."
                  .formatted(matrix.maxAbs()));
        }
      }
      proved++;
    }
    return gamma;
  }

  private String producer(ExpansivityBound found) {
    String version = CertificateProducer.class.getPackage().getImplementationVersion();
    return "Flowbound %s on Java %s, %s; tolerance %s, seed %d, %d nodes"
        .formatted(
            version == null ? "development" : version,
            Runtime.version(),
            System.getProperty("os.arch"),
            options.tolerance(),
            options.seed(),
            found.nodes());
  }
}
