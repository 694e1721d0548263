package org.flowbound.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.comparison.ComparisonResult.Model;
import org.junit.jupiter.api.Test;

class ComparisonCsvTest {
  /** Reads RFC 4180 character by character and fails on everything outside its grammar. */
  private static List<List<String>> parse(String csv) {
    List<List<String>> records = new ArrayList<>();
    List<String> fields = new ArrayList<>();
    int i = 0;
    while (i < csv.length()) {
      StringBuilder field = new StringBuilder();
      if (csv.charAt(i) == '"') {
        i++;
        while (csv.charAt(i) != '"' || csv.startsWith("\"\"", i)) {
          i += csv.charAt(i) == '"' ? 1 : 0;
          field.append(csv.charAt(i++));
        }
        i++;
      } else {
        while (",\"\r\n".indexOf(csv.charAt(i)) < 0) {
          field.append(csv.charAt(i++));
        }
      }
      fields.add(field.toString());
      if (csv.charAt(i) == ',') {
        i++;
      } else {
        assertThat(csv.startsWith("\r\n", i)).as("line end at %s", i).isTrue();
        i += 2;
        records.add(fields);
        fields = new ArrayList<>();
      }
    }
    assertThat(fields).isEmpty();
    return records;
  }

  @Test
  void holdsOneRowPerModelAttackAndBudget() {
    ComparisonResult result = ComparisonFixture.typical();
    List<List<String>> records = parse(ComparisonCsv.write(result));
    List<String> header = records.get(0);
    assertThat(records).hasSize(1 + 4 * 2 * 8).allSatisfy(row -> assertThat(row).hasSize(18));
    int r = 1;
    for (Model model : result.models()) {
      for (RobustnessCurve curve : model.attacks()) {
        for (RobustnessCurve.Point point : curve.results()) {
          List<String> row = records.get(r++);
          assertThat(row.get(header.indexOf("model"))).isEqualTo(model.name());
          assertThat(row.get(header.indexOf("attack"))).isEqualTo(curve.attack());
          assertThat(row.get(header.indexOf("norm"))).isEqualTo("linf");
          assertThat(number(row, header, "eps")).isEqualTo(point.eps());
          assertThat(number(row, header, "accuracy")).isEqualTo(point.accuracy());
          assertThat(number(row, header, "correct")).isEqualTo(point.correct());
          assertThat(number(row, header, "total")).isEqualTo(point.total());
          assertThat(number(row, header, "delta_upper")).isEqualTo(model.delta().upper());
          assertThat(number(row, header, "delta_lower")).isEqualTo(model.delta().lower());
          assertThat(number(row, header, "accuracy_low"))
              .isLessThan(number(row, header, "accuracy_high"));
        }
      }
    }
    assertThat(records.get(1).get(header.indexOf("target"))).isEmpty();
    assertThat(records.get(1 + 2 * 16).get(header.indexOf("linear_norm"))).isEqualTo("2.0");
  }

  private static double number(List<String> row, List<String> header, String column) {
    return Double.parseDouble(row.get(header.indexOf(column)));
  }

  @Test
  void quotesWhatWouldBreakARow() {
    List<List<String>> records = parse(ComparisonCsv.write(ComparisonFixture.hostile()));
    assertThat(records).hasSize(1 + 4 * 2 * 8).allSatisfy(row -> assertThat(row).hasSize(18));
    assertThat(records.get(1).get(0)).isEqualTo(ComparisonFixture.hostile().models().get(0).name());
  }

  @Test
  void withoutAttacksThereIsOnlyTheHeader() {
    assertThat(parse(ComparisonCsv.write(ComparisonFixture.sparse()))).hasSize(1);
  }
}
