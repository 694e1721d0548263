package org.flowbound.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.CertifiedBound;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.ExpansivityListener;
import org.flowbound.stability.MatrixFamily;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No certificate that is accepted may claim less than what is attained, whoever made it: the
 * search, a forger with its leaves, or one who takes the least bound that passes.
 */
@Tag("slow")
class CertificateFuzzTest {
  private static final int MATRICES = 1000;
  private static final double[] ALPHAS = {
    -0.2, 0, Double.MIN_VALUE, 1e-300, 0.1, 0.25, 0.5, 0.9, 1 - 0x1p-53, 1
  };

  /** Kinds of matrices that are hard on a proof in floating point. */
  enum Kind {
    ANY {
      @Override
      Matrix sample(int d, RandomGenerator random) {
        MatrixFamily[] families = MatrixFamily.values();
        return families[random.nextInt(families.length)].sample(d, random);
      }
    },
    SIZES_FAR_FROM_ONE {
      @Override
      Matrix sample(int d, RandomGenerator random) {
        return ANY.sample(d, random).times(Math.pow(10, random.nextDouble(-150, 150)));
      }
    },
    DENORMALS {
      @Override
      Matrix sample(int d, RandomGenerator random) {
        return ANY.sample(d, random).times(Math.pow(10, random.nextDouble(-322, -305)));
      }
    },
    BADLY_SCALED_ROWS {
      @Override
      Matrix sample(int d, RandomGenerator random) {
        double[] rows = random.doubles(d, -150, 150).map(x -> Math.pow(10, x)).toArray();
        Matrix a = ANY.sample(d, random);
        return Matrix.generate(d, d, (i, j) -> rows[i] * a.get(i, j));
      }
    },
    BADLY_SCALED_ENTRIES {
      @Override
      Matrix sample(int d, RandomGenerator random) {
        double range = random.nextDouble(150);
        return Matrix.generate(
            d, d, (i, j) -> random.nextGaussian() * Math.pow(10, random.nextDouble(-range, range)));
      }
    },
    NEARLY_DEFECTIVE {
      @Override
      Matrix sample(int d, RandomGenerator random) {
        double eigenvalue = random.nextGaussian();
        double size = Math.pow(10, random.nextDouble(-20, 0));
        return Matrix.generate(
            d,
            d,
            (i, j) -> (i == j ? eigenvalue : j == i + 1 ? 1 : 0) + size * random.nextDouble(-1, 1));
      }
    },
    /** Where the error of forming the matrix is larger than that of factoring it. */
    NEARLY_SCALAR {
      @Override
      Matrix sample(int d, RandomGenerator random) {
        double scalar = random.nextGaussian();
        double size = Math.pow(10, random.nextDouble(-18, -8));
        return Matrix.generate(
            d, d, (i, j) -> (i == j ? scalar : 0) + size * random.nextDouble(-1, 1));
      }
    },
    TIES {
      @Override
      Matrix sample(int d, RandomGenerator random) {
        return Matrix.generate(d, d, (i, j) -> random.nextInt(-1, 2));
      }
    },
    ZEROS {
      @Override
      Matrix sample(int d, RandomGenerator random) {
        int row = random.nextInt(d);
        int column = random.nextInt(d);
        return Matrix.generate(
            d,
            d,
            (i, j) -> i == row || j == column || random.nextBoolean() ? 0 : random.nextGaussian());
      }
    },
    REPEATED_ROWS {
      @Override
      Matrix sample(int d, RandomGenerator random) {
        Matrix a = ANY.sample(d, random);
        int rank = random.nextInt(1, d + 1);
        boolean symmetric = random.nextBoolean();
        return Matrix.generate(
            d, d, (i, j) -> symmetric ? a.get(i % rank, j % rank) : a.get(i % rank, j));
      }
    },
    ALMOST_SYMMETRIC {
      @Override
      Matrix sample(int d, RandomGenerator random) {
        Matrix a = MatrixFamily.SYMMETRIC.sample(d, random);
        double shift = random.nextInt(3) - 1;
        return Matrix.generate(
            d,
            d,
            (i, j) -> (i == j ? shift : 0) + a.get(i, j) * (1 + 0x1p-52 * random.nextInt(-2, 3)));
      }
    };

    abstract Matrix sample(int d, RandomGenerator random);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void noAcceptedClaimIsFalse(Kind kind) {
    RandomGenerator random = new SplittableRandom(kind.name().hashCode());
    for (int k = 0; k < MATRICES; k++) {
      int d = random.nextInt(1, 7);
      Matrix a = kind.sample(d, random);
      double alpha = ALPHAS[random.nextInt(ALPHAS.length)];
      BigDecimal attained = AttainedExpansivity.of(a, alpha, 1);
      double below = below(attained);

      CertifiedBound certified = certify(a, alpha, random);
      ExpansivityCertificate certificate = certified.certificate();
      assertThat(CertificateChecker.check(certificate, a).valid()).isTrue();
      assertThat(new BigDecimal(certificate.gamma())).isGreaterThanOrEqualTo(attained);

      assertRefused(a, alpha, below, certificate.leaves());
      assertRefused(a, alpha, below - Math.ulp(below) * random.nextInt(100), certificate.leaves());
      assertRefused(a, alpha, below, withRandomMultipliers(certificate.leaves(), random));
      assertThat(new BigDecimal(LeastBound.ofVertices(a, alpha, 1)))
          .isGreaterThanOrEqualTo(attained);
    }
  }

  /** The largest number below {@code value}. */
  private static double below(BigDecimal value) {
    double nearest = value.doubleValue();
    while (new BigDecimal(nearest).compareTo(value) >= 0) {
      nearest = Math.nextDown(nearest);
    }
    return nearest;
  }

  private static CertifiedBound certify(Matrix a, double alpha, RandomGenerator random) {
    BoundOptions options =
        BoundOptions.defaults()
            .withThreads(1)
            .withTolerance(Math.pow(10, random.nextDouble(-12, -2)))
            .withTimeLimit(Duration.ofSeconds(5))
            .withNodeLimit(random.nextBoolean() ? random.nextInt(1, 20) : 1000);
    return Expansivity.of(a, new SlopeBox(alpha, 1)).certify(options, ExpansivityListener.SILENT);
  }

  private static void assertRefused(Matrix a, double alpha, double gamma, List<Leaf> leaves) {
    ExpansivityCertificate forged =
        ExpansivityCertificate.of("a forger", a, alpha, 1, gamma, leaves);
    assertThat(CertificateChecker.check(forged).valid()).isFalse();
  }

  private static List<Leaf> withRandomMultipliers(List<Leaf> leaves, RandomGenerator random) {
    double range = random.nextDouble(300);
    List<Leaf> others = new ArrayList<>();
    for (Leaf leaf : leaves) {
      double[] multipliers =
          random
              .doubles(leaf.multipliers().length)
              .map(x -> Math.pow(10, range * (2 * x - 1)))
              .toArray();
      others.add(new Leaf(leaf.fixed(), multipliers));
    }
    return others;
  }
}
