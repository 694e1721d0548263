package org.flowbound.nearness;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.DoubleMatrix;
import org.flowbound.linalg.Matrix;
import org.flowbound.linalg.SymmetricEigen;
import org.flowbound.stability.BoundOptions;
import org.flowbound.stability.DiagonalScaling;
import org.flowbound.stability.Expansivity;
import org.flowbound.stability.ExpansivityBound;
import org.flowbound.stability.VertexAscent;
import org.flowbound.stability.VertexSearch;

/**
 * The projection onto {@code {B : δ(B) ≤ δ̄}}: the dual over the vertices that are violated, one
 * {@link Block} each, alternates with the search for more of them at its point.
 *
 * <p>The dual's value is a lower bound of the distance from the first round on. Its point lies
 * outside by the violation that is left; a convex combination with a certified point a little
 * inside is the stable point returned, since δ is convex.
 */
final class VertexProjection {
  private static final int ROUND = 200;
  private static final int LOWER_BOUND_ROUNDS = 8;
  private static final double SEARCH_SHARE = 0.7;
  private static final double LOWER_BOUND_SHARE = 0.1;
  private static final int RANDOM_STARTS = 4;
  private static final int FLIPPED = 4;
  private static final int FLIPS = 12;
  private static final int BISECTIONS = 8;
  private static final int NEW_PER_ORDER = 4;
  private static final int NEW_VERTICES = 100;
  private static final double ANCHOR_DEPTH = 0.02;
  private static final double ROUNDING = 1e-14;

  /** Room for the rounding of {@code A + Δ}, whose difference from A is not quite symmetric. */
  private static final double SYMMETRY_MARGIN = 1e-13;

  /** Nine times the unit roundoff: for A + Δ, Δ, and its symmetric part. */
  private static final double ROUNDOFF = 1e-15;

  private final int d;
  private final double[] a;
  private final SlopeBox slopes;
  private final double target;
  private final double goal;
  private final Structure structure;
  private final boolean isFull;
  private final NearnessOptions options;
  private final NearnessListener listener;
  private final long start = System.nanoTime();
  private final double norm;

  private final CertifiedProjection certified;
  private final ProjectionDual dual;
  private final VertexAscent ascent;
  private final VertexSearch tree;
  private final DiagonalScaling relaxation;
  private final SymmetricEigen eigen;
  private final DoubleMatrix symmetric;
  private final SplittableRandom random;
  private final double[] work;
  private final double[] vector;

  private final List<Block> blocks = new ArrayList<>();
  private final Set<List<Double>> known = new HashSet<>();
  private final double[] b;
  private double lowerBound;
  private double knownViolation;
  private double lastExcess = Double.POSITIVE_INFINITY;
  private int rounds;
  private double[] best;
  private double bestUpper;
  private double bestDistance = Double.POSITIVE_INFINITY;

  VertexProjection(
      Matrix matrix,
      SlopeBox slopes,
      double target,
      Structure structure,
      NearnessOptions options,
      NearnessListener listener) {
    this.d = matrix.rows();
    this.a = matrix.toArray();
    this.slopes = slopes;
    this.target = target;
    this.structure = structure;
    this.isFull = structure.isFull();
    this.options = options;
    this.listener = listener;
    this.norm = matrix.frobeniusNorm();
    this.certified =
        new CertifiedProjection(structure, slopes, options.seed(), this::roundPerturbation);
    this.dual = new ProjectionDual(structure, 20);
    this.ascent = new VertexAscent(d, slopes.lower(), slopes.upper());
    this.tree = new VertexSearch(slopes);
    int rank = Math.min(d, (int) Math.ceil(Math.sqrt(2.0 * d)) + 1);
    this.relaxation = new DiagonalScaling(d, Math.max(2, rank + 2));
    double[] lower = new double[d];
    double[] upper = new double[d];
    Arrays.fill(lower, slopes.lower());
    Arrays.fill(upper, slopes.upper());
    relaxation.setBox(lower, upper);
    this.eigen = new SymmetricEigen(d);
    this.symmetric = DoubleMatrix.zeros(d, d);
    this.random = new SplittableRandom(options.seed());
    this.work = new double[d * d];
    this.vector = new double[d];
    this.b = a.clone();
    this.best = a;
    dual.setMatrix(a);
    dual.setTarget(target);
    dual.setLimit(structure.farthest(matrix, target));
    this.goal =
        structure.isSymmetric()
            ? target - SYMMETRY_MARGIN * (norm + Math.sqrt(d) * Math.abs(target))
            : target;
  }

  /** Rounds to {@code a} plus a rounded perturbation of the structure. */
  private void roundPerturbation(double[] point, double[] a) {
    if (structure.isSymmetric()) {
      for (int i = 0; i < d; i++) {
        for (int j = 0; j <= i; j++) {
          int m = i * d + j;
          int n = j * d + i;
          double change = 0.5 * (point[m] - a[m]) + 0.5 * (point[n] - a[n]);
          point[m] = a[m] + change;
          point[n] = a[n] + change;
        }
      }
      return;
    }
    for (int k = 0; k < a.length; k++) {
      point[k] = a[k] + (point[k] - a[k]);
    }
  }

  /** The nearest stable point, as far as time allows. */
  NearbyPoint run() {
    certify(Math.max(1e-6, options.tolerance()));
    boolean isClosed = false;
    while (!isClosed && !dual.isBeyondLimit() && !isOptimal() && !isLate(SEARCH_SHARE)) {
      isClosed = !round() && isSettled() && !searchExactly();
    }
    finish();
    return result();
  }

  /** The nearest point that is certified by diagonal scaling. */
  NearbyPoint certifiedPoint() {
    certify(Math.max(1e-9, options.tolerance()));
    boundFromBelow();
    return result();
  }

  /** The stable point that the two-level method leads to. */
  NearbyPoint twoLevelPoint() {
    certify(1e-2);
    boundFromBelow();
    TwoLevel method =
        new TwoLevel(
            Matrix.of(d, d, a),
            slopes,
            target,
            options.tolerance(),
            options.seed(),
            start + (long) (SEARCH_SHARE * options.timeLimit().toNanos()));
    double[] point = method.run(2 * bestDistance);
    bestDistance = Double.POSITIVE_INFINITY;
    settle(point, Expansivity.of(Matrix.of(d, d, point), slopes).bound(bounds(0.2)).upper());
    return new NearbyPoint(best, bestUpper, provenLowerBound(), method.steps(), method.history());
  }

  /** A lower bound of the distance, within a few rounds. */
  double lowerBound() {
    certify(1e-2);
    boundFromBelow();
    return provenLowerBound();
  }

  private void boundFromBelow() {
    boolean isSolved = false;
    while (rounds < LOWER_BOUND_ROUNDS && !isLate(LOWER_BOUND_SHARE) && !isSolved) {
      isSolved = (!round() && knownViolation <= negligible()) || dual.isBeyondLimit();
    }
  }

  private NearbyPoint result() {
    return new NearbyPoint(
        best, isFound() ? bestUpper : Double.POSITIVE_INFINITY, provenLowerBound(), rounds);
  }

  private double provenLowerBound() {
    return Math.max(0, lowerBound - ROUNDING * (norm + Math.abs(target)));
  }

  private boolean isLate(double share) {
    return System.nanoTime() - start >= share * options.timeLimit().toNanos();
  }

  private boolean isFound() {
    return bestDistance < Double.POSITIVE_INFINITY;
  }

  private boolean isOptimal() {
    return isFound() && bestDistance - provenLowerBound() <= options.tolerance() * bestDistance;
  }

  /** Finds the certified point and the first vertices, those that its V leads to at A. */
  private void certify(double accuracy) {
    certified.project(a, goal, accuracy);
    if (certified.distance() < Double.POSITIVE_INFINITY) {
      offer(certified.point().clone(), certified.upper());
    }
    if (!isFull && target >= 0 && structure.contains(Matrix.of(d, d, a))) {
      offer(new double[d * d], 0);
    }
    ascent.setMatrix(a);
    double[] v = certified.factor();
    int p = certified.rank();
    for (int k = 0; k < p; k++) {
      for (int i = 0; i < d; i++) {
        vector[i] = v[i * p + k];
      }
      climb(a, 0);
    }
  }

  private void offer(double[] point, double upper) {
    double sum = 0;
    for (int k = 0; k < a.length; k++) {
      sum += (point[k] - a[k]) * (point[k] - a[k]);
    }
    double distance = Math.sqrt(sum);
    double largestSlope = Math.max(Math.abs(slopes.lower()), Math.abs(slopes.upper()));
    double claim =
        structure.isSymmetric() ? upper + ROUNDOFF * largestSlope * (norm + distance) : upper;
    if (!isFull) {
      distance = structure.norm(Matrix.of(d, d, point).minus(Matrix.of(d, d, a)));
    }
    if (claim <= target && distance < bestDistance) {
      bestDistance = distance;
      best = point;
      bestUpper = claim;
    }
  }

  /** One round: solves the dual, and adds what its point violates; false if nothing was found. */
  private boolean round() {
    if (blocks.isEmpty()) {
      return false;
    }
    rounds++;
    dual.minimize(blocks, ROUND, 0.1 * negligible());
    lowerBound = Math.max(lowerBound, dual.lowerBound());
    dual.readPoint(b);
    listener.progress(provenLowerBound(), bestDistance, rounds);
    dropSlack();
    addColumns();
    ascent.setMatrix(b);
    return search();
  }

  /** Whether the dual's own errors are small beside the violation last found elsewhere. */
  private boolean isSettled() {
    double gap = (dual.norm() - dual.lowerBound()) / Math.max(dual.norm(), Double.MIN_NORMAL);
    return knownViolation <= Math.max(negligible(), 0.1 * lastExcess)
        && gap <= Math.max(0.5 * options.tolerance(), 0.1 * lastExcess / size());
  }

  /** The violation of δ̄ that is not worth removing. */
  private double negligible() {
    return 0.1 * options.tolerance() * size();
  }

  /** What violations are measured by. */
  private double size() {
    return Math.abs(target) + norm / Math.sqrt(d);
  }

  private void dropSlack() {
    double total = 0;
    for (Block block : blocks) {
      block.compress(1e-8);
      total += block.trace();
    }
    double threshold = 1e-9 * total;
    blocks.removeIf(
        block -> {
          boolean slack = block.trace() < threshold;
          if (slack) {
            known.remove(key(block.center()));
          }
          return slack;
        });
  }

  private static List<Double> key(double[] vertex) {
    return Arrays.stream(vertex).boxed().toList();
  }

  /** Adds the eigenvectors that the blocks' own vertices lack. */
  private void addColumns() {
    knownViolation = 0;
    for (Block block : blocks) {
      addEigenvectors(block, b, negligible());
      knownViolation = Math.max(knownViolation, eigen.value(0) - target);
    }
  }

  /**
   * Climbs from the relaxation's V at the point, from the blocks' V and random combinations of its
   * columns, and from random directions.
   */
  private boolean search() {
    int before = blocks.size();
    if (relaxation.rank() == 0) {
      double[] v = new double[d * Math.min(d, (int) Math.ceil(Math.sqrt(2.0 * d)) + 1)];
      Arrays.setAll(v, k -> random.nextDouble(-1, 1));
      relaxation.start(v, v.length / d);
    }
    relaxation.setMatrix(b);
    relaxation.solve(negligible(), target, ROUND);
    relaxation.compress(1e-6);
    for (int k = 0; k < relaxation.rank(); k++) {
      relaxation.column(k, vector);
      climb(b, negligible());
    }
    for (Block block : List.copyOf(blocks)) {
      if (blocks.size() > before + NEW_PER_ORDER * d) {
        break;
      }
      int p = block.rank();
      for (int k = 0; k < p; k++) {
        for (int i = 0; i < d; i++) {
          vector[i] = block.v()[i * p + k];
        }
        climb(b, negligible());
      }
      for (int k = 0; p > 1 && k < RANDOM_STARTS; k++) {
        combineColumns(block);
        climb(b, negligible());
      }
    }
    for (int k = 0; k < RANDOM_STARTS; k++) {
      Arrays.setAll(vector, i -> random.nextDouble(-1, 1));
      climb(b, negligible());
    }
    flip(List.copyOf(blocks.subList(before, blocks.size())));
    return blocks.size() > before;
  }

  /** Improves those of the new vertices that are violated the most. */
  private void flip(List<Block> found) {
    List<double[]> vertices =
        found.stream()
            .sorted(Comparator.comparingDouble(block -> -block.trace()))
            .limit(FLIPPED)
            .map(block -> block.center().clone())
            .toList();
    for (double[] vertex : vertices) {
      if (ascent.flip(vertex, ascent.climb(vertex), FLIPS) > target + negligible()) {
        addVertex(vertex, b, negligible());
      }
    }
  }

  private void combineColumns(Block block) {
    int p = block.rank();
    Arrays.fill(vector, 0);
    for (int e = 0; e < p; e++) {
      double weight = random.nextGaussian();
      for (int i = 0; i < d; i++) {
        vector[i] += weight * block.v()[i * p + e];
      }
    }
  }

  /** Climbs from {@code vector} to a vertex, which is added if it is new and violated. */
  private void climb(double[] matrix, double threshold) {
    double[] vertex = new double[d];
    double value = ascent.climbFrom(vector, vertex);
    if (value > target + threshold) {
      addVertex(vertex, matrix, threshold);
    }
  }

  private boolean addVertex(double[] vertex, double[] matrix, double threshold) {
    if (!known.add(key(vertex))) {
      return false;
    }
    Block block = Block.vertex(vertex, 0, new double[0]);
    boolean violated = addEigenvectors(block, matrix, threshold);
    if (violated) {
      blocks.add(block);
    } else {
      known.remove(key(vertex));
    }
    return violated;
  }

  /** Appends to V the eigenvectors of {@code sym(DB)} to eigenvalues above the target. */
  private boolean addEigenvectors(Block block, double[] matrix, double threshold) {
    double[] slope = block.center();
    for (int i = 0; i < d; i++) {
      for (int j = 0; j <= i; j++) {
        work[i * d + j] = 0.5 * (slope[i] * matrix[i * d + j] + slope[j] * matrix[j * d + i]);
      }
    }
    symmetric.write(0, work, d * d);
    eigen.decomposeLargest(symmetric, Math.min(d, 4));
    int count = 0;
    while (count < Math.min(d, 4) && eigen.value(count) > target + threshold) {
      count++;
    }
    if (count == 0) {
      return false;
    }
    int p = block.rank();
    int wider = p + count;
    double[] v = new double[d * wider];
    for (int i = 0; i < d; i++) {
      System.arraycopy(block.v(), i * p, v, i * wider, p);
    }
    double[] z = new double[d];
    for (int e = 0; e < count; e++) {
      eigen.vector(e, z);
      double squaredNorm = 0;
      for (int i = 0; i < d; i++) {
        squaredNorm += slope[i] * z[i] * slope[i] * z[i];
      }
      double size = Math.sqrt(0.5 * (eigen.value(e) - target) / squaredNorm);
      for (int i = 0; i < d; i++) {
        v[i * wider + p + e] = size * z[i];
      }
    }
    block.set(wider, v, block.t());
    return true;
  }

  /**
   * Searches the tree of slopes for violated vertices, and takes the bound for a stable point.
   *
   * @return false if there are none and the dual is solved
   */
  private boolean searchExactly() {
    double level = target + negligible();
    int[] added = {0};
    ExpansivityBound bound =
        tree.search(
            Matrix.of(d, d, b),
            level,
            bounds(0.15),
            vertex -> {
              added[0] += addVertex(vertex, b, negligible()) ? 1 : 0;
              return added[0] < NEW_VERTICES;
            });
    boolean isComplete = added[0] == 0 && bound.upper() <= level + knownViolation;
    lastExcess = isComplete ? 0 : bound.lower() - target;
    settle(b.clone(), bound.upper());
    return added[0] > 0 || !isSettled();
  }

  private BoundOptions bounds(double share) {
    return BoundOptions.defaults()
        .withTolerance(0.1 * options.tolerance())
        .withTimeLimit(options.timeLimit().multipliedBy((long) (1000 * share)).dividedBy(1000))
        .withThreads(options.threads())
        .withSeed(options.seed());
  }

  /** Looks for the stable point nearest to the dual's on the way to the best one so far. */
  private void finish() {
    double[] inner = best;
    double unstable = 0;
    double stable = 1;
    double[] point = new double[d * d];
    for (int k = 0; k < BISECTIONS && isFound() && !isOptimal() && !isLate(0.8); k++) {
      double weight = 0.5 * (unstable + stable);
      for (int m = 0; m < point.length; m++) {
        point[m] = b[m] + weight * (inner[m] - b[m]);
      }
      roundPerturbation(point, a);
      double upper =
          Expansivity.of(Matrix.of(d, d, point), slopes)
              .search(goal, bounds(0.1), vertex -> false)
              .upper();
      if (upper <= goal) {
        stable = weight;
        offer(point.clone(), upper);
      } else {
        unstable = weight;
      }
    }
  }

  /**
   * Offers the point nearest to {@code outer}, whose δ is at most {@code upper}, on the way to a
   * certified point inside that is stable because δ is convex.
   */
  private void settle(double[] outer, double upper) {
    if (upper <= goal) {
      roundPerturbation(outer, a);
      offer(outer, upper);
      return;
    }
    double reach =
        isFull ? dual.norm() : Matrix.of(d, d, outer).minus(Matrix.of(d, d, a)).frobeniusNorm();
    double excess = Math.max(upper - target, ANCHOR_DEPTH * reach / Math.sqrt(d));
    if (!Retreat.canShift(slopes)) {
      excess = Math.min(excess, 0.5 * target);
    }
    certified.project(a, target - excess, 1e-2);
    if (certified.distance() == Double.POSITIVE_INFINITY) {
      return;
    }
    double[] inner = certified.point();
    double margin = ROUNDING * (norm + reach + Math.abs(target));
    double weight = (upper + margin - goal) / (upper - certified.upper());
    double[] point = new double[d * d];
    for (int k = 0; k < point.length; k++) {
      point[k] = outer[k] + weight * (inner[k] - outer[k]);
    }
    roundPerturbation(point, a);
    offer(point, goal);
  }
}
