package org.flowbound.stability;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.flowbound.certificate.FixedSlope;
import org.jspecify.annotations.Nullable;

/**
 * The branchings that lead from the root of a search tree to a node.
 *
 * @param parent those that lead to the node's parent, null for the root
 * @param last the slope fixed last
 */
record BranchPath(@Nullable BranchPath parent, FixedSlope last) {
  /** The slopes fixed, from the root on; none at the root itself. */
  static List<FixedSlope> slopes(@Nullable BranchPath path) {
    List<FixedSlope> slopes = new ArrayList<>();
    for (BranchPath step = path; step != null; step = step.parent()) {
      slopes.add(step.last());
    }
    Collections.reverse(slopes);
    return slopes;
  }
}
