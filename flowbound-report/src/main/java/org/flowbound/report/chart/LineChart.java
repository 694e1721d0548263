package org.flowbound.report.chart;

import java.util.List;

/**
 * Lines with bands over a common pair of axes.
 *
 * @param title one line, shown above the chart
 * @param description what a reader who cannot see the chart should know
 * @param series the first on top among those of one stroke; broken strokes lie above solid ones,
 *     which show through
 * @param references horizontal dashed lines with a label beside them
 */
public record LineChart(
    String title,
    String description,
    Axis x,
    Axis y,
    List<Series> series,
    List<Reference> references) {
  public LineChart {
    series = List.copyOf(series);
    references = List.copyOf(references);
  }

  /** How a series is stroked; series of one name and several strokes share colour and marker. */
  public enum Stroke {
    SOLID(""),
    DASHED("6 4"),
    DOTTED("1.5 3.5"),
    DASH_DOTTED("8 3 1.5 3");

    private final String pattern;

    Stroke(String pattern) {
      this.pattern = pattern;
    }

    /** The SVG dash array, empty for a solid line. */
    String pattern() {
      return pattern;
    }

    /** The k-th stroke, starting again after the last. */
    public static Stroke of(int k) {
      return values()[k % values().length];
    }
  }

  /**
   * One line.
   *
   * @param name what the colour and the marker stand for
   * @param variant what the stroke stands for, empty where strokes carry no meaning
   * @param style number of the name's colour and marker in the {@link Palette}
   * @param points from left to right; a point that is not finite interrupts the line
   */
  public record Series(String name, String variant, int style, Stroke stroke, List<Point> points) {
    public Series {
      points = List.copyOf(points);
    }
  }

  /**
   * A point of a line and the band around it.
   *
   * @param low lower end of the band at x
   * @param high upper end of the band at x
   * @param note the point in words, shown as its tooltip
   */
  public record Point(double x, double y, double low, double high, String note) {
    boolean isFinite() {
      return Double.isFinite(x)
          && Double.isFinite(y)
          && Double.isFinite(low)
          && Double.isFinite(high);
    }
  }

  /** A level that the lines are compared with. */
  public record Reference(double y, String label) {}
}
