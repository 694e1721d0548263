package org.flowbound.report.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table in columns of equal width, for a terminal: first column to the left, others right. */
public final class TextTable {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /** Adds a row; shorter rows than others are filled with empty cells. */
  public TextTable row(List<String> cells) {
    rows.add(cells.stream().map(cell -> PlainText.of(cell).replaceAll("[\t\n]", " ")).toList());
    return this;
  }

  /** All rows, each ended by a newline, without spaces at the end of a line. */
  public String format() {
    int columns = rows.stream().mapToInt(List::size).max().orElse(0);
    int[] widths = new int[columns];
    Arrays.setAll(
        widths,
        c ->
            rows.stream()
                .filter(row -> c < row.size())
                .mapToInt(row -> PlainText.cells(row.get(c)))
                .max()
                .orElse(0));
    StringBuilder table = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < row.size(); c++) {
        String padding = " ".repeat(widths[c] - PlainText.cells(row.get(c)));
        line.append(c == 0 ? "" : GAP);
        line.append(c == 0 ? row.get(c) + padding : padding + row.get(c));
      }
      table.append(line.toString().stripTrailing()).append('\n');
    }
    return table.toString();
  }
}
