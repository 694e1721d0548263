package org.flowbound.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flowbound.report.Xml;
import org.flowbound.report.chart.LineChart.Point;
import org.flowbound.report.chart.LineChart.Reference;
import org.flowbound.report.chart.LineChart.Series;
import org.flowbound.report.chart.LineChart.Stroke;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class SvgChartTest {
  private static final double NAN = Double.NaN;

  private static LineChart chart(List<Series> series, Reference... references) {
    return new LineChart(
        "Title",
        "Description",
        Axis.covering("x", 0, 4, 5),
        Axis.covering("y", -1, 1, 5),
        series,
        List.of(references));
  }

  private static Series line(String name, int style, double... y) {
    List<Point> points = new ArrayList<>();
    for (int k = 0; k < y.length; k++) {
      points.add(new Point(k, y[k], y[k] - 0.1, y[k] + 0.1, name + " at " + k));
    }
    return new Series(name, "", style, Stroke.SOLID, points);
  }

  private static Document draw(LineChart chart, int width, int height) throws Exception {
    return Xml.parse(new SvgChart(chart, width, height).standalone());
  }

  /** The map from data to pixels, read off the labelled ticks. */
  private static DoubleUnaryOperator scale(Document svg, String axis, String coordinate)
      throws Exception {
    List<Element> ticks = Xml.find(svg, "//g[@class='axis " + axis + "']/text[@class='tick']");
    Element first = ticks.get(0);
    Element last = ticks.get(ticks.size() - 1);
    double from = Double.parseDouble(first.getTextContent().replace('−', '-'));
    double to = Double.parseDouble(last.getTextContent().replace('−', '-'));
    double start = Double.parseDouble(first.getAttribute(coordinate));
    double end = Double.parseDouble(last.getAttribute(coordinate));
    return value -> start + (value - from) / (to - from) * (end - start);
  }

  private static double[] numbers(String text) {
    return Pattern.compile("-?[0-9.]+")
        .matcher(text)
        .results()
        .mapToDouble(match -> Double.parseDouble(match.group()))
        .toArray();
  }

  @Test
  void pointsLieWhereTheTicksPutThem() throws Exception {
    double[] y = {0.5, -0.25, 1, -1, 0};
    Document svg = draw(chart(List.of(line("a", 0, y))), 640, 400);
    DoubleUnaryOperator toX = scale(svg, "x", "x");
    DoubleUnaryOperator toY = scale(svg, "y", "y");
    double baseline = toY.applyAsDouble(0) - zeroLine(svg);
    List<Element> points = Xml.find(svg, "//g[@class='point']");
    double[] line = numbers(Xml.find(svg, "//path[@class='line']").get(0).getAttribute("d"));
    double[] band =
        numbers(Xml.find(svg, "//path[starts-with(@class,'band')]").get(0).getAttribute("d"));
    assertThat(points).hasSize(5);
    for (int k = 0; k < 5; k++) {
      double pixelX = toX.applyAsDouble(k);
      double pixelY = toY.applyAsDouble(y[k]) - baseline;
      double[] at = numbers(points.get(k).getAttribute("transform"));
      assertThat(at[0]).isCloseTo(pixelX, within(0.02));
      assertThat(at[1]).isCloseTo(pixelY, within(0.02));
      assertThat(line[2 * k]).isCloseTo(pixelX, within(0.02));
      assertThat(line[2 * k + 1]).isCloseTo(pixelY, within(0.02));
      assertThat(band[2 * k + 1]).isCloseTo(toY.applyAsDouble(y[k] + 0.1) - baseline, within(0.02));
      assertThat(band[2 * (9 - k) + 1])
          .isCloseTo(toY.applyAsDouble(y[k] - 0.1) - baseline, within(0.02));
      assertThat(Xml.texts(points.get(k), "title")).containsExactly("a at " + k);
    }
  }

  /** The pixel height of the grid line at y = 0. */
  private static double zeroLine(Document svg) throws Exception {
    List<String> labels = Xml.texts(svg, "//g[@class='axis y']/text[@class='tick']");
    int zero = labels.contains("0.0") ? labels.indexOf("0.0") : labels.indexOf("0");
    return Double.parseDouble(
        Xml.find(svg, "//g[@class='axis y']/line").get(zero).getAttribute("y1"));
  }

  @Test
  void whatIsNotFiniteInterruptsTheLine() throws Exception {
    Document svg = draw(chart(List.of(line("a", 0, 0, 0.5, NAN, 1, 0))), 640, 400);
    assertThat(Xml.find(svg, "//path[@class='line']")).hasSize(2);
    assertThat(Xml.find(svg, "//g[@class='point']")).hasSize(4);
    assertThat(Xml.find(draw(chart(List.of(line("a", 0, NAN))), 640, 400), "//g[@class='point']"))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {240, 360, 640, 900})
  void legendFitsAndDoesNotOverlap(int width) throws Exception {
    List<Series> series = new ArrayList<>();
    for (int k = 0; k < 9; k++) {
      series.add(line("a network called " + "w".repeat(5 * k) + k, k, 0, 0.1 * k));
    }
    Document svg = draw(chart(series), width, 500);
    List<Element> labels = Xml.find(svg, "//g[@class='legend']/text");
    assertThat(labels).hasSize(9);
    double top = Double.parseDouble(lastGridLine(svg).getAttribute("y1"));
    double right = 0;
    double row = 0;
    for (Element label : labels) {
      double x = Double.parseDouble(label.getAttribute("x"));
      double y = Double.parseDouble(label.getAttribute("y"));
      double end = x + TextWidth.of(label.getTextContent(), 12);
      assertThat(end).isLessThanOrEqualTo(width);
      assertThat(y).isLessThan(top);
      if (y == row) {
        assertThat(x - 30).isGreaterThan(right);
      } else {
        assertThat(y - row).isGreaterThan(12);
      }
      right = end;
      row = y;
    }
  }

  private static Element lastGridLine(Document svg) throws Exception {
    List<Element> lines = Xml.find(svg, "//g[@class='axis y']/line");
    return lines.get(lines.size() - 1);
  }

  @Test
  void labelsOfCloseReferencesAreMovedApart() throws Exception {
    Document svg =
        draw(
            chart(
                List.of(line("a", 0, 0, 1)),
                new Reference(0.5, "one half"),
                new Reference(0.51, "a little more")),
            640,
            400);
    List<Element> labels = Xml.find(svg, "//g[@class='references']/text");
    assertThat(Xml.texts(svg, "//g[@class='references']/text"))
        .containsExactly("a little more", "one half");
    double gap =
        Double.parseDouble(labels.get(1).getAttribute("y"))
            - Double.parseDouble(labels.get(0).getAttribute("y"));
    assertThat(gap).isGreaterThanOrEqualTo(12);
    double x = Double.parseDouble(labels.get(0).getAttribute("x"));
    assertThat(x + TextWidth.of("a little more", 12)).isLessThanOrEqualTo(640);
  }

  @Test
  void stylesDifferInColourAndMarker() {
    Set<String> looks = new HashSet<>();
    for (int k = 0; k < 56; k++) {
      assertThat(looks.add(Palette.color(k) + Palette.marker(k))).isTrue();
    }
    for (int k = 0; k < 7; k++) {
      for (int j = 0; j < k; j++) {
        assertThat(Palette.color(k)).isNotEqualTo(Palette.color(j));
        assertThat(Palette.marker(k)).isNotEqualTo(Palette.marker(j));
      }
    }
  }

  @Test
  void hasTitleDescriptionAndEscapedText() throws Exception {
    String name = "<b>&\"'\u0007";
    SvgChart chart = new SvgChart(chart(List.of(line(name, 0, 0, 1))), 640, 400);
    Document svg = Xml.parse(chart.standalone());
    Element root = svg.getDocumentElement();
    assertThat(root.getAttribute("xmlns")).isEqualTo("http://www.w3.org/2000/svg");
    assertThat(Xml.texts(svg, "/svg/title")).containsExactly("Title");
    assertThat(Xml.texts(svg, "/svg/desc")).containsExactly("Description");
    assertThat(Xml.texts(svg, "//g[@class='legend']/text")).containsExactly("<b>&\"'\ufffd");
    assertThat(Xml.find(svg, "//b")).isEmpty();
    Matcher ids = Pattern.compile("id=\"([^\"]*)\"").matcher(chart.inline("here"));
    assertThat(ids.results().map(match -> match.group(1)))
        .containsExactly("here-title", "here-desc");
  }

  @Test
  void refusesToBeTooSmall() {
    assertThatThrownBy(() -> new SvgChart(chart(List.of()), 100, 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A chart of 100 x 100 is too small: at least 240 x 200.");
  }
}
