package org.flowbound.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.flowbound.attack.RobustnessCurve;
import org.flowbound.comparison.ComparisonResult;
import org.flowbound.comparison.ComparisonResult.Model;
import org.flowbound.report.text.Numbers;
import org.flowbound.report.text.Terms;
import org.flowbound.report.text.TextTable;

/**
 * A comparison as an aligned table for the terminal: each network's certified δ and its accuracy in
 * per cent, clean, under FGSM at every ε, and under random noise of the largest ε. Of several
 * seeds: means and deviations, with a table for each attack and its every ε.
 */
public final class ComparisonTable {
  private ComparisonTable() {}

  /** The table, each line ended by a newline. */
  public static String format(ComparisonResult result) {
    return result.isReplicated() ? replicated(result) : single(result);
  }

  private static String replicated(ComparisonResult result) {
    TextTable clean = new TextTable().row(List.of("network", "largest certified δ", "clean"));
    for (Model model : result.models()) {
      clean.row(
          List.of(
              model.name(),
              Numbers.interval(model.delta().lower(), model.delta().upper(), 3),
              SeedTable.percent(result.spread(model, Model::testAccuracy))));
    }
    StringBuilder text = new StringBuilder();
    text.append(
        "accuracy in %%, mean ± standard deviation over %d seeds\n%s"
            .formatted(result.seeds().size(), clean.format()));
    for (SeedTable part : SeedTable.of(result)) {
      TextTable table = new TextTable().row(row(part.title(), part.columns()));
      for (int m = 0; m < result.models().size(); m++) {
        table.row(row(result.models().get(m).name(), part.rows().get(m)));
      }
      text.append('\n').append(table.format());
    }
    return text.toString();
  }

  private static List<String> row(String name, List<String> cells) {
    List<String> row = new ArrayList<>(List.of(name));
    row.addAll(cells);
    return row;
  }

  private static String single(ComparisonResult result) {
    List<Double> fgsm = result.budgets("fgsm").stream().filter(eps -> eps > 0).toList();
    List<Double> noise = result.budgets("noise");
    List<Double> largestNoise = noise.subList(Math.max(0, noise.size() - 1), noise.size());

    List<String> header = new ArrayList<>(List.of("accuracy in %", "", ""));
    List<String> columns = new ArrayList<>(List.of("network", "certified δ", "clean"));
    for (int k = 0; k < fgsm.size(); k++) {
      header.add(k == 0 ? "FGSM" : "");
      columns.add((k == 0 ? "ε = " : "") + Numbers.shortest(fgsm.get(k)));
    }
    List<String> others =
        result.models().stream()
            .flatMap(model -> model.attacks().stream())
            .map(RobustnessCurve::attack)
            .distinct()
            .filter(attack -> !attack.equals("fgsm") && !attack.equals("noise"))
            .toList();
    for (String attack : others) {
      header.add(Terms.attack(attack));
      columns.add(Numbers.shortest(tellingBudget(result, attack)));
    }
    for (double eps : largestNoise) {
      header.add("noise");
      columns.add(Numbers.shortest(eps));
    }
    TextTable table = new TextTable().row(header).row(columns);
    for (Model model : result.models()) {
      List<String> row = new ArrayList<>();
      row.add(model.name());
      row.add(Numbers.interval(model.delta().lower(), model.delta().upper(), 3));
      row.add(Numbers.percent(model.testAccuracy()));
      fgsm.forEach(eps -> row.add(Numbers.percent(model.accuracy("fgsm", eps))));
      others.forEach(
          attack ->
              row.add(Numbers.percent(model.accuracy(attack, tellingBudget(result, attack)))));
      largestNoise.forEach(eps -> row.add(Numbers.percent(model.accuracy("noise", eps))));
      table.row(row);
    }
    return table.format();
  }

  private static double tellingBudget(ComparisonResult result, String attack) {
    return result.models().stream()
        .flatMap(model -> model.attack(attack).stream())
        .findFirst()
        .flatMap(
            curve ->
                curve.results().stream()
                    .min(Comparator.comparingDouble(point -> Math.abs(point.accuracy() - 0.5))))
        .map(RobustnessCurve.Point::eps)
        .orElse(0.0);
  }
}
