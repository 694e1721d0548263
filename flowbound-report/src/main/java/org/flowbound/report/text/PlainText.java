package org.flowbound.report.text;

/** Text from outside, made safe to show on a terminal, in HTML and in SVG, and its width. */
public final class PlainText {
  private static final int REPLACEMENT = 0xFFFD;

  private PlainText() {}

  /**
   * The text with everything replaced by U+FFFD that could steer a terminal, break XML or reorder
   * what is read: control characters other than tab and newline, lone surrogates, noncharacters and
   * the explicit directional formats.
   */
  public static String of(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    text.codePoints()
        .map(codePoint -> isPlain(codePoint) ? codePoint : REPLACEMENT)
        .forEach(plain::appendCodePoint);
    return plain.toString();
  }

  private static boolean isPlain(int codePoint) {
    if (codePoint == '\t' || codePoint == '\n') {
      return true;
    }
    boolean directional =
        (codePoint >= 0x202A && codePoint <= 0x202E)
            || (codePoint >= 0x2066 && codePoint <= 0x2069);
    boolean noncharacter =
        (codePoint & 0xFFFE) == 0xFFFE || (codePoint >= 0xFDD0 && codePoint <= 0xFDEF);
    boolean surrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
    return !(Character.isISOControl(codePoint) || directional || noncharacter || surrogate);
  }

  /** The number of cells that a text takes on a terminal. */
  public static int cells(String text) {
    return text.codePoints().map(PlainText::cells).sum();
  }

  /** The number of cells of one character: none if it combines, two if it is East Asian wide. */
  public static int cells(int codePoint) {
    switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> {
        return 0;
      }
      default -> {
        boolean wide =
            (codePoint >= 0x1100 && codePoint <= 0x115F)
                || (codePoint >= 0x2E80 && codePoint <= 0xA4CF)
                || (codePoint >= 0xAC00 && codePoint <= 0xD7A3)
                || (codePoint >= 0xF900 && codePoint <= 0xFAFF)
                || (codePoint >= 0xFE30 && codePoint <= 0xFE6F)
                || (codePoint >= 0xFF00 && codePoint <= 0xFF60)
                || (codePoint >= 0x1F300 && codePoint <= 0x1FAFF)
                || (codePoint >= 0x20000 && codePoint <= 0x3FFFD);
        return wide ? 2 : 1;
      }
    }
  }
}
