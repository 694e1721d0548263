package org.flowbound.benchmarks;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import org.flowbound.field.SlopeBox;
import org.flowbound.io.Weights;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.DiagonalScaling;
import org.flowbound.stability.Expansivity;

/**
 * Times the bound by diagonal scaling alone, as a peer that solves the same semidefinite program
 * does, and the whole root, which finds a vertex as well. Prints the bound and the two medians in
 * seconds.
 *
 * <p>Arguments: weights, α, the number of solves that warm up the compiler, the number measured.
 */
public final class RootBound {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final int RANK = 8;

  private RootBound() {}

  public static void main(String[] args) throws Exception {
    Matrix matrix = Weights.read(args[0]);
    double alpha = Double.parseDouble(args[1]);
    int warmUp = Integer.parseInt(args[2]);
    double[] relaxation = new double[Integer.parseInt(args[3])];
    double[] root = new double[relaxation.length];
    Expansivity expansivity = Expansivity.of(matrix, SlopeBox.of(alpha));
    BoundOptions options =
        BoundOptions.defaults().withNodeLimit(1).withTimeLimit(Duration.ofHours(1));
    double upper = Double.NaN;
    for (int k = -warmUp; k < relaxation.length; k++) {
      long start = System.nanoTime();
      upper = relaxation(matrix, alpha);
      long middle = System.nanoTime();
      expansivity.bound(options);
      if (k >= 0) {
        relaxation[k] = 1e-9 * (middle - start);
        root[k] = 1e-9 * (System.nanoTime() - middle);
      }
    }
    OUT.printf(Locale.ROOT, "%.12f %.6f %.6f%n", upper, median(relaxation), median(root));
  }

  private static double relaxation(Matrix matrix, double alpha) {
    int d = matrix.rows();
    DiagonalScaling scaling = new DiagonalScaling(d, Math.max(2, Math.min(d, RANK) + 2));
    scaling.setMatrix(matrix.toArray());
    double[] lower = new double[d];
    double[] upper = new double[d];
    Arrays.fill(lower, alpha);
    Arrays.fill(upper, 1);
    scaling.setBox(lower, upper);
    int p = Math.min(d, RANK);
    SplittableRandom random = new SplittableRandom(1);
    scaling.start(random.doubles((long) d * p, -1, 1).toArray(), p);
    scaling.solve(1e-7, Double.NaN, 4000);
    return scaling.upper();
  }

  private static double median(double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
