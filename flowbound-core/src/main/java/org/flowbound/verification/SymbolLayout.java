package org.flowbound.verification;

/**
 * What the rows of {@link Generators} are multiplied by: the first ones, in three groups, by the
 * entries of one vector of length at most 1 in the 2-norm, of which some may take one sign only;
 * all others by independent numbers in [−1, 1].
 *
 * @param both rows whose factor may have either sign
 * @param up rows whose factor is at least 0
 * @param down rows whose factor is at most 0
 */
record SymbolLayout(int both, int up, int down) {
  /** The number of rows that belong to the vector. */
  int ball() {
    return both + up + down;
  }
}
