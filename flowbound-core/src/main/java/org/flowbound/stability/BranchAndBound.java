package org.flowbound.stability;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.flowbound.certificate.FixedSlope;
import org.flowbound.certificate.FixedSlope.End;
import org.flowbound.certificate.Leaf;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.parallel.Workers;
import org.jspecify.annotations.Nullable;

/**
 * Best-first branch and bound for {@code max_D μ₂(DA)}, or {@code max_D μ₂(A₂DA₁)} for two layers,
 * over the ends of the slope box.
 *
 * <p>At a node some slopes are fixed at an end of the box. {@link DiagonalScaling} bounds the node
 * from above, started from its parent's factor V; {@link VertexAscent} climbs from the columns of V
 * to vertices, the best of which is the incumbent. The slope in which the relaxation is loosest is
 * branched on. Nodes are taken in waves of a fixed size, so that the tree does not depend on the
 * number of threads.
 */
final class BranchAndBound {
  private static final int WAVE = 4;
  private static final int ROOT_RANK = 8;
  private static final int ROOT_EVALUATIONS = 2000;
  private static final int NODE_EVALUATIONS = 300;

  /** The branch of a node without a free slope, and of one that is to be bounded anew. */
  private static final int NONE = -1;

  private static final int STALE = -2;

  private final int d;
  private final int m;
  private final SlopeBox slopes;
  private final BoundOptions options;
  private final ExpansivityListener listener;
  private final boolean keepsLeaves;
  private final double level;
  private final Predicate<double[]> exceeding;
  private final double scale;
  private final double[] entries;
  private final double @Nullable [] outerEntries;
  private final boolean isSkew;
  private final long start = System.nanoTime();

  private double lower = Double.NEGATIVE_INFINITY;
  private double[] vertex = new double[0];
  private double closedUpper = Double.NEGATIVE_INFINITY;
  private long nodes;
  private boolean stopped;
  private final List<SearchLeaf> leaves = new ArrayList<>();
  private List<Node> kept = List.of();
  private @Nullable List<Node> frontier;

  /**
   * @param keepsLeaves whether {@link #leaves()} will be asked for
   */
  BranchAndBound(
      Matrix matrix,
      SlopeBox slopes,
      BoundOptions options,
      ExpansivityListener listener,
      boolean keepsLeaves) {
    this(
        matrix,
        null,
        slopes,
        options,
        listener,
        keepsLeaves,
        Double.NEGATIVE_INFINITY,
        vertex -> true);
  }

  /**
   * A search for vertices above a level, in which nothing below it is refined.
   *
   * @param exceeding hears every local maximum found above the level; false ends the search
   */
  BranchAndBound(
      Matrix matrix,
      SlopeBox slopes,
      BoundOptions options,
      double level,
      Predicate<double[]> exceeding) {
    this(matrix, null, slopes, options, ExpansivityListener.SILENT, false, level, exceeding);
  }

  /**
   * A search for two layers.
   *
   * @param level a level below which nothing is refined, or −∞
   * @param exceeding hears every local maximum found above the level, if it is finite; false ends
   *     the search
   */
  BranchAndBound(
      TwoLayerExpansivity problem,
      BoundOptions options,
      ExpansivityListener listener,
      double level,
      Predicate<double[]> exceeding) {
    this(
        problem.inner(),
        problem.outer().transpose(),
        problem.slopes(),
        options,
        listener,
        false,
        level,
        exceeding);
  }

  private BranchAndBound(
      Matrix matrix,
      @Nullable Matrix outerTransposed,
      SlopeBox slopes,
      BoundOptions options,
      ExpansivityListener listener,
      boolean keepsLeaves,
      double level,
      Predicate<double[]> exceeding) {
    this.d = matrix.columns();
    this.m = matrix.rows();
    this.slopes = slopes;
    this.options = options;
    this.listener = listener;
    this.keepsLeaves = keepsLeaves;
    this.exceeding = exceeding;
    // Half the range of exponents for each of two factors.
    int least = outerTransposed == null ? -1000 : -500;
    double innerScale = scale(matrix, least);
    double outerScale = outerTransposed == null ? 1 : scale(outerTransposed, least);
    this.scale = innerScale * outerScale;
    this.level = level / scale;
    this.entries = matrix.times(1 / innerScale).toArray();
    this.outerEntries =
        outerTransposed == null ? null : outerTransposed.times(1 / outerScale).toArray();
    this.isSkew = outerTransposed == null && matrix.plus(matrix.transpose()).maxAbs() == 0;
  }

  /** A power of two near the largest entry. */
  private static double scale(Matrix matrix, int leastExponent) {
    double largest = matrix.maxAbs();
    return largest == 0 ? 1 : Math.scalb(1.0, Math.max(leastExponent, Math.getExponent(largest)));
  }

  /** A set of vertices, those with the given slopes fixed, and what is known of it. */
  record Node(
      double[] lower,
      double[] upper,
      double bound,
      double[] factor,
      int rank,
      int branch,
      @Nullable BranchPath path,
      double[] multipliers) {
    Node withBound(double value, int newBranch) {
      return new Node(lower, upper, value, factor, rank, newBranch, path, multipliers);
    }
  }

  /**
   * The leaves of a search that has ended, from which one for a matrix nearby can start.
   *
   * @param matrix the matrix whose nodes' bounds these are
   * @param nodes with bounds for the matrix itself
   */
  record Frontier(Matrix matrix, List<Node> nodes) {
    /** The numbers that the nodes hold. */
    long size() {
      return nodes.stream()
          .mapToLong(node -> node.factor().length + 3L * node.lower().length)
          .sum();
    }
  }

  /**
   * Lets {@link #run()} start from the leaves of another search at a level, for a matrix of the
   * same order over the same slopes. As {@code |μ₂(DB) − μ₂(DA)| ≤ ‖D‖ ‖B − A‖}, those far below
   * the level need no new bound.
   */
  void startFrom(Frontier other, Matrix matrix) {
    double steepest = Math.max(Math.abs(slopes.lower()), Math.abs(slopes.upper()));
    double difference = matrix.minus(other.matrix()).frobeniusNorm();
    double change = (1 + 1e-12) * steepest * difference;
    kept =
        other.nodes().stream()
            .map(node -> node.withBound((node.bound() + change) / scale, STALE))
            .toList();
  }

  /** Lets {@link #run()} keep its leaves for {@link #frontier}. */
  void keepFrontier() {
    frontier = new ArrayList<>();
  }

  /** The leaves of the search that has ended. */
  Frontier frontier(Matrix matrix) {
    List<Node> nodes = frontier == null ? List.of() : frontier;
    return new Frontier(
        matrix,
        nodes.stream().map(node -> node.withBound(scale * node.bound(), node.branch())).toList());
  }

  /** What evaluating a node gave: the node and the best vertex that it led to. */
  private record Evaluation(Node node, double value, double[] vertex) {}

  /** The workspaces of one thread. */
  private final class Worker {
    final DiagonalScaling relaxation;
    final VertexAscent ascent;
    final double[] slack = new double[m];
    final double[] column = new double[d];

    Worker() {
      relaxation = new DiagonalScaling(m, d, Math.max(2, rootRank() + 2));
      ascent = new VertexAscent(m, d, slopes.lower(), slopes.upper());
      if (outerEntries == null) {
        relaxation.setMatrix(entries);
        ascent.setMatrix(entries);
      } else {
        relaxation.setMatrices(entries, outerEntries);
        ascent.setMatrices(entries, outerEntries);
      }
    }
  }

  private int rootRank() {
    return Math.min(d, (int) Math.ceil(Math.sqrt(2.0 * d)) + 1);
  }

  ExpansivityBound run() {
    Worker root = new Worker();
    Node first = boundRoot(root);
    PriorityQueue<Node> open =
        new PriorityQueue<>(Comparator.comparingDouble((Node node) -> -node.bound()));
    if (isClosed(first) || kept.isEmpty()) {
      open.add(first);
    } else {
      open.addAll(kept);
    }
    close(open);
    listener.progress(scale * lower, scale * upper(open), nodes);
    if (!open.isEmpty() && !isFinished(open)) {
      search(open, root);
    }
    open.forEach(this::keepLeaf);
    double upper = Math.max(lower, upper(open));
    return new ExpansivityBound(
        d,
        slopes,
        Norm.TWO,
        scale * lower,
        scale * upper,
        upper - lower <= absoluteTolerance(upper),
        nodes,
        seconds(),
        vertex);
  }

  private Node boundRoot(Worker worker) {
    double[] low = new double[m];
    double[] high = new double[m];
    Arrays.fill(low, slopes.lower());
    Arrays.fill(high, slopes.upper());
    SplittableRandom random = new SplittableRandom(options.seed());
    int p = Math.min(rootRank(), ROOT_RANK);
    double[] factor = new double[d * p];
    for (int k = 0; k < factor.length; k++) {
      factor[k] = random.nextDouble(-1, 1);
    }
    worker.relaxation.setBox(low, high);
    worker.relaxation.start(factor, p);
    double target = isLevelSearch() ? level : Double.NaN;
    worker.relaxation.solve(1e-2 * absoluteTolerance(0), target, ROOT_EVALUATIONS);
    nodes++;
    Node node =
        node(
            worker,
            new Node(low, high, Double.POSITIVE_INFINITY, factor, p, NONE, null, new double[m]));
    int starts = Math.min(node.rank(), 4);
    for (int k = 0; k < starts; k++) {
      worker.relaxation.column(k, worker.column);
      climb(worker, worker.column);
    }
    if (!isClosed(node)) {
      double[] improved = vertex.clone();
      double value = worker.ascent.flip(improved, lower, 12);
      offer(value, improved);
      for (int k = 0; k < 4 && !isClosed(node); k++) {
        double[] direction = new double[d];
        Arrays.setAll(direction, i -> random.nextDouble(-1, 1));
        climb(worker, direction);
      }
    }
    return node;
  }

  private void climb(Worker worker, double[] direction) {
    double[] slopesFound = new double[m];
    double value = worker.ascent.climbFrom(direction, slopesFound);
    offer(value, slopesFound);
  }

  private void offer(double value, double[] slopesFound) {
    if (value > lower) {
      lower = value;
      vertex = slopesFound;
    }
    if (isLevelSearch() && value > level && !exceeding.test(slopesFound.clone())) {
      stopped = true;
    }
  }

  private boolean isLevelSearch() {
    return level > Double.NEGATIVE_INFINITY;
  }

  private void search(PriorityQueue<Node> open, Worker first) {
    int threads = Math.min(options.threads(), 2 * WAVE);
    try (Workers pool = new Workers(threads)) {
      List<Worker> workers = new ArrayList<>(List.of(first));
      while (!open.isEmpty() && !isFinished(open)) {
        List<Node> children = new ArrayList<>();
        while (!open.isEmpty() && children.size() < 2 * WAVE) {
          Node parent = open.poll();
          if (parent.branch() == STALE) {
            children.add(parent);
            continue;
          }
          children.add(child(parent, End.LOWER));
          if (!isMirrored(parent)) {
            children.add(child(parent, End.UPPER));
          }
        }
        for (Evaluation evaluation : evaluate(children, workers, pool)) {
          nodes++;
          offer(evaluation.value(), evaluation.vertex());
          open.add(evaluation.node());
        }
        close(open);
        listener.progress(scale * lower, scale * Math.max(lower, upper(open)), nodes);
      }
    }
  }

  /**
   * Whether the children of a node hold the same values. Where A is skew-symmetric, {@code K =
   * sym(SA)}, S the signs of a vertex, satisfies {@code KS = −SK}: its spectrum is symmetric, and S
   * and −S have the same value.
   */
  private boolean isMirrored(Node parent) {
    return isSkew && parent.path() == null && !keepsLeaves && !isLevelSearch();
  }

  private static Node child(Node parent, End end) {
    int branch = parent.branch();
    double slope = end == End.LOWER ? parent.lower()[branch] : parent.upper()[branch];
    double[] low = parent.lower().clone();
    double[] high = parent.upper().clone();
    low[branch] = slope;
    high[branch] = slope;
    return new Node(
        low,
        high,
        parent.bound(),
        parent.factor(),
        parent.rank(),
        NONE,
        new BranchPath(parent.path(), new FixedSlope(branch, end)),
        parent.multipliers());
  }

  private List<Evaluation> evaluate(List<Node> children, List<Worker> workers, Workers pool) {
    double incumbent = isLevelSearch() ? level : lower;
    Evaluation[] results = new Evaluation[children.size()];
    while (workers.size() < Math.min(pool.count(), results.length)) {
      workers.add(new Worker());
    }
    pool.run(
        results.length,
        (k, worker) -> results[k] = evaluate(children.get(k), workers.get(worker), incumbent));
    return Arrays.asList(results);
  }

  private Evaluation evaluate(Node node, Worker worker, double incumbent) {
    DiagonalScaling relaxation = worker.relaxation;
    double tolerance = absoluteTolerance(incumbent);
    relaxation.setBox(node.lower(), node.upper());
    relaxation.start(node.factor(), node.rank());
    double target = isLevelSearch() ? level : incumbent + 0.5 * tolerance;
    relaxation.solve(1e-2 * tolerance, target, NODE_EVALUATIONS);
    Node bounded = node(worker, node);
    double[] found = new double[m];
    double value = Double.NEGATIVE_INFINITY;
    if (bounded.bound() > (isLevelSearch() ? level : incumbent + tolerance)) {
      relaxation.column(0, worker.column);
      value = worker.ascent.climbFrom(worker.column, found);
    }
    return new Evaluation(bounded, value, found);
  }

  /** Takes the relaxation's result over into a node that is ready to be branched on. */
  private Node node(Worker worker, Node node) {
    DiagonalScaling relaxation = worker.relaxation;
    double[] low = node.lower();
    double[] high = node.upper();
    relaxation.slack(worker.slack);
    int branch = NONE;
    for (int i = 0; i < m; i++) {
      if (low[i] < high[i] && (branch < 0 || worker.slack[i] > worker.slack[branch])) {
        branch = i;
      }
    }
    // The parent's multipliers prove its bound for the child too.
    boolean improved = relaxation.upper() < node.bound();
    double bound = improved ? relaxation.upper() : node.bound();
    double[] multipliers = improved && keepsLeaves ? relaxation.multipliers() : node.multipliers();
    relaxation.compress(1e-6);
    return new Node(
        low, high, bound, relaxation.factor(), relaxation.rank(), branch, node.path(), multipliers);
  }

  private boolean isClosed(Node node) {
    double floor = isLevelSearch() ? level : lower + absoluteTolerance(node.bound());
    return node.branch() == NONE || node.bound() <= floor;
  }

  /**
   * Takes the nodes that cannot hold a better vertex out of the queue, and remembers their bound.
   */
  private void close(PriorityQueue<Node> open) {
    open.removeIf(
        node -> {
          boolean closed = isClosed(node);
          if (closed) {
            closedUpper = Math.max(closedUpper, node.bound());
            keepLeaf(node);
          }
          return closed;
        });
  }

  private void keepLeaf(Node node) {
    if (frontier != null) {
      frontier.add(node);
    }
    if (keepsLeaves) {
      leaves.add(new SearchLeaf(BranchPath.slopes(node.path()), node.multipliers()));
    }
  }

  /**
   * The leaves of the tree that {@link #run()} grew, depth first, with multipliers for A; those
   * that were still to be branched on are among them.
   */
  List<Leaf> leaves() {
    boolean isPoint = slopes.lower() == slopes.upper();
    return leaves.stream()
        .sorted(SearchLeaf.DEPTH_FIRST)
        .map(leaf -> leaf.scaled(scale, isPoint))
        .toList();
  }

  private double upper(PriorityQueue<Node> open) {
    return open.isEmpty() ? closedUpper : Math.max(closedUpper, open.peek().bound());
  }

  private boolean isFinished(PriorityQueue<Node> open) {
    double upper = upper(open);
    return stopped
        || (isLevelSearch() ? upper <= level : upper - lower <= absoluteTolerance(upper))
        || nodes >= options.nodeLimit()
        || System.nanoTime() - start >= options.timeLimit().toNanos();
  }

  private double absoluteTolerance(double upper) {
    return options.tolerance() * Math.max(1 / scale, Math.abs(upper));
  }

  private double seconds() {
    return 1e-9 * (System.nanoTime() - start);
  }
}
