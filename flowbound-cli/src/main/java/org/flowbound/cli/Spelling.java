package org.flowbound.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that a misspelt one was meant to be. */
final class Spelling {
  private static final int LONGEST = 50;

  private Spelling() {}

  /** The closest of {@code names}, if it is close: one letter in three wrong, or its beginning. */
  static Optional<String> closest(String misspelt, Collection<String> names) {
    if (misspelt.length() > LONGEST) {
      return Optional.empty();
    }
    return names.stream()
        .filter(
            name ->
                3 * distance(misspelt, name) <= letters(misspelt)
                    || (letters(misspelt) >= 3 && name.startsWith(misspelt)))
        .min(Comparator.comparingInt(name -> distance(misspelt, name)));
  }

  private static int letters(String name) {
    return (int) name.chars().filter(Character::isLetterOrDigit).count();
  }

  /** The number of letters to insert, remove, replace or swap with their neighbour. */
  static int distance(String a, String b) {
    int[][] distance = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          distance[i][j] = i + j;
          continue;
        }
        int replaced = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best =
            Math.min(
                distance[i - 1][j - 1] + replaced,
                1 + Math.min(distance[i - 1][j], distance[i][j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        distance[i][j] = swapped ? Math.min(best, distance[i - 2][j - 2] + 1) : best;
      }
    }
    return distance[a.length()][b.length()];
  }
}
