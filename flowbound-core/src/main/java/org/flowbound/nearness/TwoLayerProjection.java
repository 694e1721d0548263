package org.flowbound.nearness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.TwoLayerExpansivity;
import org.flowbound.stability.VertexAscent;

/**
 * The dual over the vertices that are violated, one {@link Block} each, alternates with the search
 * for more of them at its pair (B₁, B₂). A violation that is left is made up for on the way to a
 * stable pair, along which δ is convex: {@code B₂ → −cB₁ᵀ}, for which {@code δ = −c min_D
 * λ_min(B₁ᵀDB₁)}, and where δ̄ is positive {@code B₂ → 0}.
 */
final class TwoLayerProjection {
  private static final int EVALUATIONS = 300;
  private static final int RANDOM_STARTS = 8;
  private static final int NEW_VERTICES = 50;
  private static final int MAX_COLUMNS = 4;
  private static final int BISECTIONS = 30;
  private static final int PATIENCE = 10;
  private static final int APPROACH_ROUNDS = 8;
  private static final double LEAST_GAIN = 1e-4;
  private static final double BOUND_SHARE = 0.4;
  private static final double SEARCH_SHARE = 0.7;

  private final NearestStableTwoLayers problem;
  private final NearnessOptions options;
  private final int d;
  private final int m;
  private final double size;
  private final long start = System.nanoTime();
  private final VertexAscent ascent;
  private final SymmetricEigen eigen;
  private final SplittableRandom random;
  private final List<Block> blocks = new ArrayList<>();
  private final Set<List<Double>> known = new HashSet<>();

  private Matrix outer;
  private Matrix inner;
  private Matrix bestOuter;
  private Matrix bestInner;
  private double bestDistance = Double.POSITIVE_INFINITY;
  private double bestUpper = Double.POSITIVE_INFINITY;
  private double lowerBound;
  private int rounds;

  TwoLayerProjection(NearestStableTwoLayers problem, NearnessOptions options) {
    this.problem = problem;
    this.options = options;
    this.outer = problem.outer();
    this.inner = problem.inner();
    this.d = inner.columns();
    this.m = inner.rows();
    this.bestOuter = outer;
    this.bestInner = inner;
    this.size =
        Math.abs(problem.target()) + outer.frobeniusNorm() * inner.frobeniusNorm() / Math.sqrt(d);
    this.ascent = new VertexAscent(m, d, problem.slopes().lower(), problem.slopes().upper());
    this.eigen = new SymmetricEigen(d);
    this.random = new SplittableRandom(options.seed());
  }

  Matrix outer() {
    return bestOuter;
  }

  Matrix inner() {
    return bestInner;
  }

  /** A certified upper bound of δ of the pair. */
  double upper() {
    return bestUpper;
  }

  double lowerBound() {
    return lowerBound;
  }

  int rounds() {
    return rounds;
  }

  /** Takes a stable pair over, if it is the nearest so far. */
  void keep(Matrix stableOuter, Matrix stableInner, double upper) {
    double distance =
        Math.hypot(
            stableOuter.minus(problem.outer()).frobeniusNorm(),
            stableInner.minus(problem.inner()).frobeniusNorm());
    if (distance < bestDistance) {
      bestDistance = distance;
      bestOuter = stableOuter;
      bestInner = stableInner;
      bestUpper = upper;
    }
  }

  /**
   * @throws IllegalArgumentException if no stable pair was found
   */
  void run() {
    settle();
    search();
    boundFromBelow();
    settle();
    approach();
    if (bestDistance == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "No weights of two layers with an expansivity of at most %s were found near the given ones."
              .formatted(problem.target()));
    }
  }

  /** Solves the dual of the problem itself, whose value is the lower bound. */
  private void boundFromBelow() {
    TwoLayerDual dual = new TwoLayerDual(problem.outer(), problem.inner(), problem.target());
    boolean isSolved = false;
    int idle = 0;
    while (!isSolved && idle < PATIENCE && !isOptimal() && !isLate(BOUND_SHARE)) {
      isSolved = !round(dual);
      double gain = dual.lowerBound() - lowerBound;
      idle = gain > 0.1 * options.tolerance() * lowerBound ? 0 : idle + 1;
      lowerBound = Math.max(lowerBound, dual.lowerBound());
    }
  }

  /**
   * Where the dual leaves a gap: projects from points between the given pair and the best one,
   * which is the proximal point method. So near to the stable pairs the dual has no gap, and the
   * next pair is not farther away.
   */
  private void approach() {
    double weight = 0.5;
    while (!isOptimal() && !isLate(SEARCH_SHARE) && weight < 0.99) {
      double before = bestDistance;
      TwoLayerDual dual =
          new TwoLayerDual(
              between(problem.outer(), bestOuter, weight),
              between(problem.inner(), bestInner, weight),
              problem.target());
      boolean isSolved = false;
      for (int k = 0; k < APPROACH_ROUNDS && !isSolved && !isLate(SEARCH_SHARE); k++) {
        isSolved = !round(dual);
      }
      settle();
      if (before - bestDistance <= LEAST_GAIN * before) {
        weight = 0.5 * (1 + weight);
      }
    }
  }

  private static Matrix between(Matrix from, Matrix to, double weight) {
    return from.times(1 - weight).plus(to.times(weight));
  }

  /** Solves the dual, and adds what its pair violates; false if nothing was found. */
  private boolean round(TwoLayerDual dual) {
    rounds++;
    dual.maximize(blocks, EVALUATIONS, negligible());
    outer = dual.outer();
    inner = dual.inner();
    blocks.forEach(block -> block.compress(1e-9));
    double violation = addColumns();
    return search() || violation > 10 * negligible() || searchExactly();
  }

  private boolean isOptimal() {
    return bestDistance - lowerBound <= options.tolerance() * bestDistance;
  }

  private boolean isLate(double share) {
    return System.nanoTime() - start >= share * options.timeLimit().toNanos();
  }

  private double negligible() {
    return 0.02 * options.tolerance() * size;
  }

  private BoundOptions bounds(double share) {
    return BoundOptions.defaults()
        .withTolerance(0.1 * options.tolerance())
        .withTimeLimit(options.timeLimit().multipliedBy((long) (1000 * share)).dividedBy(1000))
        .withThreads(options.threads())
        .withSeed(options.seed());
  }

  /** Climbs from the blocks' V and random directions; false if nothing new was found. */
  private boolean search() {
    int before = blocks.size();
    ascent.setMatrices(inner.toArray(), outer.transpose().toArray());
    double[] direction = new double[d];
    for (Block block : List.copyOf(blocks)) {
      for (int k = 0; k < block.rank(); k++) {
        for (int i = 0; i < d; i++) {
          direction[i] = block.v()[i * block.rank() + k];
        }
        climb(direction);
      }
    }
    for (int k = 0; k < RANDOM_STARTS; k++) {
      Arrays.setAll(direction, i -> random.nextDouble(-1, 1));
      climb(direction);
    }
    return blocks.size() > before;
  }

  private void climb(double[] direction) {
    double[] vertex = new double[m];
    if (ascent.climbFrom(direction, vertex) > problem.target() + negligible()) {
      addVertex(vertex);
    }
  }

  /** Searches the tree of slopes; false if no vertex is violated. */
  private boolean searchExactly() {
    int before = blocks.size();
    new TwoLayerExpansivity(outer, inner, problem.slopes())
        .search(
            problem.target() + negligible(),
            bounds(0.2),
            vertex -> {
              addVertex(vertex);
              return blocks.size() < before + NEW_VERTICES;
            });
    return blocks.size() > before;
  }

  private void addVertex(double[] vertex) {
    if (known.add(Arrays.stream(vertex).boxed().toList())) {
      Block block = Block.vertex(vertex, 0, new double[0]);
      addEigenvectors(block);
      if (block.rank() > 0) {
        blocks.add(block);
      }
    }
  }

  private double addColumns() {
    double violation = 0;
    for (Block block : blocks) {
      violation = Math.max(violation, addEigenvectors(block) - problem.target());
    }
    return violation;
  }

  /**
   * Appends to V the eigenvectors of {@code sym(B₂DB₁)} to eigenvalues above the target, in the
   * size that their own inequality would ask for; returns the largest eigenvalue.
   */
  private double addEigenvectors(Block block) {
    Matrix scaled = Matrix.generate(m, d, (i, j) -> block.center()[i] * inner.get(i, j));
    Matrix product = Blas.multiply(outer, scaled);
    eigen.decomposeLargest(
        DoubleMatrix.of(product.plus(product.transpose()).times(0.5)), Math.min(d, MAX_COLUMNS));
    int count = 0;
    while (count < Math.min(d, MAX_COLUMNS)
        && eigen.value(count) > problem.target() + negligible()) {
      count++;
    }
    int p = block.rank();
    double[] v = new double[d * (p + count)];
    for (int i = 0; i < d; i++) {
      System.arraycopy(block.v(), i * p, v, i * (p + count), p);
    }
    double[] z = new double[d];
    for (int e = 0; e < count; e++) {
      eigen.vector(e, z);
      double squaredNorm = 0;
      for (int i = 0; i < m; i++) {
        double u = 0;
        double w = 0;
        for (int j = 0; j < d; j++) {
          u += outer.get(j, i) * z[j];
          w += inner.get(i, j) * z[j];
        }
        squaredNorm += block.center()[i] * block.center()[i] * (u * u + w * w);
      }
      double length = Math.sqrt(0.5 * (eigen.value(e) - problem.target()) / squaredNorm);
      for (int i = 0; i < d; i++) {
        v[i * (p + count) + p + e] = length * z[i];
      }
    }
    if (count > 0) {
      block.set(p + count, v, block.t());
    }
    return eigen.value(0);
  }

  /** Keeps the pair, or the nearest stable one on the way from it to one inside. */
  private void settle() {
    if (enough(outer, inner)) {
      return;
    }
    double sign = problem.slopes().upper() > 0 ? -1 : 1;
    towards(inner.transpose().times(sign * anchorSize()));
    if (problem.target() >= 0) {
      towards(Matrix.zeros(d, m));
    }
  }

  /** The c for which {@code −cB₁ᵀ} is well inside. */
  private double anchorSize() {
    double ratio = outer.frobeniusNorm() / Math.max(inner.frobeniusNorm(), Double.MIN_NORMAL);
    if (problem.target() >= 0) {
      return ratio;
    }
    eigen.decompose(DoubleMatrix.of(Blas.multiply(inner.transpose(), inner)));
    double needed = problem.target() * Retreat.unitShift(problem.slopes()) / eigen.value(d - 1);
    return Math.max(ratio, 1.5 * Math.abs(needed));
  }

  private void towards(Matrix stable) {
    double outside = 0;
    double inside = 1;
    if (!enough(stable, inner)) {
      return;
    }
    for (int k = 0; k < BISECTIONS && !isLate(1); k++) {
      double weight = outside == 0 ? 0.1 * inside : 0.5 * (outside + inside);
      if (enough(between(outer, stable, weight), inner)) {
        inside = weight;
      } else {
        outside = weight;
      }
      if (inside - outside < 0.01 * inside) {
        break;
      }
    }
  }

  /** Whether a pair is certified stable; it is kept if so, rounded to weights plus changes. */
  private boolean enough(Matrix candidateOuter, Matrix candidateInner) {
    Matrix stableOuter = problem.outer().plus(candidateOuter.minus(problem.outer()));
    Matrix stableInner = problem.inner().plus(candidateInner.minus(problem.inner()));
    double upper =
        new TwoLayerExpansivity(stableOuter, stableInner, problem.slopes())
            .search(problem.target(), bounds(0.1), vertex -> false)
            .upper();
    if (upper <= problem.target()) {
      keep(stableOuter, stableInner, upper);
    }
    return upper <= problem.target();
  }
}
