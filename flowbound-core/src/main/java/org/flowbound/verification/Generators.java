package org.flowbound.verification;

import java.util.Arrays;
import org.flowbound.linalg.FloatMatrix;

/**
 * The generators of a zonotope, one in each row, in single precision, with the bounds of the set
 * that they span: {@code {Σ_g ξ_g row_g}}, ξ as {@link SymbolLayout} says.
 *
 * <p>Not safe for concurrent use.
 */
final class Generators {
  /** More than the relative error of a sum of {@link #BLOCK} squares or absolute values. */
  private static final double INFLATION = 1 + 80 * 0x1p-24;

  private static final int BLOCK = 64;

  private final FloatMatrix matrix;
  private final int columns;
  private final float[] block;
  private final float[] positive;
  private final float[] negative;
  private final double[] squaresUp;
  private final double[] squaresDown;
  private final double[] absolute;

  /** How far the set reaches above 0 in each coordinate, or more. */
  final double[] up;

  /** How far it reaches below 0, or more. */
  final double[] down;

  /**
   * How far it would reach, or more, if the row's entries were replaced by their absolute values
   * and all factors could have either sign: what rounding errors are relative to.
   */
  final double[] size;

  Generators(int capacity, int columns) {
    this.matrix = FloatMatrix.zeros(capacity, columns);
    this.columns = columns;
    this.block = new float[BLOCK * columns];
    this.positive = new float[columns];
    this.negative = new float[columns];
    this.squaresUp = new double[columns];
    this.squaresDown = new double[columns];
    this.absolute = new double[columns];
    this.up = new double[columns];
    this.down = new double[columns];
    this.size = new double[columns];
  }

  /** The first {@code count} rows. */
  FloatMatrix rows(int count) {
    return matrix.rows(0, count);
  }

  void write(int row, float[] values, int count) {
    matrix.write(row * columns, values, count * columns);
  }

  void read(int row, float[] target, int count) {
    matrix.read(row * columns, target, count * columns);
  }

  /** Overwrites {@code columns} rows with the diagonal matrix of the given entries, rounded up. */
  void writeDiagonal(int row, double[] diagonal) {
    float[] values = new float[columns];
    for (int i = 0; i < columns; i++) {
      values[i] = up(diagonal[i]);
      matrix.write((row + i) * columns, values, columns);
      values[i] = 0;
    }
  }

  /** Overwrites rows with zeros. */
  void clear(int row, int count) {
    if (count > 0) {
      matrix.rows(row, row + count).clear();
    }
  }

  /** A float that is not less than {@code x}. */
  static float up(double x) {
    float nearest = (float) x;
    return nearest < x ? Math.nextUp(nearest) : nearest;
  }

  /** Multiplies column j of the first {@code count} rows by {@code factors[j]}. */
  void scaleColumns(float[] factors, int count) {
    for (int row = 0; row < count; row += BLOCK) {
      int n = Math.min(BLOCK, count - row);
      read(row, block, n);
      for (int i = 0; i < n; i++) {
        int offset = i * columns;
        for (int j = 0; j < columns; j++) {
          block[offset + j] *= factors[j];
        }
      }
      write(row, block, n);
    }
  }

  /** Sets {@link #up}, {@link #down} and {@link #size} for the first {@code count} rows. */
  void measure(SymbolLayout layout, int count) {
    Arrays.fill(squaresUp, 0);
    Arrays.fill(squaresDown, 0);
    Arrays.fill(absolute, 0);
    int up0 = layout.both();
    int down0 = up0 + layout.up();
    squares(0, up0, true, squaresUp, squaresDown);
    squares(up0, down0, false, squaresUp, squaresDown);
    squares(down0, layout.ball(), false, squaresDown, squaresUp);
    for (int row = layout.ball(); row < count; row += BLOCK) {
      int n = Math.min(BLOCK, count - row);
      read(row, block, n);
      Arrays.fill(positive, 0);
      for (int i = 0; i < n; i++) {
        int offset = i * columns;
        for (int j = 0; j < columns; j++) {
          positive[j] += Math.abs(block[offset + j]);
        }
      }
      for (int j = 0; j < columns; j++) {
        absolute[j] += positive[j];
      }
    }
    for (int j = 0; j < columns; j++) {
      double box = absolute[j] * INFLATION + Rounding.TINY;
      up[j] = Math.sqrt(squaresUp[j]) * INFLATION + box;
      down[j] = Math.sqrt(squaresDown[j]) * INFLATION + box;
      size[j] = Math.sqrt(squaresUp[j] + squaresDown[j]) * INFLATION + box;
    }
  }

  /** Adds the squares of positive entries to one sum and those of negative ones to the other. */
  private void squares(
      int from, int to, boolean bothWays, double[] ofPositive, double[] ofNegative) {
    for (int row = from; row < to; row += BLOCK) {
      int n = Math.min(BLOCK, to - row);
      read(row, block, n);
      Arrays.fill(positive, 0);
      Arrays.fill(negative, 0);
      for (int i = 0; i < n; i++) {
        int offset = i * columns;
        for (int j = 0; j < columns; j++) {
          float entry = block[offset + j];
          float size = Math.abs(entry);
          float above = 0.5f * (size + entry);
          float below = 0.5f * (size - entry);
          positive[j] += above * above;
          negative[j] += below * below;
        }
      }
      for (int j = 0; j < columns; j++) {
        double sum = (double) positive[j] + negative[j];
        ofPositive[j] += bothWays ? sum : positive[j];
        ofNegative[j] += bothWays ? sum : negative[j];
      }
    }
  }

  /**
   * Replaces the rows from {@code first} on that are closest to multiples of unit vectors by {@code
   * columns} multiples of unit vectors that span a larger set (A. Girard, <em>Reachability of
   * uncertain linear systems using zonotopes</em>, HSCC 2005), so that {@code target} rows are
   * left.
   *
   * @return the number of rows left, {@code count} if it is no more than {@code target}
   */
  int reduce(int first, int count, int target) {
    if (count <= target) {
      return count;
    }
    int n = count - first;
    double[] score = new double[n];
    float[] row = new float[columns];
    for (int i = 0; i < n; i++) {
      read(first + i, row, 1);
      double sum = 0;
      double largest = 0;
      for (float entry : row) {
        sum += Math.abs(entry);
        largest = Math.max(largest, Math.abs(entry));
      }
      score[i] = sum - largest;
    }
    double[] sorted = score.clone();
    Arrays.sort(sorted);
    double threshold = sorted[Math.min(n - 1, count - target + columns)];
    double[] hull = new double[columns];
    int kept = first;
    for (int i = 0; i < n; i++) {
      read(first + i, row, 1);
      if (score[i] > threshold) {
        write(kept++, row, 1);
      } else {
        for (int j = 0; j < columns; j++) {
          hull[j] += Math.abs(row[j]);
        }
      }
    }
    for (int j = 0; j < columns; j++) {
      hull[j] = Rounding.inflate(hull[j]);
    }
    writeDiagonal(kept, hull);
    return kept + columns;
  }
}
