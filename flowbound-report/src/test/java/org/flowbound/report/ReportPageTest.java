package org.flowbound.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.flowbound.comparison.ComparisonResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class ReportPageTest {
  static Stream<ComparisonResult> results() {
    return Stream.of(
        ComparisonFixture.typical(),
        ComparisonFixture.nothingGained(),
        ComparisonFixture.classicalOnly(),
        ComparisonFixture.hostile(),
        ComparisonFixture.sparse());
  }

  @ParameterizedTest
  @MethodSource("results")
  void isWellFormedAndAccessible(ComparisonResult result) throws Exception {
    Document page = Xml.parse(ReportPage.render(result));
    Set<String> ids = new HashSet<>();
    for (Element element : Xml.find(page, "//*[@id]")) {
      assertThat(ids.add(element.getAttribute("id"))).isTrue();
    }
    for (String attribute : List.of("aria-labelledby", "aria-describedby")) {
      for (Element element : Xml.find(page, "//*[@" + attribute + "]")) {
        assertThat(ids).contains(element.getAttribute(attribute).split(" "));
      }
    }
    assertThat(Xml.find(page, "//img[not(@alt) or @alt='']")).isEmpty();
    assertThat(Xml.find(page, "//h1")).hasSize(1);
    assertThat(Xml.find(page, "//table//th[not(@scope)]")).isEmpty();
    assertThat(Xml.find(page, "//svg[not(@aria-hidden) and not(title and desc)]")).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("results")
  void refersToNothingOutside(ComparisonResult result) throws Exception {
    String source = ReportPage.render(result);
    assertThat(source).doesNotContain("http:").doesNotContain("https:").doesNotContain("url(");
    Document page = Xml.parse(source);
    assertThat(Xml.find(page, "//script | //link | //iframe | //object | //embed | //a | //base"))
        .isEmpty();
    assertThat(Xml.find(page, "//*[@href or @srcset]")).isEmpty();
    for (Element element : Xml.find(page, "//*[@src]")) {
      assertThat(element.getAttribute("src")).startsWith("data:image/png;base64,");
    }
  }

  @Test
  void hostileTextStaysText() throws Exception {
    ComparisonResult hostile = ComparisonFixture.hostile();
    String source = ReportPage.render(hostile);
    assertThat(source).doesNotContain("<script").doesNotContain("\u001b").doesNotContain("\u202e");
    Document page = Xml.parse(source);
    String shown = "</title><script>alert('x')</script>\"'&{{name}}\ufffd[31m\ufffd\ufffd";
    assertThat(Xml.texts(page, "//pre")).containsExactly(shown);
    assertThat(Xml.texts(page, "//header//b")).containsExactly(shown);
    assertThat(Xml.texts(page, "//section[@id='results']//tbody/tr/th").get(0))
        .isEqualTo("classical" + shown);
    Document typical = Xml.parse(ReportPage.render(ComparisonFixture.typical()));
    assertThat(Xml.find(page, "//section[@id='results']//*"))
        .hasSameSizeAs(Xml.find(typical, "//section[@id='results']//*"));
  }

  @Test
  void leadsWithTheVerdict() throws Exception {
    ComparisonResult result = ComparisonFixture.typical();
    Document page = Xml.parse(ReportPage.render(result));
    Verdict verdict = Verdict.of(result);
    assertThat(Xml.texts(page, "//h1")).containsExactly(verdict.headline());
    assertThat(Xml.texts(page, "//header/p[2]"))
        .containsExactly(verdict.statement().replace('\u00a0', ' '));
    assertThat(Xml.texts(page, "//section[@id='robustness']//li"))
        .containsExactlyElementsOf(verdict.caveats());
  }

  @Test
  void tableHoldsTheResultsAndMarksTheBest() throws Exception {
    Document page = Xml.parse(ReportPage.render(ComparisonFixture.typical()));
    assertThat(Xml.texts(page, "//section[@id='results']//tbody/tr[3]/*"))
        .containsExactly(
            "stable −0.5, κ = 2",
            "−0.5",
            "2",
            "[−0.525, −0.500]",
            "2.00",
            "1.20",
            "96.7",
            "94.2",
            "91.0",
            "86.2",
            "70.1",
            "50.2",
            "24.1",
            "6.2",
            "95.6");
    assertThat(Xml.texts(page, "//section[@id='results']//tbody/tr[1]//b"))
        .containsExactly("97.6", "96.5");
    assertThat(Xml.texts(page, "//section[@id='results']//tbody/tr[3]//b")).hasSize(7);
    assertThat(Xml.texts(page, "//section[@id='certified']//tbody/tr[2]/*"))
        .containsExactly("stable −0.5", "0.80", "0.61", "97.3", "85.7", "51.0", "0.0", "0.0");
  }

  @Test
  void galleryShowsEveryImageUnderEveryModel() throws Exception {
    ComparisonResult result = ComparisonFixture.typical();
    Document page = Xml.parse(ReportPage.render(result));
    List<Element> specimens = Xml.find(page, "//section[@class='specimen']");
    assertThat(specimens).hasSize(8);
    for (int k = 0; k < 8; k++) {
      var image = result.gallery().get(k);
      assertThat(Xml.find(specimens.get(k), ".//img")).hasSize(1 + 2 * 4);
      List<Element> predictions = Xml.find(specimens.get(k), ".//dd");
      for (int m = 0; m < 4; m++) {
        var twin = image.twins().get(m);
        Element attacked = predictions.get(2 * m + 1);
        assertThat(attacked.getAttribute("class"))
            .isEqualTo(twin.attackedPrediction() == image.label() ? "right" : "wrong");
        assertThat(Xml.texts(attacked, "span[@class='label']"))
            .containsExactly(Integer.toString(twin.attackedPrediction()));
        assertThat(Xml.texts(attacked, "span[@class='percent']"))
            .containsExactly(Math.round(100 * twin.attackedConfidence()) + " %");
      }
    }
  }

  @Test
  void withoutImagesOrRadiiThoseSectionsAreLeftOut() throws Exception {
    Document page = Xml.parse(ReportPage.render(ComparisonFixture.sparse()));
    assertThat(Xml.find(page, "//section[@id='gallery' or @id='certified']")).isEmpty();
  }

  /** WCAG 2.2, level AA: 4.5 to 1 for text, on both grounds, in both schemes. */
  @Test
  void textColoursHaveEnoughContrast() {
    String css = ReportPage.render(ComparisonFixture.classicalOnly());
    int dark = css.indexOf("@media screen and (prefers-color-scheme: dark)");
    Map<String, String> colours = variables(css.substring(0, dark));
    assertContrast(colours);
    colours.putAll(variables(css.substring(dark, css.indexOf("* {"))));
    assertContrast(colours);
  }

  private static void assertContrast(Map<String, String> colours) {
    for (String text : List.of("ink", "soft", "right", "wrong", "darker", "brighter")) {
      for (String ground : List.of("ground", "card")) {
        double a = luminance(colours.get(text));
        double b = luminance(colours.get(ground));
        assertThat((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05))
            .as("%s %s on %s %s", text, colours.get(text), ground, colours.get(ground))
            .isGreaterThanOrEqualTo(4.5);
      }
    }
  }

  private static Map<String, String> variables(String css) {
    Map<String, String> variables = new HashMap<>();
    for (MatchResult match :
        Pattern.compile("--([a-z-]+): (#[0-9a-f]{6});").matcher(css).results().toList()) {
      variables.put(match.group(1), match.group(2));
    }
    assertThat(variables).containsKeys("ink", "soft", "right", "wrong", "ground", "card");
    return variables;
  }

  private static double luminance(String colour) {
    double[] weights = {0.2126, 0.7152, 0.0722};
    double luminance = 0;
    for (int k = 0; k < 3; k++) {
      double c = Integer.parseInt(colour.substring(1 + 2 * k, 3 + 2 * k), 16) / 255.0;
      luminance += weights[k] * (c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
    }
    assertThat(luminance).isCloseTo(0.5, within(0.5));
    return luminance;
  }
}
