package org.flowbound.report.chart;

import java.util.List;

/**
 * The colours and markers that tell series apart.
 *
 * <p>The colours are those of Okabe and Ito, <i>Color Universal Design</i> (2008), without yellow,
 * which vanishes on white. Each is the presentation attribute of an element of class {@code cK};
 * {@code chart.css} brightens it on dark ground.
 */
public final class Palette {
  private static final List<String> COLORS =
      List.of("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9");

  /** Closed outlines around the origin, of about equal area. */
  private static final List<String> MARKERS =
      List.of(
          "M-3.4 0A3.4 3.4 0 1 1 3.4 0A3.4 3.4 0 1 1-3.4 0Z",
          "M-3-3H3V3H-3Z",
          "M0-4.2L4 2.8H-4Z",
          "M0-4.4L4.4 0L0 4.4L-4.4 0Z",
          "M0 4.2L-4-2.8H4Z",
          "M-1.3-4H1.3V-1.3H4V1.3H1.3V4H-1.3V1.3H-4V-1.3H-1.3Z",
          "M0-4.2L4-1.3L2.5 3.4H-2.5L-4-1.3Z",
          "M-4.4-2.2H4.4V2.2H-4.4Z");

  private Palette() {}

  /** The class of a style's elements. */
  static String cssClass(int style) {
    return "c" + Math.floorMod(style, COLORS.size());
  }

  static String color(int style) {
    return COLORS.get(Math.floorMod(style, COLORS.size()));
  }

  /** SVG path data of a style's marker. */
  static String marker(int style) {
    return MARKERS.get(Math.floorMod(style, MARKERS.size()));
  }

  /** The marker alone, as a small inline SVG for the text and tables around a chart. */
  public static String markerSvg(int style) {
    return "<svg class=\"key %s\" color=\"%s\" viewBox=\"-6 -6 12 12\" width=\"12\" height=\"12\" aria-hidden=\"true\"><path fill=\"currentColor\" d=\"%s\"/></svg>"
        .formatted(cssClass(style), color(style), marker(style));
  }
}
