package org.flowbound.certificate;

import java.util.List;
import org.flowbound.linalg.Matrix;

/**
 * The claim {@code δ(A) = max_D μ₂(DA) ≤ γ}, over all diagonal D with entries in [α, β], and the
 * evidence for it. It claims nothing until {@link CertificateChecker} has found it valid.
 *
 * <p>The claim is about the exact flow of {@code u' = σ(Au + b)} with this float64 matrix and real
 * arithmetic: no discretisation, and no other matrix of which it is a rounding.
 *
 * @param producer the software that made it, and how
 * @param matrix A, d × d
 * @param matrixDigest {@link Digest#of(Matrix)}
 * @param alpha the smallest slope α
 * @param beta the largest slope β
 * @param gamma γ
 * @param leaves the leaves of a binary tree of branchings, depth first, the lower end before the
 *     upper
 * @param digest {@link Digest#of(ExpansivityCertificate)}, which covers all other components
 */
public record ExpansivityCertificate(
    String producer,
    Matrix matrix,
    String matrixDigest,
    double alpha,
    double beta,
    double gamma,
    List<Leaf> leaves,
    String digest) {
  public ExpansivityCertificate {
    leaves = List.copyOf(leaves);
  }

  /** A certificate with its digests. */
  public static ExpansivityCertificate of(
      String producer, Matrix matrix, double alpha, double beta, double gamma, List<Leaf> leaves) {
    String matrixDigest = Digest.of(matrix);
    ExpansivityCertificate unsealed =
        new ExpansivityCertificate(producer, matrix, matrixDigest, alpha, beta, gamma, leaves, "");
    return new ExpansivityCertificate(
        producer, matrix, matrixDigest, alpha, beta, gamma, leaves, Digest.of(unsealed));
  }
}
