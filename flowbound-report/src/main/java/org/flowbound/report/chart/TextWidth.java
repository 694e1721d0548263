package org.flowbound.report.chart;

import org.flowbound.report.text.PlainText;

/** An estimate, a little generous, of how wide a text is in a sans-serif face. */
final class TextWidth {
  private TextWidth() {}

  /** The width in pixels at a font size in pixels. */
  static double of(String text, double size) {
    return text.codePoints().mapToDouble(TextWidth::ems).sum() * size;
  }

  /** The text, cut to a width with an ellipsis where it is longer. */
  static String shorten(String text, double width, double size) {
    if (of(text, size) <= width) {
      return text;
    }
    int[] points = text.codePoints().toArray();
    int length = points.length;
    while (length > 0 && of(new String(points, 0, length) + "…", size) > width) {
      length--;
    }
    return new String(points, 0, length).stripTrailing() + "…";
  }

  private static double ems(int codePoint) {
    if (PlainText.cells(codePoint) != 1) {
      return PlainText.cells(codePoint) * 0.55;
    }
    if ("ijl.,:;'|! ()[]/".indexOf(codePoint) >= 0) {
      return 0.32;
    }
    if ("mwMW—…%@".indexOf(codePoint) >= 0) {
      return 0.95;
    }
    return Character.isUpperCase(codePoint) ? 0.72 : 0.58;
  }
}
