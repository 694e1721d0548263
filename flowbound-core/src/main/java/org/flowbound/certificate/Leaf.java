package org.flowbound.certificate;

import java.util.List;

/**
 * The part of the slope box in which some slopes are held at an end, and what bounds it.
 *
 * @param fixed the slopes held, in the order in which they were branched on
 * @param multipliers Λ: one positive number for each other coordinate, in ascending order of
 *     coordinates; none if the interval of slopes is a single point
 */
public record Leaf(List<FixedSlope> fixed, double[] multipliers) {
  public Leaf {
    fixed = List.copyOf(fixed);
  }
}
