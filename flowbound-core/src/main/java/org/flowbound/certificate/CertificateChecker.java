package org.flowbound.certificate;

import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.flowbound.certificate.FixedSlope.End;
import org.flowbound.linalg.Matrix;

/**
 * Checks certificates of {@code δ(A) ≤ γ} without anything that made them.
 *
 * <p>A certificate in the 2-norm is valid if its digests are those of its content, its leaves cover
 * the slope box, and {@link LeafProof} proves the bound γ on each of them. Since {@code D ↦ μ₂(DA)}
 * is convex, its maximum over the box is at a vertex, and every vertex lies in a leaf. In the 1-
 * and ∞-norms there are no leaves: γ must not be below {@link ClosedForm}.
 *
 * <p>A valid certificate proves the bound in real arithmetic for the float64 matrix that it holds.
 * The digests show accidental or careless changes; against a forger stand the proofs alone, and
 * they suffice.
 */
public final class CertificateChecker {
  private CertificateChecker() {}

  /** Checks a certificate, and that it speaks of {@code weights}. */
  public static Verdict check(ExpansivityCertificate certificate, Matrix weights) {
    return Digest.of(weights).equals(Digest.of(certificate.matrix()))
        ? check(certificate)
        : new Verdict(
            false,
            certificate.gamma(),
            "the certificate speaks of another matrix: it holds one of %s, and the weights are %s"
                .formatted(describe(certificate.matrix()), describe(weights)));
  }

  private static String describe(Matrix matrix) {
    return "%d x %d with digest %s"
        .formatted(matrix.rows(), matrix.columns(), Digest.of(matrix).substring(0, 12));
  }

  /** Checks a certificate. */
  public static Verdict check(ExpansivityCertificate certificate) {
    Optional<String> flaw = flaw(certificate);
    String reason =
        flaw.orElseGet(
            () ->
                "delta(A) <= %s is proved for slopes in [%s, %s]; %s"
                    .formatted(
                        certificate.gamma(),
                        certificate.alpha(),
                        certificate.beta(),
                        certificate.norm() == CertifiedNorm.TWO
                            ? "number of leaves: " + certificate.leaves().size()
                            : "closed form of the %s-norm".formatted(certificate.norm())));
    return new Verdict(flaw.isEmpty(), certificate.gamma(), reason);
  }

  /** The first thing wrong with a certificate, if there is one. */
  private static Optional<String> flaw(ExpansivityCertificate certificate) {
    Matrix a = certificate.matrix();
    if (!a.isSquare() || a.rows() == 0) {
      return Optional.of("the matrix is %d x %d, not square".formatted(a.rows(), a.columns()));
    }
    if (!a.isFinite()) {
      return Optional.of("the matrix holds NaN or infinite entries");
    }
    double alpha = certificate.alpha();
    double beta = certificate.beta();
    if (!(Double.isFinite(alpha) && Double.isFinite(beta) && alpha <= beta)) {
      return Optional.of("the slopes [%s, %s] are no finite interval".formatted(alpha, beta));
    }
    if (!Double.isFinite(certificate.gamma())) {
      return Optional.of("gamma (%s) is no finite number".formatted(certificate.gamma()));
    }
    if (!Digest.of(a).equals(certificate.matrixDigest())) {
      return Optional.of("the matrix was altered: its digest is another than the one stated");
    }
    if (!Digest.of(certificate).equals(certificate.digest())) {
      return Optional.of("the certificate was altered: its digest is another than the one stated");
    }
    if (certificate.norm() != CertifiedNorm.TWO) {
      return belowClosedForm(certificate);
    }
    return uncovered(certificate.leaves(), a.rows())
        .or(() -> unproved(certificate, new LeafProof(a, alpha, beta)));
  }

  /** What is wrong with a certificate in the 1- or ∞-norm, if anything is. */
  private static Optional<String> belowClosedForm(ExpansivityCertificate certificate) {
    if (!certificate.leaves().isEmpty()) {
      return Optional.of("there are leaves, which say nothing in this norm");
    }
    double value =
        ClosedForm.roundedUp(
            certificate.matrix(), certificate.alpha(), certificate.beta(), certificate.norm());
    return value <= certificate.gamma()
        ? Optional.empty()
        : Optional.of(
            "the bound %s is not proved: the closed form, rounded up, is %s"
                .formatted(certificate.gamma(), value));
  }

  /**
   * What is wrong with the leaves as a cover of the box, if anything is.
   *
   * <p>Invariant: not yet covered are the vertices in which the slopes of {@code rest} are held,
   * and, for every lower end in {@code rest}, those in which it is replaced by the upper end and
   * what follows it is dropped. At first {@code rest} is empty: the whole box. The next leaf must
   * hold the slopes of {@code rest} and may hold more, at lower ends only; each of these leaves its
   * upper end to later leaves, so the invariant is true of the leaf's slopes, without the vertices
   * in the leaf itself. What comes next is the upper end in place of the last lower end; where
   * there is none, all is covered.
   */
  private static Optional<String> uncovered(List<Leaf> leaves, int d) {
    List<FixedSlope> rest = List.of();
    boolean covered = false;
    for (int k = 0; k < leaves.size(); k++) {
      List<FixedSlope> fixed = leaves.get(k).fixed();
      if (covered) {
        return Optional.of("leaf %d comes after leaves that cover the whole box".formatted(k));
      }
      if (!isInRange(fixed, d)) {
        return Optional.of("leaf %d holds a slope twice, or one that is not there".formatted(k));
      }
      if (!isFirstOf(rest, fixed)) {
        return Optional.of("leaf %d is not the one that comes next in the tree".formatted(k));
      }
      rest = next(fixed);
      covered = rest.isEmpty();
    }
    return covered ? Optional.empty() : Optional.of("the leaves do not cover the whole box");
  }

  private static boolean isInRange(List<FixedSlope> fixed, int d) {
    BitSet seen = new BitSet();
    for (FixedSlope slope : fixed) {
      int i = slope.coordinate();
      if (i < 0 || i >= d || seen.get(i)) {
        return false;
      }
      seen.set(i);
    }
    return true;
  }

  /** Whether {@code fixed} begins with {@code part} and goes on with lower ends alone. */
  private static boolean isFirstOf(List<FixedSlope> part, List<FixedSlope> fixed) {
    int n = part.size();
    return n <= fixed.size()
        && fixed.subList(0, n).equals(part)
        && fixed.subList(n, fixed.size()).stream().allMatch(slope -> slope.end() == End.LOWER);
  }

  /** The slopes held in the part that follows a leaf; none after the last leaf. */
  private static List<FixedSlope> next(List<FixedSlope> fixed) {
    int n = fixed.size();
    while (n > 0 && fixed.get(n - 1).end() == End.UPPER) {
      n--;
    }
    if (n == 0) {
      return List.of();
    }
    FixedSlope[] part = fixed.subList(0, n).toArray(FixedSlope[]::new);
    part[n - 1] = new FixedSlope(part[n - 1].coordinate(), End.UPPER);
    return List.of(part);
  }

  /** What is wrong with the first leaf that is not proved, if there is one. */
  private static Optional<String> unproved(ExpansivityCertificate certificate, LeafProof proof) {
    List<Leaf> leaves = certificate.leaves();
    for (int k = 0; k < leaves.size(); k++) {
      Leaf leaf = leaves.get(k);
      int expected = proof.multipliers(leaf.fixed().size());
      if (leaf.multipliers().length != expected) {
        return Optional.of(
            "leaf %d has %d multipliers, and needs %d"
                .formatted(k, leaf.multipliers().length, expected));
      }
      for (double multiplier : leaf.multipliers()) {
        if (!(multiplier > 0 && Double.isFinite(multiplier))) {
          return Optional.of(
              "leaf %d has the multiplier %s, which is not positive and finite"
                  .formatted(k, multiplier));
        }
      }
      if (!proof.proves(leaf, certificate.gamma())) {
        return Optional.of(
            "the multipliers of leaf %d do not prove the bound %s"
                .formatted(k, certificate.gamma()));
      }
    }
    return Optional.empty();
  }
}
