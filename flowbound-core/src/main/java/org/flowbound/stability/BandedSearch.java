package org.flowbound.stability;

import java.time.Duration;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.flowbound.stability.BandedElimination.Outcome;
import org.flowbound.stability.BandedElimination.Status;

/**
 * Bounds δ(A) for A of narrow bandwidth: {@link BandedElimination} tries to prove that the best
 * vertex is the maximum to within the tolerance, and leads to a better one where it is not; after
 * that it tries twice as far above the new one, until a proof succeeds and it starts over.
 *
 * <p>The relaxation of {@link BranchAndBound} is weak on such matrices, as of convolutions, and its
 * tree grows exponentially with their order; elimination takes a number of states that is
 * proportional to the order. Where they become too many, branch and bound takes over.
 */
final class BandedSearch {
  private static final int MAX_STATES = 20_000;

  /** Below this tolerance, relative to the entries, rounding could be mistaken for a proof. */
  private static final double LEAST_TOLERANCE = 1e-12;

  private final Matrix matrix;
  private final SlopeBox slopes;
  private final BoundOptions options;
  private final ExpansivityListener listener;
  private final long start = System.nanoTime();
  private final double scale;
  private final double[] entries;

  private ExpansivityBound reached;

  BandedSearch(Matrix matrix, SlopeBox slopes, BoundOptions options, ExpansivityListener listener) {
    this.matrix = matrix;
    this.slopes = slopes;
    this.options = options;
    this.listener = listener;
    double largest = matrix.maxAbs();
    this.scale = largest == 0 ? 1 : Math.scalb(1.0, Math.max(-1000, Math.getExponent(largest)));
    this.entries = matrix.times(1 / scale).toArray();
    this.reached =
        new BranchAndBound(matrix, slopes, options.withNodeLimit(1), listener, false).run();
  }

  /** Whether the band of a square matrix is narrow enough. */
  static boolean appliesTo(Matrix matrix) {
    return BandedElimination.bandwidth(matrix.rows(), matrix.toArray())
        <= BandedElimination.MAX_BANDWIDTH;
  }

  ExpansivityBound run() {
    int d = matrix.rows();
    BandedElimination elimination =
        new BandedElimination(d, entries, slopes.lower(), slopes.upper(), MAX_STATES);
    VertexAscent ascent = new VertexAscent(d, slopes.lower(), slopes.upper());
    ascent.setMatrix(entries);
    long nodes = reached.nodes();
    // Half the time is left to branch and bound.
    long deadline = start + options.timeLimit().toNanos() / 2;
    double step = 0;
    Status status = Status.VIOLATED;
    while (!reached.exact() && status != Status.UNDECIDED) {
      double lower = reached.lower() / scale;
      double least = 0.9 * options.tolerance() * Math.max(1 / scale, Math.abs(lower));
      if (least < LEAST_TOLERANCE || nodes + elimination.states() >= options.nodeLimit()) {
        break;
      }
      double half = 0.5 * (reached.upper() / scale - lower);
      step = status == Status.PROVED ? least : Math.max(least, Math.min(2 * step, half));
      double gamma = lower + step;
      Outcome outcome = elimination.attempt(gamma, 0.5 * step, deadline);
      status = outcome.status();
      if (status == Status.PROVED) {
        improve(reached.lower(), reached.vertex(), scale * gamma, nodes + elimination.states());
      } else if (status == Status.VIOLATED) {
        double[] vertex = outcome.vertex();
        double value = ascent.climb(vertex);
        if (value > lower) {
          improve(scale * value, vertex, reached.upper(), nodes + elimination.states());
        } else {
          status = Status.UNDECIDED;
        }
      }
    }
    return reached.exact() || reached.nodes() >= options.nodeLimit() ? reached : branch();
  }

  private void improve(double lower, double[] vertex, double upper, long nodes) {
    double least = Math.max(lower, Math.min(upper, reached.upper()));
    reached =
        new ExpansivityBound(
            matrix.rows(),
            slopes,
            Norm.TWO,
            lower,
            least,
            least - lower <= options.tolerance() * Math.max(1, Math.abs(least)),
            nodes,
            1e-9 * (System.nanoTime() - start),
            vertex);
    listener.progress(lower, least, nodes);
  }

  private ExpansivityBound branch() {
    ExpansivityBound eliminated = reached;
    long left = options.timeLimit().toNanos() - (System.nanoTime() - start);
    BoundOptions rest =
        options
            .withTimeLimit(Duration.ofNanos(Math.max(0, left)))
            .withNodeLimit(Math.max(1, options.nodeLimit() - eliminated.nodes()));
    reached = new BranchAndBound(matrix, slopes, rest, listener, false).run();
    boolean better = eliminated.lower() > reached.lower();
    improve(
        better ? eliminated.lower() : reached.lower(),
        better ? eliminated.vertex() : reached.vertex(),
        Math.min(eliminated.upper(), reached.upper()),
        eliminated.nodes() + reached.nodes());
    return reached;
  }
}
