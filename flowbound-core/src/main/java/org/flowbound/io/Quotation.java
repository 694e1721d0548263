package org.flowbound.io;

import java.util.Collection;
import java.util.stream.Collectors;

/** Names out of files, made fit for one line of a message. */
final class Quotation {
  private static final int MAX_LENGTH = 80;
  private static final int MAX_NAMES = 20;

  private Quotation() {}

  /** The name in quotes, shortened, with control characters replaced. */
  static String of(String name) {
    String shown = name.length() > MAX_LENGTH ? name.substring(0, MAX_LENGTH) + "..." : name;
    return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
  }

  /** The first of the items, separated by commas, and how many more there are. */
  static String list(Collection<String> items) {
    String shown = items.stream().limit(MAX_NAMES).collect(Collectors.joining(", "));
    return items.size() > MAX_NAMES
        ? "%s and %d more".formatted(shown, items.size() - MAX_NAMES)
        : shown;
  }
}
