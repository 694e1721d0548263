package org.flowbound.certificate;

import java.util.List;
import org.flowbound.linalg.Matrix;

/**
 * The claim {@code δ(A) = max_D μ(DA) ≤ γ}, over all diagonal D with entries in [α, β], μ the
 * logarithmic norm of the 1-, 2- or ∞-norm, and the evidence for it. It claims nothing until {@link
 * CertificateChecker} has found it valid.
 *
 * <p>The claim is about the exact flow of {@code u' = σ(Au + b)} with this float64 matrix and real
 * arithmetic: no discretisation, and no other matrix of which it is a rounding.
 *
 * @param producer the software that made it, and how
 * @param matrix A, d × d
 * @param matrixDigest {@link Digest#of(Matrix)}
 * @param norm the norm of μ
 * @param alpha the smallest slope α
 * @param beta the largest slope β
 * @param gamma γ
 * @param leaves in the 2-norm the leaves of a binary tree of branchings, depth first, the lower end
 *     before the upper; in the others none, as {@link ClosedForm} needs no evidence
 * @param digest {@link Digest#of(ExpansivityCertificate)}, which covers all other components
 */
public record ExpansivityCertificate(
    String producer,
    Matrix matrix,
    String matrixDigest,
    CertifiedNorm norm,
    double alpha,
    double beta,
    double gamma,
    List<Leaf> leaves,
    String digest) {
  public ExpansivityCertificate {
    leaves = List.copyOf(leaves);
  }

  /** A certificate in the 2-norm, with its digests. */
  public static ExpansivityCertificate of(
      String producer, Matrix matrix, double alpha, double beta, double gamma, List<Leaf> leaves) {
    return sealed(producer, matrix, CertifiedNorm.TWO, alpha, beta, gamma, leaves);
  }

  /**
   * A certificate in the 1- or ∞-norm, with its digests.
   *
   * @param gamma no less than {@link ClosedForm#roundedUp}, or it will be refused
   */
  public static ExpansivityCertificate ofClosedForm(
      String producer, Matrix matrix, CertifiedNorm norm, double alpha, double beta, double gamma) {
    return sealed(producer, matrix, norm, alpha, beta, gamma, List.of());
  }

  private static ExpansivityCertificate sealed(
      String producer,
      Matrix matrix,
      CertifiedNorm norm,
      double alpha,
      double beta,
      double gamma,
      List<Leaf> leaves) {
    String matrixDigest = Digest.of(matrix);
    ExpansivityCertificate unsealed =
        new ExpansivityCertificate(
            producer, matrix, matrixDigest, norm, alpha, beta, gamma, leaves, "");
    return new ExpansivityCertificate(
        producer, matrix, matrixDigest, norm, alpha, beta, gamma, leaves, Digest.of(unsealed));
  }
}
