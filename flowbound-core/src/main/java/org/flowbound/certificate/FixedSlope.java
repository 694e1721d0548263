package org.flowbound.certificate;

/**
 * A slope {@code D_ii} that is held at an end of the slope interval.
 *
 * @param coordinate i, counted from 0
 * @param end the end
 */
public record FixedSlope(int coordinate, End end) {
  /** An end of the slope interval. */
  public enum End {
    LOWER,
    UPPER
  }
}
