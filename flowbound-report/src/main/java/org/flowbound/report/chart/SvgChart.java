package org.flowbound.report.chart;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.flowbound.report.chart.LineChart.Point;
import org.flowbound.report.chart.LineChart.Reference;
import org.flowbound.report.chart.LineChart.Series;
import org.flowbound.report.chart.LineChart.Stroke;
import org.flowbound.report.text.PlainText;

/**
 * Draws a {@link LineChart} as SVG of a given size, in CSS pixels.
 *
 * <p>Every colour is a presentation attribute that suits white paper, so that the file looks right
 * in any SVG program; a style sheet overrides them on dark screens. A point is drawn as {@code <g
 * class="point" data-x data-y>}, moved to its place by a translation, for scripts to find.
 */
public final class SvgChart {
  private static final double FONT = 12;
  private static final double LEGEND_ROW = 18;
  private static final double KEY = 30;
  private static final double GAP = 18;
  private static final double TICK_GAP = 7;
  private static final double REFERENCE_GAP = 9;
  private static final double BOTTOM = 44;

  private final LineChart chart;
  private final double width;
  private final double height;
  private final List<LegendRow> legend;
  private final double left;
  private final double right;
  private final double top;
  private final double bottom;

  private record LegendEntry(String label, int style, boolean named, Stroke stroke) {}

  private record LegendRow(List<LegendEntry> entries, List<Double> offsets) {}

  /**
   * @param width at least 240
   * @param height at least 200
   */
  public SvgChart(LineChart chart, int width, int height) {
    if (width < 240 || height < 200) {
      throw new IllegalArgumentException(
          "A chart of %d x %d is too small: at least 240 x 200.".formatted(width, height));
    }
    this.chart = chart;
    this.width = width;
    this.height = height;
    double tickWidth =
        chart.y().ticks().stream()
            .mapToDouble(tick -> TextWidth.of(chart.y().write(tick), FONT))
            .max()
            .orElse(0);
    double referenceWidth =
        chart.references().stream()
            .mapToDouble(reference -> TextWidth.of(reference.label(), FONT) + REFERENCE_GAP)
            .max()
            .orElse(0);
    double lastTick = TextWidth.of(chart.x().write(chart.x().ticks().get(0)), FONT) / 2;
    this.left = Math.ceil(tickWidth + TICK_GAP + FONT + 12);
    this.right = width - Math.ceil(Math.max(referenceWidth, lastTick) + 6);
    this.legend = layOutLegend();
    this.top = 8 + LEGEND_ROW * legend.size() + (legend.isEmpty() ? 0 : 12);
    this.bottom = height - BOTTOM;
  }

  /** A file of its own: follows a dark screen's colours, prints on white. */
  public String standalone() {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        + draw(
            "chart",
            " xmlns=\"http://www.w3.org/2000/svg\"",
            "<style>" + darkStyle() + "</style>\n")
        + "\n";
  }

  /**
   * An element for an HTML page, which brings {@link #darkStyle()} along itself.
   *
   * @param id prefix of the element's ids, unique in the page
   */
  public String inline(String id) {
    return draw(id, "", "");
  }

  /** The style sheet that turns the charts of a page dark where the reader prefers it. */
  public static String darkStyle() {
    try (InputStream in =
        Objects.requireNonNull(SvgChart.class.getResourceAsStream("chart.css"), "chart.css")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String draw(String id, String namespace, String style) {
    StringBuilder svg = new StringBuilder();
    svg.append(
        """
        <svg%5$s class="chart" role="img" aria-labelledby="%1$s-title %1$s-desc" width="%2$s" height="%3$s" \
        viewBox="0 0 %2$s %3$s" color="#1f2328" font-family="Helvetica, Arial, sans-serif" \
        font-size="%4$s">
        """
            .formatted(id, number(width), number(height), number(FONT), namespace));
    svg.append("<title id=\"%s-title\">%s</title>\n".formatted(id, escape(chart.title())));
    svg.append("<desc id=\"%s-desc\">%s</desc>\n".formatted(id, escape(chart.description())));
    svg.append(style);
    svg.append(
        "<rect class=\"paper\" width=\"%s\" height=\"%s\" fill=\"#ffffff\"/>\n"
            .formatted(number(width), number(height)));
    drawAxes(svg);
    drawReferences(svg);
    for (Series series : chart.series()) {
      drawBand(svg, series);
    }
    for (Stroke stroke : Stroke.values()) {
      for (int k = chart.series().size() - 1; k >= 0; k--) {
        if (chart.series().get(k).stroke() == stroke) {
          drawSeries(svg, chart.series().get(k));
        }
      }
    }
    drawLegend(svg);
    return svg.append("</svg>").toString();
  }

  private void drawAxes(StringBuilder svg) {
    svg.append("<g class=\"axis y\" stroke=\"currentColor\" fill=\"currentColor\">\n");
    for (BigDecimal tick : chart.y().ticks()) {
      double y = pixelY(tick.doubleValue());
      line(svg, left, y, right, y, "stroke-opacity=\"0.14\"");
      text(svg, left - TICK_GAP, y + FONT * 0.35, "end", chart.y().write(tick), "class=\"tick\"");
    }
    String turned =
        "transform=\"translate(%s %s) rotate(-90)\""
            .formatted(number(FONT + 1), number((top + bottom) / 2));
    text(svg, 0, 0, "middle", chart.y().label(), turned);
    svg.append("</g>\n<g class=\"axis x\" stroke=\"currentColor\" fill=\"currentColor\">\n");
    line(svg, left, bottom, right, bottom, "stroke-opacity=\"0.7\"");
    for (BigDecimal tick : chart.x().ticks()) {
      double x = pixelX(tick.doubleValue());
      line(svg, x, bottom, x, bottom + 4, "stroke-opacity=\"0.7\"");
      text(svg, x, bottom + 6 + FONT, "middle", chart.x().write(tick), "class=\"tick\"");
    }
    text(svg, (left + right) / 2, height - 7, "middle", chart.x().label(), "");
    svg.append("</g>\n");
  }

  private void drawReferences(StringBuilder svg) {
    List<Reference> sorted =
        chart.references().stream().sorted((a, b) -> Double.compare(b.y(), a.y())).toList();
    svg.append("<g class=\"references\" stroke=\"currentColor\" fill=\"currentColor\">\n");
    double free = Double.NEGATIVE_INFINITY;
    for (Reference reference : sorted) {
      double y = pixelY(reference.y());
      line(
          svg,
          left,
          y,
          right,
          y,
          "class=\"reference\" stroke-dasharray=\"3 3\" stroke-opacity=\"0.75\"");
      double baseline = Math.max(y + FONT * 0.35, free);
      text(svg, right + REFERENCE_GAP, baseline, "start", reference.label(), "");
      free = baseline + FONT + 1;
    }
    svg.append("</g>\n");
  }

  private void drawBand(StringBuilder svg, Series series) {
    for (List<Point> run : finiteRuns(series)) {
      StringBuilder path = new StringBuilder();
      for (Point point : run) {
        move(path, point.x(), point.high());
      }
      for (int k = run.size() - 1; k >= 0; k--) {
        move(path, run.get(k).x(), run.get(k).low());
      }
      svg.append(
          "<path class=\"band %s\" color=\"%s\" fill=\"currentColor\" fill-opacity=\"0.18\" d=\"%sZ\"/>\n"
              .formatted(Palette.cssClass(series.style()), Palette.color(series.style()), path));
    }
  }

  private void drawSeries(StringBuilder svg, Series series) {
    svg.append(
        "<g class=\"series %s\" color=\"%s\" stroke=\"currentColor\" data-name=\"%s\" data-variant=\"%s\">\n"
            .formatted(
                Palette.cssClass(series.style()),
                Palette.color(series.style()),
                escape(series.name()),
                escape(series.variant())));
    for (List<Point> run : finiteRuns(series)) {
      StringBuilder path = new StringBuilder();
      for (Point point : run) {
        move(path, point.x(), point.y());
      }
      svg.append(
          "<path class=\"line\" fill=\"none\" stroke-width=\"1.8\" stroke-linejoin=\"round\"%s d=\"%s\"/>\n"
              .formatted(dashes(series.stroke()), path));
      for (Point point : run) {
        svg.append(
            "<g class=\"point\" data-x=\"%s\" data-y=\"%s\" transform=\"translate(%s %s)\"><title>%s</title>%s</g>\n"
                .formatted(
                    point.x(),
                    point.y(),
                    number(pixelX(point.x())),
                    number(pixelY(point.y())),
                    escape(point.note()),
                    marker(series.style(), series.stroke())));
      }
    }
    svg.append("</g>\n");
  }

  private static String marker(int style, Stroke stroke) {
    String paint =
        stroke == Stroke.SOLID
            ? "fill=\"currentColor\" stroke=\"none\""
            : "class=\"paper\" fill=\"#ffffff\" stroke-width=\"1.3\"";
    return "<path %s d=\"%s\"/>".formatted(paint, Palette.marker(style));
  }

  private static String dashes(Stroke stroke) {
    return stroke == Stroke.SOLID ? "" : " stroke-dasharray=\"%s\"".formatted(stroke.pattern());
  }

  private static List<List<Point>> finiteRuns(Series series) {
    List<List<Point>> runs = new ArrayList<>();
    List<Point> run = new ArrayList<>();
    for (Point point : series.points()) {
      if (point.isFinite()) {
        run.add(point);
      } else if (!run.isEmpty()) {
        runs.add(run);
        run = new ArrayList<>();
      }
    }
    if (!run.isEmpty()) {
      runs.add(run);
    }
    return runs;
  }

  private List<LegendRow> layOutLegend() {
    Map<String, LegendEntry> names = new LinkedHashMap<>();
    Map<String, LegendEntry> variants = new LinkedHashMap<>();
    for (Series series : chart.series()) {
      names.putIfAbsent(
          series.name(), new LegendEntry(series.name(), series.style(), true, series.stroke()));
      if (!series.variant().isEmpty()) {
        variants.putIfAbsent(
            series.variant(), new LegendEntry(series.variant(), 0, false, series.stroke()));
      }
    }
    List<LegendRow> rows = new ArrayList<>(flow(new ArrayList<>(names.values())));
    rows.addAll(flow(new ArrayList<>(variants.values())));
    return rows;
  }

  private List<LegendRow> flow(List<LegendEntry> entries) {
    List<LegendRow> rows = new ArrayList<>();
    double room = width - left - 6;
    double x = 0;
    for (LegendEntry entry : entries) {
      String label = TextWidth.shorten(entry.label(), room - KEY, FONT);
      double entryWidth = KEY + TextWidth.of(label, FONT);
      if (rows.isEmpty() || x + entryWidth > room) {
        rows.add(new LegendRow(new ArrayList<>(), new ArrayList<>()));
        x = 0;
      }
      LegendRow row = rows.get(rows.size() - 1);
      row.entries().add(new LegendEntry(label, entry.style(), entry.named(), entry.stroke()));
      row.offsets().add(x);
      x += entryWidth + GAP;
    }
    return rows;
  }

  private void drawLegend(StringBuilder svg) {
    svg.append("<g class=\"legend\" stroke=\"currentColor\" fill=\"currentColor\">\n");
    for (int r = 0; r < legend.size(); r++) {
      double y = 8 + LEGEND_ROW * (r + 0.5);
      for (int k = 0; k < legend.get(r).entries().size(); k++) {
        LegendEntry entry = legend.get(r).entries().get(k);
        double x = left + legend.get(r).offsets().get(k);
        svg.append(
            entry.named()
                ? "<g class=\"%s\" color=\"%s\">"
                    .formatted(Palette.cssClass(entry.style()), Palette.color(entry.style()))
                : "<g>");
        line(svg, x, y, x + 24, y, "stroke-width=\"1.8\"" + dashes(entry.stroke()));
        if (entry.named()) {
          svg.append(
              "<g transform=\"translate(%s %s)\">%s</g>"
                  .formatted(number(x + 12), number(y), marker(entry.style(), entry.stroke())));
        }
        svg.append("</g>\n");
        text(svg, x + KEY, y + FONT * 0.35, "start", entry.label(), "");
      }
    }
    svg.append("</g>\n");
  }

  private double pixelX(double x) {
    return left + chart.x().position(x) * (right - left);
  }

  private double pixelY(double y) {
    return bottom - chart.y().position(y) * (bottom - top);
  }

  private void move(StringBuilder path, double x, double y) {
    path.append(path.isEmpty() ? "M" : "L")
        .append(number(pixelX(x)))
        .append(' ')
        .append(number(pixelY(y)));
  }

  private static void line(
      StringBuilder svg, double x1, double y1, double x2, double y2, String attributes) {
    svg.append(
        "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" %s/>\n"
            .formatted(number(x1), number(y1), number(x2), number(y2), attributes));
  }

  private static void text(
      StringBuilder svg, double x, double y, String anchor, String text, String attributes) {
    svg.append(
        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" stroke=\"none\" %s>%s</text>\n"
            .formatted(number(x), number(y), anchor, attributes, escape(text)));
  }

  private static String escape(String text) {
    return PlainText.of(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String number(double value) {
    return BigDecimal.valueOf(Math.round(value * 100), 2).stripTrailingZeros().toPlainString();
  }
}
