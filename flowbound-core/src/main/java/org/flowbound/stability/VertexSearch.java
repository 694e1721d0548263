package org.flowbound.stability;

import java.util.function.Predicate;
import org.flowbound.field.SlopeBox;
import org.flowbound.linalg.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * Searches one after the other for vertices D with {@code μ₂(DA) > level}, as {@link
 * Expansivity#search}, for matrices that change little: each starts from the leaves of the last
 * one's tree. Not safe for concurrent use.
 */
public final class VertexSearch {
  /** Above this many numbers the leaves are forgotten. */
  private static final long MAX_SIZE = 1L << 23;

  private final SlopeBox slopes;
  private BranchAndBound.@Nullable Frontier frontier;

  public VertexSearch(SlopeBox slopes) {
    this.slopes = slopes;
  }

  /**
   * Looks for vertices above the level. If it ends without a limit, and finds none, {@code upper ≤
   * level}.
   *
   * @param exceeding hears every local maximum above the level that is come across, some more than
   *     once; false ends the search
   */
  public ExpansivityBound search(
      Matrix matrix, double level, BoundOptions options, Predicate<double[]> exceeding) {
    BranchAndBound search = new BranchAndBound(matrix, slopes, options, level, exceeding);
    if (frontier != null && frontier.matrix().rows() == matrix.rows()) {
      search.startFrom(frontier, matrix);
    }
    search.keepFrontier();
    ExpansivityBound bound = search.run();
    BranchAndBound.Frontier reached = search.frontier(matrix);
    frontier = reached.size() <= MAX_SIZE ? reached : null;
    return bound;
  }
}
