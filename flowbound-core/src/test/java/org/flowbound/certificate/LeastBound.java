package org.flowbound.certificate;

import java.util.ArrayList;
import java.util.List;
import org.flowbound.certificate.FixedSlope.End;
import org.flowbound.linalg.Matrix;

/** How low a bound the checker accepts. */
final class LeastBound {
  private LeastBound() {}

  /**
   * The least γ that is proved on the tree whose leaves are the vertices, where nothing is lost to
   * relaxation.
   */
  static double ofVertices(Matrix a, double alpha, double beta) {
    List<Leaf> leaves = new ArrayList<>();
    for (int signs = 0; signs < 1 << a.rows(); signs++) {
      List<FixedSlope> fixed = new ArrayList<>();
      for (int i = 0; i < a.rows(); i++) {
        int bit = signs >> (a.rows() - 1 - i) & 1;
        fixed.add(new FixedSlope(i, bit == 0 ? End.LOWER : End.UPPER));
      }
      leaves.add(new Leaf(fixed, new double[0]));
    }
    LeafProof proof = new LeafProof(a, alpha, beta);
    double size = Math.max(Math.abs(alpha), Math.abs(beta));
    double above = 2 * size * a.rows() * a.maxAbs() + 1e4 * Double.MIN_VALUE;
    double least = -above;
    for (Leaf leaf : leaves) {
      if (!proof.proves(leaf, least)) {
        least = least(proof, leaf, least, above);
      }
    }
    ExpansivityCertificate certificate =
        ExpansivityCertificate.of("test", a, alpha, beta, least, leaves);
    if (!CertificateChecker.check(certificate).valid()) {
      throw new AssertionError("What its leaves prove, the checker refuses: " + certificate);
    }
    return least;
  }

  private static double least(LeafProof proof, Leaf leaf, double below, double above) {
    double refused = below;
    double accepted = above;
    if (!proof.proves(leaf, accepted)) {
      throw new AssertionError("A bound as large as %s is refused.".formatted(accepted));
    }
    while (true) {
      double middle = 0.5 * refused + 0.5 * accepted;
      if (!(refused < middle && middle < accepted)) {
        return accepted;
      }
      if (proof.proves(leaf, middle)) {
        accepted = middle;
      } else {
        refused = middle;
      }
    }
  }
}
