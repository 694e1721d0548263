package org.flowbound.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.flowbound.certificate.FixedSlope.End;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.ExpansivityListener;
import org.flowbound.stability.MatrixFamily;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A corpus of certificates that must be refused. */
class CertificateCheckerTest {
  private static final double ALPHA = 0.1;

  private final Matrix a = MatrixFamily.SKEW.sample(8, new SplittableRandom(4));
  private final ExpansivityCertificate genuine =
      Expansivity.of(a, SlopeBox.of(ALPHA))
          .certify(BoundOptions.defaults().withTolerance(1e-9), ExpansivityListener.SILENT)
          .certificate();
  private final List<Leaf> leaves = genuine.leaves();

  private static ExpansivityCertificate certificate(
      Matrix matrix, double alpha, double beta, double gamma, List<Leaf> leaves) {
    return ExpansivityCertificate.of("test", matrix, alpha, beta, gamma, leaves);
  }

  private ExpansivityCertificate withGamma(double gamma) {
    return certificate(a, ALPHA, 1, gamma, leaves);
  }

  /** With leaves that would prove a bound, however high. */
  private ExpansivityCertificate withLeaves(List<Leaf> others) {
    return certificate(a, ALPHA, 1, 100, others);
  }

  private ExpansivityCertificate withLeaf(int k, Leaf leaf) {
    List<Leaf> others = new ArrayList<>(leaves);
    others.set(k, leaf);
    return withLeaves(others);
  }

  private static void assertRefused(ExpansivityCertificate certificate, String reason) {
    Verdict verdict = CertificateChecker.check(certificate);
    assertThat(verdict.valid()).as(verdict.reason()).isFalse();
    assertThat(verdict.reason()).contains(reason);
  }

  @Test
  void whatIsGenuineIsValid() {
    assertThat(leaves).hasSizeGreaterThan(3);
    Verdict verdict = CertificateChecker.check(genuine, a);
    assertThat(verdict)
        .isEqualTo(
            new Verdict(
                true,
                genuine.gamma(),
                "delta(A) <= %s is proved for slopes in [0.1, 1.0]; number of leaves: %d"
                    .formatted(genuine.gamma(), leaves.size())));
    assertThat(CertificateChecker.check(withLeaves(leaves)).valid()).isTrue();
    assertThat(CertificateChecker.check(withGamma(genuine.gamma())).valid()).isTrue();
  }

  @Test
  void boundsBelowTheMaximum() {
    BigDecimal attained = AttainedExpansivity.of(a, ALPHA, 1);
    double below = attained.doubleValue();
    below = new BigDecimal(below).compareTo(attained) >= 0 ? Math.nextDown(below) : below;
    for (double margin = 0; margin < 1e-2; margin = Math.max(Math.ulp(below), 2 * margin)) {
      assertRefused(withGamma(below - margin), "do not prove the bound");
    }
    for (double gamma : new double[] {0, -1, -1e300, -Double.MAX_VALUE, Double.MIN_VALUE}) {
      assertRefused(withGamma(gamma), "do not prove the bound");
    }
  }

  /** One matrix at each edge: what is accepted last is not below what is attained. */
  @Property(tries = 100)
  void theLeastBoundAcceptedIsTrue(@ForAll @IntRange(min = 1, max = 5) int d, @ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    MatrixFamily[] families = MatrixFamily.values();
    Matrix matrix = families[random.nextInt(families.length)].sample(d, random);
    double least = LeastBound.ofVertices(matrix, ALPHA, 1);
    BigDecimal attained = AttainedExpansivity.of(matrix, ALPHA, 1);
    assertThat(new BigDecimal(least)).isGreaterThanOrEqualTo(attained);
    assertThat(least - attained.setScale(30, RoundingMode.FLOOR).doubleValue()).isLessThan(1e-12);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void whatIsNoNumber(double value) {
    assertRefused(withGamma(value), "gamma");
    assertRefused(certificate(a, value, 1, 100, leaves), "no finite interval");
    assertRefused(certificate(a, ALPHA, value, 100, leaves), "no finite interval");
    Matrix altered = Matrix.generate(8, 8, (i, j) -> i == 3 && j == 4 ? value : a.get(i, j));
    assertRefused(certificate(altered, ALPHA, 1, 100, leaves), "NaN or infinite");
  }

  @Test
  void matricesAndSlopesThatAreNone() {
    assertRefused(certificate(Matrix.zeros(0, 0), ALPHA, 1, 1, leaves), "0 x 0");
    assertRefused(certificate(Matrix.zeros(2, 3), ALPHA, 1, 1, leaves), "2 x 3");
    assertRefused(certificate(a, 1, ALPHA, 100, leaves), "no finite interval");
    assertRefused(certificate(a, -Double.MAX_VALUE, Double.MAX_VALUE, 1e300, leaves), "prove");
  }

  @Test
  void missingLeaves() {
    assertRefused(withLeaves(List.of()), "do not cover");
    for (int k = 0; k < leaves.size(); k++) {
      List<Leaf> others = new ArrayList<>(leaves);
      others.remove(k);
      assertRefused(withLeaves(others), k == leaves.size() - 1 ? "do not cover" : "comes next");
    }
  }

  @Test
  void repeatedLeaves() {
    for (int k = 0; k < leaves.size(); k++) {
      for (int position = 0; position <= leaves.size(); position++) {
        List<Leaf> others = new ArrayList<>(leaves);
        others.add(position, leaves.get(k));
        assertThat(CertificateChecker.check(withLeaves(others)).valid()).isFalse();
      }
    }
  }

  @Test
  void exchangedLeaves() {
    for (int k = 1; k < leaves.size(); k++) {
      List<Leaf> others = new ArrayList<>(leaves);
      Collections.swap(others, k - 1, k);
      assertRefused(withLeaves(others), "comes next");
    }
  }

  @Test
  void wrongEndsAndCoordinates() {
    for (int k = 0; k < leaves.size(); k++) {
      Leaf leaf = leaves.get(k);
      for (int m = 0; m < leaf.fixed().size(); m++) {
        FixedSlope slope = leaf.fixed().get(m);
        List<FixedSlope> fixed = new ArrayList<>(leaf.fixed());
        fixed.set(
            m,
            new FixedSlope(slope.coordinate(), slope.end() == End.LOWER ? End.UPPER : End.LOWER));
        assertThat(
                CertificateChecker.check(withLeaf(k, new Leaf(fixed, leaf.multipliers()))).valid())
            .isFalse();
        for (int coordinate : new int[] {-1, 8, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
          fixed.set(m, new FixedSlope(coordinate, slope.end()));
          assertRefused(withLeaf(k, new Leaf(fixed, leaf.multipliers())), "not there");
        }
        List<FixedSlope> twice = new ArrayList<>(leaf.fixed());
        twice.add(slope);
        assertRefused(withLeaf(k, new Leaf(twice, leaf.multipliers())), "twice");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        0,
        -0.0,
        -1,
        -1e-300
      })
  void multipliersThatAreNotPositiveAndFinite(double value) {
    for (int k = 0; k < leaves.size(); k++) {
      double[] multipliers = leaves.get(k).multipliers().clone();
      multipliers[multipliers.length - 1] = value;
      assertRefused(
          withLeaf(k, new Leaf(leaves.get(k).fixed(), multipliers)), "not positive and finite");
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.MIN_VALUE, 1e-300, 1e300, Double.MAX_VALUE})
  void multipliersThatAreUseless(double value) {
    double[] multipliers = leaves.get(0).multipliers().clone();
    multipliers[0] = value;
    assertRefused(withLeaf(0, new Leaf(leaves.get(0).fixed(), multipliers)), "do not prove");
  }

  @Test
  void wrongNumbersOfMultipliers() {
    Leaf leaf = leaves.get(0);
    int n = leaf.multipliers().length;
    for (int length : new int[] {0, n - 1, n + 1, 8}) {
      assertRefused(
          withLeaf(0, new Leaf(leaf.fixed(), Arrays.copyOf(leaf.multipliers(), length))),
          "and needs " + n);
    }
    Leaf useless = new Leaf(List.of(), new double[] {1});
    assertRefused(
        certificate(Matrix.identity(1), 1, 1, 2, List.of(useless)),
        "has 1 multipliers, and needs 0");
  }

  @Test
  void alterationsThatTheDigestsTell() {
    Matrix nudged =
        Matrix.generate(8, 8, (i, j) -> i == 3 && j == 4 ? Math.nextUp(a.get(i, j)) : a.get(i, j));
    assertRefused(altered(nudged, genuine.matrixDigest(), ALPHA, 1, leaves), "matrix was altered");
    assertRefused(altered(nudged, Digest.of(nudged), ALPHA, 1, leaves), "was altered");
    assertRefused(altered(a, genuine.matrixDigest(), Math.nextUp(ALPHA), 1, leaves), "was altered");
    assertRefused(
        altered(a, genuine.matrixDigest(), ALPHA, Math.nextDown(1.0), leaves), "was altered");
    double[] multipliers = leaves.get(0).multipliers().clone();
    multipliers[0] = Math.nextUp(multipliers[0]);
    List<Leaf> others = new ArrayList<>(leaves);
    others.set(0, new Leaf(leaves.get(0).fixed(), multipliers));
    assertRefused(altered(a, genuine.matrixDigest(), ALPHA, 1, others), "was altered");
    for (String digest : new String[] {"", "0", genuine.matrixDigest()}) {
      assertRefused(
          new ExpansivityCertificate(
              genuine.producer(),
              a,
              genuine.matrixDigest(),
              CertifiedNorm.TWO,
              ALPHA,
              1,
              100,
              leaves,
              digest),
          "was altered");
    }
  }

  private ExpansivityCertificate altered(
      Matrix matrix, String matrixDigest, double alpha, double beta, List<Leaf> others) {
    return new ExpansivityCertificate(
        genuine.producer(),
        matrix,
        matrixDigest,
        CertifiedNorm.TWO,
        alpha,
        beta,
        genuine.gamma(),
        others,
        genuine.digest());
  }

  @Test
  void certificatesOfOtherWeights() {
    for (Matrix other :
        new Matrix[] {
          a.transpose(), a.times(1 + 0x1p-52), Matrix.zeros(8, 8), Matrix.zeros(2, 8)
        }) {
      Verdict verdict = CertificateChecker.check(genuine, other);
      assertThat(verdict.valid()).isFalse();
      assertThat(verdict.reason()).contains("another matrix");
    }
  }

  /** Lists of leaves that come of trees by random changes: what passes must cover all vertices. */
  @Property(tries = 1000)
  void coversAreCovers(@ForAll @IntRange(min = 1, max = 5) int d, @ForAll long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    List<Leaf> tree = new ArrayList<>();
    grow(List.of(), d, random, tree);
    Matrix zero = Matrix.zeros(d, d);
    assertThat(CertificateChecker.check(certificate(zero, 0, 1, 1, tree)).valid()).isTrue();
    int changes = random.nextInt(1, 4);
    for (int k = 0; k < changes && !tree.isEmpty(); k++) {
      change(tree, d, random);
    }
    if (CertificateChecker.check(certificate(zero, 0, 1, 1, tree)).valid()) {
      for (int vertex = 0; vertex < 1 << d; vertex++) {
        int signs = vertex;
        assertThat(tree.stream().filter(leaf -> holds(leaf, signs))).hasSize(1);
      }
    }
  }

  private static void grow(
      List<FixedSlope> fixed, int d, RandomGenerator random, List<Leaf> target) {
    int[] free = free(fixed, d);
    if (free.length == 0 || random.nextInt(3) == 0) {
      target.add(new Leaf(fixed, ones(free.length)));
      return;
    }
    int coordinate = free[random.nextInt(free.length)];
    for (End end : End.values()) {
      List<FixedSlope> child = new ArrayList<>(fixed);
      child.add(new FixedSlope(coordinate, end));
      grow(child, d, random, target);
    }
  }

  private static int[] free(List<FixedSlope> fixed, int d) {
    return IntStream.range(0, d)
        .filter(i -> fixed.stream().noneMatch(slope -> slope.coordinate() == i))
        .toArray();
  }

  private static double[] ones(int n) {
    double[] ones = new double[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static void change(List<Leaf> tree, int d, RandomGenerator random) {
    int k = random.nextInt(tree.size());
    List<FixedSlope> fixed = new ArrayList<>(tree.get(k).fixed());
    FixedSlope any =
        new FixedSlope(random.nextInt(d), random.nextBoolean() ? End.LOWER : End.UPPER);
    switch (random.nextInt(6)) {
      case 0 -> tree.remove(k);
      case 1 -> tree.add(random.nextInt(tree.size() + 1), tree.get(k));
      case 2 -> Collections.swap(tree, k, random.nextInt(tree.size()));
      case 3 -> fixed.add(random.nextInt(fixed.size() + 1), any);
      case 4 -> fixed.removeIf(slope -> random.nextInt(3) == 0);
      default -> fixed.replaceAll(slope -> random.nextInt(3) == 0 ? any : slope);
    }
    if (k < tree.size()) {
      tree.set(k, new Leaf(fixed, ones(free(fixed, d).length)));
    }
  }

  private static boolean holds(Leaf leaf, int signs) {
    return leaf.fixed().stream()
        .allMatch(slope -> (signs >> slope.coordinate() & 1) == (slope.end() == End.UPPER ? 1 : 0));
  }
}
