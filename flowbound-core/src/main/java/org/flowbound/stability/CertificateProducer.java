package org.flowbound.stability;

import java.util.List;
import org.flowbound.certificate.CertifiedNorm;
import org.flowbound.certificate.ClosedForm;
import org.flowbound.certificate.ExpansivityCertificate;
import org.flowbound.certificate.Leaf;
import org.flowbound.certificate.LeafProof;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;

/**
 * Bounds δ(A), by branch and bound in the 2-norm and by the closed form in the others, and raises
 * the upper end by as little as the proof in floating point needs.
 */
final class CertificateProducer {
  /** The part of the tolerance that the search may use; the rest is for the proof. */
  private static final double SEARCH_SHARE = 0.9;

  private final Expansivity expansivity;
  private final Matrix matrix;
  private final SlopeBox slopes;
  private final BoundOptions options;
  private final ExpansivityListener listener;

  CertificateProducer(Expansivity expansivity, BoundOptions options, ExpansivityListener listener) {
    this.expansivity = expansivity;
    this.matrix = expansivity.matrix();
    this.slopes = expansivity.slopes();
    this.options = options;
    this.listener = listener;
  }

  CertifiedBound run(Norm norm) {
    return switch (norm) {
      case ONE -> closedForm(norm, CertifiedNorm.ONE);
      case INFINITY -> closedForm(norm, CertifiedNorm.INFINITY);
      case TWO -> search();
    };
  }

  private CertifiedBound search() {
    long start = System.nanoTime();
    BranchAndBound search =
        new BranchAndBound(
            matrix,
            slopes,
            options.withTolerance(SEARCH_SHARE * options.tolerance()),
            listener,
            true);
    ExpansivityBound found = search.run();
    List<Leaf> leaves = search.leaves();
    double gamma = prove(leaves, found.upper());
    return new CertifiedBound(
        raised(found, gamma, start),
        ExpansivityCertificate.of(
            producer(found), matrix, slopes.lower(), slopes.upper(), gamma, leaves));
  }

  private CertifiedBound closedForm(Norm norm, CertifiedNorm certified) {
    long start = System.nanoTime();
    ExpansivityBound found = expansivity.bound(norm, options, listener);
    double gamma = ClosedForm.roundedUp(matrix, slopes.lower(), slopes.upper(), certified);
    if (!Double.isFinite(gamma)) {
      throw tooLarge();
    }
    return new CertifiedBound(
        raised(found, gamma, start),
        ExpansivityCertificate.ofClosedForm(
            producer(found), matrix, certified, slopes.lower(), slopes.upper(), gamma));
  }

  private ExpansivityBound raised(ExpansivityBound found, double gamma, long start) {
    double lower = Math.min(found.lower(), gamma);
    return new ExpansivityBound(
        found.dimension(),
        slopes,
        found.norm(),
        lower,
        gamma,
        gamma - lower <= options.tolerance() * Math.max(1, Math.abs(gamma)),
        found.nodes(),
        1e-9 * (System.nanoTime() - start),
        found.vertex());
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
          throw tooLarge();
        }
      }
      proved++;
    }
    return gamma;
  }

  private ArithmeticException tooLarge() {
    return new ArithmeticException(
        "The weights, of size %s, are too large for a proof in floating point: scale them."
            .formatted(matrix.maxAbs()));
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
