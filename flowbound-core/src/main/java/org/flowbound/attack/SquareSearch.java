package org.flowbound.attack;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.flowbound.network.ParallelNetwork;

/** {@link Square} on one batch. */
final class SquareSearch {
  /** After these shares of the queries the share of the pixels in a square is halved again. */
  private static final double[] HALVINGS = {0.001, 0.005, 0.02, 0.1, 0.2, 0.4, 0.6, 0.8};

  /** For ℓ₂, where a square needs two halves. */
  private static final int LEAST_SIDE = 3;

  private final Square attack;
  private final double eps;
  private final LossOracle oracle;
  private final int rows;
  private final int columns;
  private final int n;
  private final int[] labels;
  private final int first;
  private final float[] originals;
  private final float[] best;
  private final float[] proposals;
  private final double[] margins;
  private final SplittableRandom[] randoms;
  private final int[] active;
  private final double[] change;
  private final double[] bump;

  SquareSearch(Square attack, ParallelNetwork.Batch batch, double eps, float[] target) {
    this.attack = attack;
    this.eps = eps;
    this.oracle = new LossOracle(batch.network(), batch.size());
    this.rows = batch.network().architecture().imageRows();
    this.columns = batch.network().architecture().imageColumns();
    this.n = oracle.pixels();
    this.labels = batch.labels();
    this.first = batch.first();
    this.originals = batch.pixels();
    this.best = target;
    int m = batch.size();
    this.proposals = new float[m * n];
    this.margins = new double[m];
    this.randoms = new SplittableRandom[m];
    this.active = new int[m];
    this.change = new double[n];
    this.bump = new double[n];
  }

  void run() {
    int left = active.length;
    System.arraycopy(originals, 0, best, 0, left * n);
    for (int i = 0; i < left; i++) {
      active[i] = i;
    }
    oracle.evaluate(best, active, left);
    left = oracle.dropBroken(active, left, labels, 0);
    for (int restart = 0; restart < attack.restarts() && left > 0; restart++) {
      for (int r = 0; r < left; r++) {
        int i = active[r];
        randoms[i] = new SplittableRandom(Streams.of(attack.seed(), first + i, restart));
        margins[i] = Double.POSITIVE_INFINITY;
        start(i);
      }
      left = keepWhatHelps(left);
      for (int query = 1; query < attack.queries() && left > 0; query++) {
        double share = share((double) query / attack.queries());
        for (int r = 0; r < left; r++) {
          propose(active[r], share);
        }
        left = keepWhatHelps(left);
      }
    }
  }

  private double share(double progress) {
    double share = attack.share();
    for (double halving : HALVINGS) {
      share = progress > halving ? share / 2 : share;
    }
    return share;
  }

  private int keepWhatHelps(int m) {
    oracle.evaluate(proposals, active, m);
    for (int r = 0; r < m; r++) {
      int i = active[r];
      double margin = oracle.margin(r, labels[i]);
      if (margin < margins[i] || !oracle.isCorrect(r, labels[i])) {
        margins[i] = margin;
        System.arraycopy(proposals, i * n, best, i * n, n);
      }
    }
    return oracle.dropBroken(active, m, labels, 0);
  }

  /** For ℓ∞ vertical stripes of ±ε, for ℓ₂ a grid of bumps of random signs. */
  private void start(int i) {
    SplittableRandom random = randoms[i];
    int offset = i * n;
    if (attack.norm() == PerturbationNorm.LINF) {
      for (int column = 0; column < columns; column++) {
        float signed = (float) (random.nextBoolean() ? eps : -eps);
        for (int row = 0; row < rows; row++) {
          int k = offset + row * columns + column;
          proposals[k] = clip(originals[k] + signed);
        }
      }
      return;
    }
    Arrays.fill(change, 0);
    int side = Math.max(1, Math.min(rows, columns) / 5);
    for (int row = 0; row + side <= rows; row += side) {
      for (int column = 0; column + side <= columns; column += side) {
        fillBump(side, random);
        for (int k = 0; k < side * side; k++) {
          change[(row + k / side) * columns + column + k % side] = bump[k];
        }
      }
    }
    propose(offset);
  }

  private void propose(int i, double share) {
    int offset = i * n;
    SplittableRandom random = randoms[i];
    int side = (int) Math.round(Math.sqrt(share * n));
    if (attack.norm() == PerturbationNorm.LINF) {
      side = Math.max(1, Math.min(side, Math.min(rows, columns) - 1));
      System.arraycopy(best, offset, proposals, offset, n);
      int top = random.nextInt(rows - side + 1);
      int start = random.nextInt(columns - side + 1);
      float signed = (float) (random.nextBoolean() ? eps : -eps);
      for (int row = top; row < top + side; row++) {
        for (int column = start; column < start + side; column++) {
          int k = offset + row * columns + column;
          proposals[k] = clip(originals[k] + signed);
        }
      }
      return;
    }
    moveMass(offset, Math.min(Math.max(side, LEAST_SIDE), Math.min(rows, columns)), random);
  }

  /** ℓ₂: takes a square's mass away and gives it, and what ε leaves, to a bump in another one. */
  private void moveMass(int offset, int side, SplittableRandom random) {
    double squares = 0;
    for (int k = 0; k < n; k++) {
      change[k] = (double) best[offset + k] - originals[offset + k];
      squares += change[k] * change[k];
    }
    int to = corner(side, random);
    int from = corner(side, random);
    double local = 0;
    double freed = 0;
    for (int k = 0; k < side * side; k++) {
      int at = to + k / side * columns + k % side;
      local += change[at] * change[at];
    }
    for (int k = 0; k < side * side; k++) {
      int at = from + k / side * columns + k % side;
      freed += inside(at, to, side) ? 0 : change[at] * change[at];
    }
    fillBump(side, random);
    double size = Math.sqrt(local);
    double total = 0;
    for (int k = 0; k < side * side; k++) {
      int at = to + k / side * columns + k % side;
      bump[k] += size > 0 ? change[at] / size : 0;
      total += bump[k] * bump[k];
    }
    double available = Math.sqrt(Math.max(0, local + freed + eps * eps - squares));
    for (int k = 0; k < side * side; k++) {
      change[from + k / side * columns + k % side] = 0;
    }
    for (int k = 0; k < side * side; k++) {
      change[to + k / side * columns + k % side] =
          total > 0 ? bump[k] * available / Math.sqrt(total) : 0;
    }
    propose(offset);
  }

  private int corner(int side, SplittableRandom random) {
    return random.nextInt(rows - side + 1) * columns + random.nextInt(columns - side + 1);
  }

  private boolean inside(int at, int corner, int side) {
    int row = at / columns - corner / columns;
    int column = at % columns - corner % columns;
    return row >= 0 && row < side && column >= 0 && column < side;
  }

  /** The image with the change scaled to length ε and clipped. */
  private void propose(int offset) {
    double squares = 0;
    for (int k = 0; k < n; k++) {
      squares += change[k] * change[k];
    }
    double factor = squares > 0 ? eps / Math.sqrt(squares) : 0;
    for (int k = 0; k < n; k++) {
      proposals[offset + k] = clip((float) (originals[offset + k] + factor * change[k]));
    }
  }

  /**
   * A square of unit length with one positive and one negative half, side by side or one above the
   * other, each of which falls off from its centre like a pyramid of sums of inverse squares.
   */
  private void fillBump(int side, SplittableRandom random) {
    int half = side / 2;
    boolean transposed = random.nextBoolean();
    double sign = random.nextBoolean() ? 1 : -1;
    double squares = 0;
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        boolean left = column < half;
        double value =
            left ? height(row, column, side, half) : -height(row, column - half, side, side - half);
        bump[transposed ? column * side + row : row * side + column] = sign * value;
        squares += value * value;
      }
    }
    for (int k = 0; k < side * side && squares > 0; k++) {
      bump[k] /= Math.sqrt(squares);
    }
  }

  private static double height(int row, int column, int height, int width) {
    double distance =
        Math.max(
            Math.abs(row - (height - 1) / 2.0) / height,
            Math.abs(column - (width - 1) / 2.0) / width);
    int layers = Math.max(1, height / 2);
    int reached = Math.max(1, (int) Math.ceil((1 - 2 * distance) * layers));
    double sum = 0;
    for (int k = 0; k < reached; k++) {
      double term = layers - k;
      sum += 1 / (term * term);
    }
    return sum;
  }

  private static float clip(float pixel) {
    return Math.min(Math.max(pixel, 0f), 1f);
  }
}
