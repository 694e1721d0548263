package org.flowbound.attack;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Settings of an attack that differ from its own; null where they do not.
 *
 * @param iterations gradient steps after each start
 * @param restarts the number of starts
 * @param stepSize the length of a step as a multiple of ε
 * @param queries evaluations of the network, or draws of noise, for each image
 * @param loss what the steps increase
 * @param seed of everything random
 */
public record AttackSettings(
    @Nullable Integer iterations,
    @Nullable Integer restarts,
    @Nullable Double stepSize,
    @Nullable Integer queries,
    @Nullable AttackLoss loss,
    long seed) {
  static final String ITERATIONS = "iterations";
  static final String RESTARTS = "restarts";
  static final String STEP_SIZE = "step-size";
  static final String QUERIES = "queries";
  static final String LOSS = "loss";

  /** Nothing but a seed. */
  public static AttackSettings defaults(long seed) {
    return new AttackSettings(null, null, null, null, null, seed);
  }

  /** The names of the settings that differ. */
  Set<String> given() {
    Set<String> names = new LinkedHashSet<>();
    add(names, ITERATIONS, iterations);
    add(names, RESTARTS, restarts);
    add(names, STEP_SIZE, stepSize);
    add(names, QUERIES, queries);
    add(names, LOSS, loss);
    return names;
  }

  private static void add(Set<String> names, String name, @Nullable Object value) {
    if (value != null) {
      names.add(name);
    }
  }
}
