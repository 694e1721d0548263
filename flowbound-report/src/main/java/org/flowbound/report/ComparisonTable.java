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
 * per cent, clean, under FGSM at every ε, and under random noise of the largest ε.
 */
public final class ComparisonTable {
  private ComparisonTable() {}

  /** The table, each line ended by a newline. */
  public static String format(ComparisonResult result) {
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
      fgsm.forEach(eps -> row.add(accuracy(model, "fgsm", eps)));
      others.forEach(attack -> row.add(accuracy(model, attack, tellingBudget(result, attack))));
      largestNoise.forEach(eps -> row.add(accuracy(model, "noise", eps)));
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

  private static String accuracy(Model model, String attack, double eps) {
    return model
        .attack(attack)
        .flatMap(curve -> curve.at(eps))
        .map(RobustnessCurve.Point::accuracy)
        .map(Numbers::percent)
        .orElse("–");
  }
}
