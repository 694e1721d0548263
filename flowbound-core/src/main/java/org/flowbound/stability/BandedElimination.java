package org.flowbound.stability;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Decides {@code max_D μ₂(DA) ≤ γ} over the vertices of the slope box for A of narrow bandwidth b,
 * by eliminating one coordinate after the other from {@code γI − sym(DA)} for all D at once.
 *
 * <p>After coordinates 0 to i − 1 are gone, what they left behind is a b × b matrix C ⪰ 0 that is
 * subtracted from the block of the next b coordinates, whose slopes are known. The elimination is
 * monotone: of two states with the same slopes, one with the smaller C (in the Loewner order) is
 * definite whenever the other is, and is dropped. Each C that is kept is first enlarged by {@code
 * εI}, which costs no more than lowering γ by bε and leaves few states. A pivot that is not
 * positive shows a vertex with {@code μ₂(DA) ≥ γ − bε}.
 */
final class BandedElimination {
  /** The widest band for which the 2^b groups of states are few. */
  static final int MAX_BANDWIDTH = 4;

  private final int d;
  private final int b;
  private final double[] entries;
  private final double[] slopes;
  private final int maxStates;
  private long states;

  /**
   * @param entries A, d × d in row-major order
   * @param maxStates give up where more states than these remain after an elimination
   */
  BandedElimination(int d, double[] entries, double lower, double upper, int maxStates) {
    this.d = d;
    this.b = Math.max(1, bandwidth(d, entries));
    this.entries = entries;
    this.slopes = new double[] {lower, upper};
    this.maxStates = maxStates;
  }

  /** The largest |i − j| at which A is not zero. */
  static int bandwidth(int d, double[] entries) {
    int width = 0;
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        if (entries[i * d + j] != 0) {
          width = Math.max(width, Math.abs(i - j));
        }
      }
    }
    return width;
  }

  /** How an attempt ended. */
  enum Status {
    PROVED,
    VIOLATED,
    UNDECIDED
  }

  /**
   * What an attempt showed.
   *
   * @param vertex one that violates γ, or comes within the margin of it; else empty
   */
  record Outcome(Status status, double[] vertex) {}

  /** The number of states formed in all attempts. */
  long states() {
    return states;
  }

  /** A set of slopes of the next b coordinates (bit r: coordinate i + r), and what is behind it. */
  private record State(int bits, double[] c, double trace, int parent) {}

  /**
   * Tries to prove γ.
   *
   * @param margin bε, by which γ may exceed the maximum and still not be proved
   * @param deadline in terms of {@link System#nanoTime()}
   */
  Outcome attempt(double gamma, double margin, long deadline) {
    double epsilon = margin / b;
    int width = Math.min(b, d);
    List<List<State>> levels = new ArrayList<>();
    levels.add(
        IntStream.range(0, 1 << width)
            .mapToObj(bits -> new State(bits, new double[b * b], 0, -1))
            .toList());
    for (int i = 0; i < d; i++) {
      List<State> level = levels.get(i);
      int choices = i + b < d ? 2 : 1;
      List<State> next = new ArrayList<>(choices * level.size());
      for (int k = 0; k < level.size(); k++) {
        for (int choice = 0; choice < choices; choice++) {
          int bits = level.get(k).bits() | choice << b;
          State state = eliminate(i, gamma, bits, level.get(k).c(), k);
          if (state == null) {
            return new Outcome(Status.VIOLATED, vertex(levels, i, k));
          }
          next.add(state);
        }
      }
      states += next.size();
      List<State> kept = maximal(next, epsilon, deadline);
      if (kept.size() > maxStates || System.nanoTime() >= deadline) {
        return new Outcome(Status.UNDECIDED, new double[0]);
      }
      levels.add(kept);
    }
    return new Outcome(Status.PROVED, new double[0]);
  }

  /** The state after coordinate i, or null if its pivot is not positive. */
  private @Nullable State eliminate(int i, double gamma, int bits, double[] c, int parent) {
    double own = slopes[bits & 1];
    double pivot = gamma - own * entries[i * d + i] - c[0];
    if (!(pivot > 0)) {
      return null;
    }
    double[] row = new double[b + 1];
    for (int r = 1; r <= b && i + r < d; r++) {
      double slope = slopes[bits >> r & 1];
      int j = i + r;
      row[r] = -0.5 * (own * entries[i * d + j] + slope * entries[j * d + i]);
      if (r < b) {
        row[r] -= c[r];
      }
    }
    double[] next = new double[b * b];
    double trace = 0;
    for (int r = 0; r < b; r++) {
      for (int s = 0; s < b; s++) {
        double kept = r + 1 < b && s + 1 < b ? c[(r + 1) * b + s + 1] : 0;
        next[r * b + s] = kept + row[r + 1] * row[s + 1] / pivot;
      }
      trace += next[r * b + r];
    }
    return new State(bits >> 1, next, trace, parent);
  }

  /** The states that no other dominates, enlarged by ε. */
  private List<State> maximal(List<State> candidates, double epsilon, long deadline) {
    List<State> sorted = new ArrayList<>(candidates);
    sorted.sort(Comparator.comparingDouble((State state) -> -state.trace()));
    List<List<State>> groups = new ArrayList<>();
    for (int bits = 0; bits < 1 << b; bits++) {
      groups.add(new ArrayList<>());
    }
    double[] work = new double[b * b];
    int count = 0;
    for (State state : sorted) {
      List<State> group = groups.get(state.bits());
      boolean dominated = false;
      for (int k = 0; k < group.size() && !dominated; k++) {
        dominated = dominates(group.get(k).c(), state.c(), work);
      }
      if (!dominated) {
        double[] enlarged = state.c();
        for (int r = 0; r < b; r++) {
          enlarged[r * b + r] += epsilon;
        }
        group.add(state);
        count++;
        if (count > maxStates || ((count & 255) == 0 && System.nanoTime() >= deadline)) {
          break;
        }
      }
    }
    return groups.stream().flatMap(List::stream).toList();
  }

  /** Whether {@code larger − smaller} is positive definite. */
  private boolean dominates(double[] larger, double[] smaller, double[] work) {
    for (int k = 0; k < b * b; k++) {
      work[k] = larger[k] - smaller[k];
    }
    for (int k = 0; k < b; k++) {
      double pivot = work[k * b + k];
      if (!(pivot > 0)) {
        return false;
      }
      for (int r = k + 1; r < b; r++) {
        double factor = work[r * b + k] / pivot;
        for (int s = k + 1; s <= r; s++) {
          work[r * b + s] -= factor * work[s * b + k];
        }
      }
    }
    return true;
  }

  /** The slopes that lead to state k before coordinate i is eliminated; the rest are lower ends. */
  private double[] vertex(List<List<State>> levels, int i, int k) {
    double[] vertex = new double[d];
    Arrays.fill(vertex, slopes[0]);
    State state = levels.get(i).get(k);
    for (int r = 0; r < b && i + r < d; r++) {
      vertex[i + r] = slopes[state.bits() >> r & 1];
    }
    for (int j = i - 1; j >= 0; j--) {
      state = levels.get(j).get(state.parent());
      vertex[j] = slopes[state.bits() & 1];
    }
    return vertex;
  }
}
